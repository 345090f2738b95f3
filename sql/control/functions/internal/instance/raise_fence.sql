-- Raise the sequence of tokens above p_seen, with room for running attempts that this database does not know; never
-- lower it. Returns the new value.
create or replace function embedd_internal.raise_fence(p_seen bigint) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  select setval('embedd.fence', greatest(p_seen + 4294967296, last_value)) from embedd.fence
$$;
