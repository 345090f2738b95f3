-- Clear errors of jobs and ranges of which none is left: another worker finished the rest before the error was
-- recorded, or the worker that finished it died before it recorded its success. A table that equals its source must not
-- show an error until its next change.
create or replace function embedd_internal.settle_errors() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.record_sync(v.id, null)
     from embedd.vector_tables v
    where v.sync_status = 'error' and v.error_of_work and v.dropped_at is null and v.remote_capture_id is null
      and not exists (
        select from embedd.generations g
         where g.vector_table_id = v.id and g.state <> 'dropped'
           and (exists (select from embedd.jobs j where j.generation_id = g.id and j.state = 'queued')
                or exists (select from embedd.ranges r where r.generation_id = g.id)));
end
$$;
