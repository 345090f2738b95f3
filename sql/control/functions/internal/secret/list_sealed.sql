-- Every sealed credential, of all organizations, as programs of before rotate them; list_envelopes() says more.
create or replace function embedd_internal.list_sealed()
returns table (kind text, id text, organization_id text, envelope jsonb, form text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select kind, id, organization_id, envelope, form from embedd_internal.list_envelopes()
$$;
