-- Return the vector or the answer that prepare_search() got for a search of the acting organization by the role that
-- asks; no row if it is not prepared, or no longer.
create or replace function embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb)
returns table (vector real[], answer jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select r.vector, r.answer
    from embedd.search_requests r
   where r.digest = embedd_internal.search_digest(p_generation_id, p_need)
     and (r.vector is not null or r.answer is not null) and r.kept_until > clock_timestamp()
$$;
