-- Return what the catalogue says about a table as the current role sees it; null if there is no such table. Python runs
-- the same query from this file over any connection, also on databases without this schema. The caller's search path
-- decides what an unqualified table name means, so everything else in the query is qualified.
create or replace function embedd_internal.describe_source(source_table text) returns jsonb
language sql stable
as $describe$
  select pg_catalog.jsonb_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'kind', c.relkind,
    'temporary', c.relpersistence = 't',
    'role', current_user,
    'can_read', pg_catalog.has_table_privilege(c.oid, 'select'),
    'can_use_schema', pg_catalog.has_schema_privilege(n.oid, 'usage'),
    'can_trigger', pg_catalog.pg_has_role(c.relowner, 'usage'),
    'can_create', pg_catalog.has_schema_privilege(n.oid, 'create'),
    'vector_version', (select extversion from pg_catalog.pg_extension where extname = 'vector'),
    'row_security', c.relrowsecurity and pg_catalog.row_security_active(c.oid),
    'columns', (
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', a.attname,
               'type', pg_catalog.format_type(b.oid, null),
               -- The type as conditions know it: built-in types by name, enums without a cast, and rows; else null.
               'compared_as', case when b.typtype = 'c' then 'row'
                 when b.oid < 16384 then pg_catalog.format_type(b.oid, null)
                 when b.typtype = 'e' and not exists (
                   select from pg_catalog.pg_cast k where b.oid in (k.castsource, k.casttarget)) then 'enum' end,
               'enum', case b.typtype when 'e' then (select pg_catalog.format('%I.%I', e.nspname, b.typname)
                                                       from pg_catalog.pg_namespace e where e.oid = b.typnamespace) end,
               'labels', case b.typtype when 'e' then (select pg_catalog.jsonb_agg(l.enumlabel order by l.enumsortorder)
                                                         from pg_catalog.pg_enum l where l.enumtypid = b.oid) end,
               'not_null', a.attnotnull,
               'deterministic', coalesce((select l.collisdeterministic from pg_catalog.pg_collation l
                                           where l.oid = a.attcollation), true),
               'can_read', pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')) order by a.attnum)
        from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
        join pg_catalog.pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0::oid), t.oid)
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'unique_columns', (
      select coalesce(pg_catalog.jsonb_agg(distinct a.attname), '[]')
        from pg_catalog.pg_index i
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indisvalid
         and i.indpred is null and i.indexprs is null),
    'unique_keys', (
      select coalesce(pg_catalog.jsonb_agg(u.columns), '[]')
        from pg_catalog.pg_index i
        cross join lateral (
          select pg_catalog.jsonb_agg(a.attname order by k.place) as columns
            from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
            join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
           where k.place <= i.indnkeyatts) u
       where i.indrelid = c.oid and i.indisunique and i.indnkeyatts > 1 and i.indisvalid
         and (i.indimmediate or i.indisprimary) and i.indpred is null and i.indexprs is null),
    'primary_key', (
      select pg_catalog.jsonb_agg(a.attname order by k.place)
        from pg_catalog.pg_index i
        cross join pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
       where i.indrelid = c.oid and i.indisprimary and k.place <= i.indnkeyatts))
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = pg_catalog.to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
$describe$;
comment on function embedd_internal.describe_source(text) is
  'Return columns, keys and rights of a table as the current role sees them; null when there is no such table.';
