-- Return the highest token in the ledger, across all vector tables. It is a number of attempts and reveals nothing of
-- any row.
create or replace function embedd_internal.highest_token() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select greatest((select max(token) from embedd.jobs), (select max(greatest(token, checked)) from embedd.row_states),
                  (select max(token) from embedd.ranges))
$$;
