-- Count a search against the requests per minute of an organization's tier, with those over REST, or raise if none is
-- left. Raise also if the organization is disabled or being deleted, because workers do nothing for it.
create or replace function embedd_internal.count_search(p_organization_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_status text;
  v_limit int;
  v_taken record;
begin
  select o.status, l.requests_per_minute into v_status, v_limit
    from embedd.organizations o
    cross join embedd.tier_limits(o.tier) l
   where o.id = p_organization_id;
  if v_status <> 'active' then
    raise exception using errcode = 'EBS03', message = format('The organization is %s.', v_status),
      hint = 'Ask the operator of this installation.';
  elsif v_limit is not null then
    select * into v_taken from embedd_internal.take_request(p_organization_id, v_limit);
    if not v_taken.admitted then
      raise exception using errcode = 'EBS03',
        message = format('The organization has used up its %s requests per minute.', v_limit),
        hint = format('Wait %s s, then search again.', v_taken.wait_seconds);
    end if;
  end if;
end
$$;
