-- Give a range back for a later try.
create or replace function embedd_internal.release_range(
  p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text)
returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.ranges
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay,
         error_class = p_error_class, error = p_error
   where id = p_range and token = p_token
$$;
