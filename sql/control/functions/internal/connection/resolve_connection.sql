-- Return the id of the connection with this name or id.
create or replace function embedd_internal.resolve_connection(p_reference text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.pick_one(
    array(select id from embedd.connections
           where environment_id = embedd_internal.acting_environment() and p_reference in (id, name) order by id),
    p_reference, 'connection', 'EBN02')
$$;
