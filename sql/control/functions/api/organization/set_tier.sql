-- Move an organization to another tier from its next request on. Objects beyond the new limits stay.
create or replace function embedd.set_tier(organization text, tier text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform embedd_internal.check_tier(set_tier.tier);
  update embedd.organizations
     set tier = set_tier.tier
   where id = embedd_internal.resolve_organization(set_tier.organization);
  perform embedd_internal.note_change('set_tier', set_tier.organization);
end
$$;
comment on function embedd.set_tier(text, text) is
  'Move an organization to the tier free, pro, business or enterprise.';
