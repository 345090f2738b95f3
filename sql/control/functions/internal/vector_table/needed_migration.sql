-- Return the migration of the line control that a program must know to read columns of the configured filter types
-- (filter_types); null if every program can.
create or replace function embedd_internal.needed_migration(p_columns jsonb) returns int
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select max((embedd_internal.filter_types() -> (c ->> 'filter_type') ->> 'since')::int)
    from jsonb_array_elements(p_columns) c
$$;
