-- Check the name of a tier.
create or replace function embedd_internal.check_tier(p_tier text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from embedd.tier_limits(p_tier)) then
    raise exception using errcode = 'EBV01', message = 'tier must be free, pro, business or enterprise.',
      hint = 'Choose one of them.';
  end if;
end
$$;
