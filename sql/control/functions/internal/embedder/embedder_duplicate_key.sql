-- Return a digest of the fields in which two embedders of one owner in the GoodMem API must differ. It is a digest
-- because long addresses do not fit into an index entry. The unique index on it checks and inserts in one step.
create or replace function embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) returns bytea
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(jsonb_build_array(p_embedder.environment_id, p_embedder.owner_id, p_embedder.provider_type,
    p_embedder.base_url, p_embedder.api_path, p_embedder.model, encode(p_embedder.fingerprint, 'hex'))::text, 'UTF8'))
$$;
