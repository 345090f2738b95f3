-- Forward to generation_facts() for functions that read flat keys.
create or replace function embedd_internal.describe_generation(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.flat_generation(embedd_internal.generation_facts(p_generation_id))
$$;
