-- embedd.looks already records each second which workers live, so it also serves to find dead workers and to notice that
-- the clock of the database went back.
drop function if exists embedd_internal.beat(text);
drop function if exists embedd_internal.end_leases(text, bigint);
drop table embedd.workers;
