-- Raise if the organization has as many objects of a kind as its tier allows, over all environments. For a limited tier
-- the organization's row stays locked until the transaction ends, so that two transactions cannot both take the last
-- place. Call this function before inserting.
create or replace function embedd_internal.check_quota(p_kind text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization text := embedd_internal.acting_organization();
  v_tier text;
  v_limit int;
  v_count bigint;
begin
  select o.tier, case p_kind when 'managed vector table' then l.max_tables when 'connection' then l.max_connections
                             when 'embedder' then l.max_embedders when 'API key' then l.max_keys
                             when 'environment' then l.max_environments end
    into v_tier, v_limit
    from embedd.organizations o, embedd.tier_limits(o.tier) l where o.id = v_organization;
  if v_limit is null then
    return;
  end if;

  perform from embedd.organizations where id = v_organization for no key update;
  case p_kind
    when 'managed vector table' then
      select count(*) into v_count from embedd.vector_tables
       where organization_id = v_organization and mode = 'managed' and dropped_at is null;
    when 'connection' then
      select count(*) into v_count from embedd.connections where organization_id = v_organization;
    when 'embedder' then
      select count(*) into v_count from embedd.embedders where organization_id = v_organization;
    when 'API key' then
      select count(*) into v_count from embedd.api_keys
       where organization_id = v_organization and revoked_at is null and (expires_at is null or expires_at > now());
    when 'environment' then
      select count(*) into v_count from embedd.environments where organization_id = v_organization;
  end case;

  if v_count >= v_limit then
    raise exception using errcode = 'EBP03',
      message = format('The tier %s allows %s %ss, and that many exist.', v_tier, v_limit, p_kind),
      hint = case p_kind when 'managed vector table'
                         then 'Delete a vector table, use platform mode, or move to a larger tier.'
                         when 'API key' then 'Revoke one, or move to a larger tier.'
                         else 'Delete one, or move to a larger tier.' end;
  end if;
end
$$;
