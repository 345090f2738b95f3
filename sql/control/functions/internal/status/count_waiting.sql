-- Return how many jobs of a generation wait or are in progress: an exact number up to a hundred thousand, beyond that
-- an estimate from a sample.
create or replace function embedd_internal.count_waiting(p_generation_id bigint) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_most int := 100000;
  v_share real := embedd_internal.sample_share('embedd.jobs');
  v_count bigint;
begin
  select count(*) into v_count
    from (select from embedd.jobs where generation_id = p_generation_id and state = 'queued' limit v_most) waiting;
  if v_count = v_most then
    select greatest(v_count, count(*) * 100 / v_share) into v_count
      from embedd.jobs tablesample system (v_share) where generation_id = p_generation_id and state = 'queued';
  end if;
  return v_count;
end
$$;
