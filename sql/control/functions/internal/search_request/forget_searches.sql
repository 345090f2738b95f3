-- Remove search requests that no session waits for any longer, and results that were kept long enough.
create or replace function embedd_internal.forget_searches() returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.search_requests
   where digest in (select digest from embedd.search_requests
                     where kept_until < clock_timestamp() for update skip locked)
$$;
