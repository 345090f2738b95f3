-- Return every sealed credential of all organizations in the form that earlier programs rotate; list_envelopes()
-- returns more.
create or replace function embedd_internal.list_sealed()
returns table (kind text, id text, organization_id text, envelope jsonb, form text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select kind, id, organization_id, envelope, form from embedd_internal.list_envelopes()
$$;
