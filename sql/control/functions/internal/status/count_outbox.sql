-- Return how many changes of a capture wait in the outbox. For a large outbox the number is estimated from a sample and
-- is at least 1, because a sample may miss a few.
create or replace function embedd_internal.count_outbox(p_capture_id int) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_share real := embedd_internal.sample_share('embedd.outbox');
begin
  if p_capture_id is null then
    return 0;
  end if;
  if not embedd_internal.is_large('embedd.outbox') then
    return (
      select coalesce(sum(coalesce(cardinality(o.keys), 1)), 0)
        from embedd.outbox o
       where o.capture_id = p_capture_id);
  end if;
  return (select greatest(1, coalesce(sum(coalesce(cardinality(o.keys), 1)), 0) * 100 / v_share)
            from embedd.outbox o tablesample system (v_share) where o.capture_id = p_capture_id);
end
$$;
