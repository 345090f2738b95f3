-- One embedder by name or id.
create or replace function embedd.get_embedder(embedder text)
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text,
               base_url text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select * from embedd.list_embedders() where embedder_id = embedd.resolve_embedder(embedder)
$$;
comment on function embedd.get_embedder(text) is 'One embedder by name or id, without its credentials.';
