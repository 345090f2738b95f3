-- Refuses one more managed vector table when the organization has as many as its tier allows, over all environments.
-- For a limited tier the organization's row stays locked until the transaction ends, so that two at once cannot both
-- take the last place. Call it before inserting a managed vector table.
create or replace function embedd.check_table_quota() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization text := embedd.acting_organization();
  v_tier text;
  v_limit int;
begin
  select o.tier, l.max_tables into v_tier, v_limit
    from embedd.organizations o, embedd.tier_limits(o.tier) l where o.id = v_organization;
  if v_limit is null then
    return;
  end if;
  perform from embedd.organizations where id = v_organization for no key update;
  if (select count(*) from embedd.vector_tables
       where organization_id = v_organization and mode = 'managed' and dropped_at is null) >= v_limit then
    raise exception using errcode = 'EBP03',
      message = format('The tier %s allows %s managed vector tables, and there are as many.', v_tier, v_limit),
      hint = 'Delete a vector table, use platform mode, or move to a larger tier.';
  end if;
end
$$;
