-- Ask the workers for what a search needs, on behalf of prepare_search(): the request is checked as over REST, counted
-- against the organization's requests per minute, and noted; the commit wakes the workers. Return what await_search()
-- takes, null if nothing is needed or the vector is there. The text of a request is embedded once while it is kept. An
-- answer is asked for anew, because rows change; sessions that ask before a worker has begun share it.
-- The function has its owner's rights, because only functions reach the requests.
create or replace function embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  -- An organization's open requests, and the bytes of one of them. Sessions that ask at once may exceed the first.
  c_open constant int := 100;
  c_bytes constant int := 1000000;
  v_id bigint := embedd_internal.check_searchable(p_vector_table);
  v_generation jsonb := embedd_internal.generation_facts(v_id);
  v_organization text := embedd_internal.acting_organization();
  v_need jsonb;
  v_digest bytea;
  v_until timestamptz := clock_timestamp() + p_timeout;
  v_ask bigint;
begin
  perform embedd_internal.plan_search(v_generation, p_request);
  if p_timeout is null or p_timeout not between '10 ms' and '10 minutes' then
    raise exception using errcode = 'EBV01', message = 'timeout must be between 10 ms and 10 minutes.',
      hint = 'Leave it out for 10 seconds.';
  elsif octet_length(p_request::text) > c_bytes then
    raise exception using errcode = 'EBV01', message = 'The request is larger than 1 MB.',
      hint = 'A query needs a few kilobytes at most.';
  end if;
  v_need := embedd_internal.search_need(v_generation, p_request);
  if v_need is null then
    return null;
  end if;
  perform embedd_internal.check_search_rights(v_generation, v_need);
  perform embedd_internal.count_search(v_organization);

  v_digest := embedd_internal.search_digest(v_id, v_need);
  update embedd.search_requests r
     set kept_until = greatest(r.kept_until, v_until + interval '1 minute')
   where r.digest = v_digest and r.vector is not null and v_need ? 'vector';
  if found then
    return null;
  end if;

  if exists (select from embedd.standstill) then
    raise exception using errcode = 'EBS02', message = 'No worker answers searches.',
      hint = embedd_internal.standstill_reason();
  elsif (select count(*)
           from embedd.search_requests r
          where r.organization_id = v_organization and r.asked > r.answered and r.wanted_until > clock_timestamp()
            and r.digest <> v_digest) >= c_open then
    raise exception using errcode = 'EBS03',
      message = format('%s searches of the organization wait for a worker.', c_open),
      hint = 'Search again when some of them have been answered.';
  end if;

  insert into embedd.search_requests as r
    (digest, organization_id, generation_id, user_id, need, wanted_until, kept_until)
  values (v_digest, v_organization, v_id, embedd_internal.acting_user(), v_need, v_until, v_until)
  on conflict (digest) do update
     set asked = case when r.asked > r.claimed or r.asked > r.answered and v_need ? 'vector'
                      then r.asked else r.asked + 1 end,
         wanted_until = greatest(r.wanted_until, v_until),
         kept_until = greatest(r.kept_until, v_until)
  returning r.asked into v_ask;
  perform pg_notify('embedd', 'search');
  return jsonb_build_object(
    'digest', encode(v_digest, 'hex'), 'ask', v_ask, 'since', clock_timestamp(), 'until', v_until,
    'store', v_generation -> 'store' ->> 'kind');
end
$$;
