-- Raise EBV01 unless base_url is an http or https address and api_key_ref names a place for the key. Applies to
-- embedders made in SQL or at /v1/embedding-providers.
create or replace function embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_base_url !~ '^https?://[^/?#@\s]+(/[^?#\s]*)?$' then
    raise exception using errcode = 'EBV01', message = 'base_url must be an http or https address.',
      hint = 'For example http://localhost:11434/v1, without user, query or fragment.';
  end if;
  if p_api_key_ref !~ '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$' then
    raise exception using errcode = 'EBV01', message = 'api_key_ref must name where the key is, not be the key.',
      hint = 'Write env:OPENAI_API_KEY or file:/run/secrets/openai; the worker reads it there.';
  end if;
end
$$;
