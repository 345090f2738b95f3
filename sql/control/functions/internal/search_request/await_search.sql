-- Return whether a search that request_search() asked for is answered, after a pause of at most 50 ms if not. Raise the
-- error that the worker met, or that no worker answered in time.
create or replace function embedd_internal.await_search(p_asked jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_request record;
begin
  select r.answered, r.refusal into v_request
    from embedd.search_requests r
   where r.digest = decode(p_asked ->> 'digest', 'hex');
  if v_request.answered >= (p_asked -> 'ask')::bigint then
    if v_request.refusal is not null then
      raise exception using errcode = coalesce(v_request.refusal ->> 'sqlstate', 'EBS03'),
        message = v_request.refusal ->> 'message', hint = v_request.refusal ->> 'hint';
    end if;
    return true;
  elsif v_request.answered is null or clock_timestamp() > (p_asked ->> 'until')::timestamptz then
    raise exception using errcode = 'EBS02', message = 'No worker answered in time.',
      hint = coalesce(
        embedd_internal.standstill_reason(),
        format('Check that a worker of this version serves the store (%s), and what the logs of the workers say; '
               'or give it more time: timeout => ''1 minute''.', p_asked ->> 'store'));
  end if;

  -- The longer it takes, the longer the pause.
  perform pg_sleep(least(0.05, greatest(
    0.002, extract(epoch from clock_timestamp() - (p_asked ->> 'since')::timestamptz) / 8)));
  return false;
end
$$;
