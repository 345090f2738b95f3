-- Return the key of a search request: what is needed of which vectors, for which organization and role. Requests with
-- the same key share an answer, and nobody else finds it.
create or replace function embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) returns bytea
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(
    jsonb_build_array(
      embedd_internal.acting_organization(), embedd_internal.asking_role(), p_generation_id, p_need)::text,
    'UTF8'))
$$;
