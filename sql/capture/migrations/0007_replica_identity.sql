-- A publication FOR ALL TABLES includes the outbox, and PostgreSQL refuses to delete from a published table without a
-- replica identity. FULL needs no index. A primary key would: keeping it up costs each writer of a source table as much
-- as the rest of the capture, while only embedd deletes events.
alter table embedd.outbox replica identity full;
