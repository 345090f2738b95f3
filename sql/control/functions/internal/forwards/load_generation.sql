-- Forward to get_generation() for programs of 0.1.0 and 0.2.0, which read flat keys.
create or replace function embedd_internal.load_generation(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.flat_generation(embedd_internal.get_generation(p_generation_id))
$$;
