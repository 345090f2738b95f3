-- Give back the search requests of a worker that stops, so that another one answers them at once.
create or replace function embedd_internal.release_searches(p_worker text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.search_requests set leased_until = null where worker = p_worker and leased_until is not null;
  select pg_notify('embedd', 'search');
$$;
