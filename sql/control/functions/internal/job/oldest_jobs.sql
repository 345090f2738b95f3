-- Return since when the oldest job of each lane has waited, over tables that workers follow: neither dropped, nor
-- paused, nor of a disabled organization. With many jobs it is the oldest of a sample.
create or replace function embedd_internal.oldest_jobs() returns table (lane text, dirty_since timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_share real := case when embedd_internal.is_large('embedd.jobs')
                       then embedd_internal.sample_share('embedd.jobs') else 100 end;
begin
  return query
  select j.lane, min(j.dirty_since)
    from embedd.jobs j tablesample system (v_share)
    join embedd.generations g on g.id = j.generation_id and g.state <> 'dropped'
    join embedd.vector_tables v on v.id = g.vector_table_id and v.dropped_at is null and v.sync_status <> 'paused'
    join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
   where j.state = 'queued'
   group by j.lane;
end
$$;
