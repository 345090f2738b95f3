-- Return embedder_configuration() of an embedder by name or id, to embed or rerank with it. For the service alone,
-- which has the key of the secrets.
create or replace function embedd_internal.load_embedder(p_embedder text) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.embedder_configuration(embedd_internal.resolve_embedder(p_embedder))
$$;
