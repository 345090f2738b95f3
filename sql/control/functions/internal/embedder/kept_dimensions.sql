-- Return the vector size to keep (p_dimensions) when a vector table changes its model or embedder: at a base_url of its
-- own, or for a model that is not in the catalogue. Return null if the catalogue decides the size.
create or replace function embedd_internal.kept_dimensions(
  p_provider text, p_model text, p_base_url text, p_dimensions int)
returns int
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select p_dimensions
   where p_base_url is not null
      or not exists (select from embedd.models m
                      where m.provider = p_provider and m.model = p_model and m.kind = 'embedding')
$$;
