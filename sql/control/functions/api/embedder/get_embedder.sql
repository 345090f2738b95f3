-- Return one embedder by name or id.
create or replace function embedd.get_embedder(embedder text)
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text,
               default_model text, base_url text, created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id uuid := embedd_internal.resolve_embedder(embedder);
  v_public_id text := (select public_id from embedd.embedders e where e.id = v_id);
begin
  return query select * from embedd.list_embedders() e where e.id = v_public_id;
end
$$;
comment on function embedd.get_embedder(text) is 'Return one embedder by name or id, without its credentials.';
