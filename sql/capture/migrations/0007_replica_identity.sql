-- A publication FOR ALL TABLES publishes the outbox, too, and PostgreSQL refuses to delete from a published table that
-- has no replica identity. FULL names the whole row: a primary key would need an index, whose upkeep costs each writer
-- of a source table more than all the rest of its capture, and deleting is the work of embedd alone.
alter table embedd.outbox replica identity full;
