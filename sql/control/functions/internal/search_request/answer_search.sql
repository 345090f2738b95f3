-- Record the result of a search request, unless another worker has taken it over: a vector, an answer or both, made
-- with a generation, or a refusal with message, hint and SQLSTATE (EBS03 by default). It is kept for five minutes, and
-- an organization's oldest ones are removed beyond 1,000 of them or 64 MB. Return whether more requests wait.
create or replace function embedd_internal.answer_search(
  p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization text;
begin
  perform set_config('synchronous_commit', 'off', true);
  update embedd.search_requests r
     set answered = p_ask, leased_until = null, kept_until = greatest(wanted_until, clock_timestamp() + '5 minutes'),
         vector = case when p_generation_id = r.generation_id then p_vector end,
         answer = case when p_generation_id = r.generation_id then p_answer end,
         refusal = case when p_refusal is null and p_generation_id <> r.generation_id
                        then jsonb_build_object(
                          'sqlstate', 'EBR02', 'message', 'Other vectors have just taken the place of those asked for.',
                          'hint', 'Call prepare_search() again.')
                        else p_refusal end
   where r.digest = p_digest and r.worker = p_worker and r.claimed = p_ask and r.answered < p_ask
  returning r.organization_id into v_organization;

  delete from embedd.search_requests r
   using (select digest, row_number() over newest as place,
                 sum(coalesce(pg_column_size(vector), 0) + coalesce(pg_column_size(answer), 0)) over newest as bytes
            from embedd.search_requests
           where organization_id = v_organization and asked = answered
          window newest as (order by kept_until desc, digest)) k
   where r.digest = k.digest and k.place > 1 and (k.place > 1000 or k.bytes > 64000000);
  return exists (select from embedd_internal.due_searches());
end
$$;
