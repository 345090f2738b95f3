-- Lets tokens go on above p_seen, with room for attempts under way that nobody here knows of; never back. Returns where.
create or replace function embedd_internal.raise_fence(p_seen bigint) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  select setval('embedd.fence', greatest(p_seen + 4294967296, last_value)) from embedd.fence
$$;
