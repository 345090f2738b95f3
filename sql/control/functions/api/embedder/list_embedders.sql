-- Return the embedders of the environment without credentials, oldest first, beginning after the given one.
create or replace function embedd.list_embedders(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text,
               default_model text, base_url text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select public_id, coalesce(shown_id, id), organization_id, environment_id, name, provider, model, base_url,
         created_at
    from embedd.embedders
   where environment_id = embedd_internal.acting_environment()
     and (created_at, public_id) > (after_created_at, after_id)
   order by created_at, public_id
   limit "limit"
$$;
comment on function embedd.list_embedders(int, timestamptz, text) is
  'Return the embedders of the environment, oldest first.';
