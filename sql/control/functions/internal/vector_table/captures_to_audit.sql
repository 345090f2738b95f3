-- Return the captures whose last capture check is older than the interval.
create or replace function embedd_internal.captures_to_audit(p_interval interval) returns setof int
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select c.id from embedd.captures c left join embedd.capture_audits a on a.capture_id = c.id
   where a.audited_at is null or a.audited_at < clock_timestamp() - p_interval
   order by a.audited_at nulls first, c.id
$$;
