-- Return what distinguishes this database from a copy of it, as far as the current role may see it: the server's system
-- identifier (a physical copy keeps it), its timeline (a promoted standby and a restored backup increase it), and the
-- ids of the database and of one of its tables (a restored dump and a database made from a template have others).
-- Values that a host hides are null, and null is not compared.
create or replace function embedd_internal.read_identity(
  out system_identifier bigint, out timeline bigint, out database_oid oid, out table_oid oid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  table_oid := 'embedd.instance'::regclass;
  database_oid := (select oid from pg_database where datname = current_database());
  begin
    system_identifier := (select c.system_identifier from pg_control_system() c);
  exception when insufficient_privilege or undefined_function or feature_not_supported then
    null;
  end;
  begin
    -- pg_control_checkpoint() would return the old timeline until the first checkpoint after a promotion.
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
  exception when insufficient_privilege or undefined_function or feature_not_supported then
    null;
  end;
end
$$;
