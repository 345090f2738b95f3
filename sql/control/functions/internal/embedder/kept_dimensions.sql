-- The size of the vectors of a vector table that changes its model or embedder: what it was (p_dimensions), at a
-- server of one's own and for a model that is not in the catalogue. Null: the catalogue says it.
create or replace function embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions int)
returns int
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select p_dimensions
   where p_base_url is not null
      or not exists (select from embedd.models m
                      where m.provider = p_provider and m.model = p_model and m.kind = 'embedding')
$$;
