-- One embedder by name or id.
create or replace function embedd.get_embedder(embedder text)
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text,
               base_url text, created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd.resolve_embedder(embedder);
begin
  return query select * from embedd.list_embedders() e where e.embedder_id = v_id;
end
$$;
comment on function embedd.get_embedder(text) is 'One embedder by name or id, without its credentials.';
