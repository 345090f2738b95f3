-- Return the id of a vector table by name or id.
create or replace function embedd_internal.resolve_vector_table(p_reference text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.pick_one(
    array(select id from embedd.vector_tables
           where environment_id = embedd_internal.acting_environment() and dropped_at is null
             and p_reference in (id, name)
           order by id),
    p_reference, 'vector table', 'EBN04')
$$;
