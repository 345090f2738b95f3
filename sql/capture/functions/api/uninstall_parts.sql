-- List every part of this installation that this database knows: the parts that uninstall() removes, and the parts that
-- need another way (removed is false; note names it). The list relies on the catalogue and reads no column that a
-- broken or half-installed schema might lack.
create or replace function embedd.uninstall_parts() returns table (kind text, name text, removed boolean, note text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_schema oid := to_regnamespace('embedd');
  v_schemas oid[] := array(select oid from pg_namespace where nspname in ('embedd', 'embedd_internal'));
  v_generations jsonb;
  v_tables jsonb;
  v_connections jsonb;
  v_instance jsonb;
  v_own oid[];
begin
  if to_regclass('embedd.generations') is not null
     and to_regclass('embedd.vector_tables') is not null
     and to_regclass('embedd.connections') is not null
  then
    execute 'select jsonb_agg(to_jsonb(g)) from embedd.generations g' into v_generations;
    execute 'select jsonb_object_agg(v.id, to_jsonb(v)) from embedd.vector_tables v' into v_tables;
    execute 'select jsonb_object_agg(c.id, to_jsonb(c) - ''password'') from embedd.connections c' into v_connections;
  end if;

  if to_regclass('embedd.instance') is not null then
    execute 'select to_jsonb(i) from embedd.instance i' into v_instance;
  end if;

  v_generations := coalesce(v_generations, '[]');

  return query
    select 'worker', format('process %s (user %s)', a.pid, a.usename), false,
           'Stop it first: it could create stores again. It ends when schema embedd is gone.'
      from pg_stat_activity a
     where a.application_name = 'embedd listening' and a.datname = current_database()
     order by a.pid;

  return query
    select 'trigger', format('%s on %s', t.tgname, t.tgrelid::regclass), true, 'the table itself stays as it is'
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
     where p.pronamespace = v_schema and c.relnamespace <> v_schema and t.tgparentid = 0
     order by t.tgrelid::regclass::text, t.tgname;

  -- Tables of vectors that belong to embedd: a generation names them, and they have the columns that embedd creates.
  v_own := array(
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace, jsonb_array_elements(v_generations) g
     where g ->> 'store' = 'pgvector' and n.nspname = coalesce(g ->> 'store_schema', 'public') and c.relkind = 'r'
       and (c.relname = g ->> 'store_table'
            and 5 = (
              select count(*) from pg_attribute a
               where a.attrelid = c.oid and not a.attisdropped
                 and a.attname in ('pk_value', 'embedded_text', 'row_hash', 'token', 'dead'))
         or c.relname = (g ->> 'store_table') || '_passages'
            and 3 = (
              select count(*) from pg_attribute a
               where a.attrelid = c.oid and not a.attisdropped
                 and a.attname in ('pk_value', 'passage', 'first_character'))
         or c.relname in ((g ->> 'store_table') || '_words', (g ->> 'store_table') || '_texts')
            and 2 = (
              select count(*) from pg_attribute a
               where a.attrelid = c.oid and not a.attisdropped
                 and a.attname in ('pk_value', 'document', 'word', 'postings'))));
  return query
    select 'vectors', o::regclass::text, true, pg_size_pretty(pg_total_relation_size(o))
      from unnest(v_own) o
     order by length(o::regclass::text) desc, 2;
  return query
    select 'vectors', c.oid::regclass::text, false,
           format('It looks like a table of embedd, but does not belong to this installation. '
                  'If it is not used: drop table %s', c.oid::regclass)
    from pg_class c where c.relkind = 'r' and c.relname ~ '^embedd_vt_[0-9a-f]{8}_' and c.oid <> all (v_own)
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'pk_value') order by 2;

  return query
    select 'extension', e.extname::text, true, format('version %s', e.extversion)
      from pg_extension e
     where e.extname = 'embedd';
  return query
    select 'schema', n.nspname::text, true,
           case n.oid
             when v_schema then format('%s tables and %s functions, all configuration and state', t.tables, f.functions)
             else format('%s functions', f.functions) end
      from pg_namespace n
      cross join lateral (select count(*) as tables from pg_class where relnamespace = n.oid and relkind = 'r') t
      cross join lateral (select count(*) as functions from pg_proc where pronamespace = n.oid) f
     where n.oid = any (v_schemas)
     order by n.nspname;
  return query select 'role', r.rolname::text, true, 'goes if nothing else in this cluster needs it'
    from pg_roles r where shobj_description(r.oid, 'pg_authid') like 'Made by embedd%'
     and (v_schema is not null
          or not exists (
            select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid))
   order by 2;

  return query
    with ours (class, id) as (
      select 'pg_class'::regclass, oid from pg_class where relnamespace = any (v_schemas) or oid = any (v_own)
      union all select 'pg_proc'::regclass, oid from pg_proc where pronamespace = any (v_schemas)
      union all select 'pg_type'::regclass, t.oid from pg_type t left join pg_class c on c.oid = t.typrelid
                 where t.typnamespace = any (v_schemas) or c.oid = any (v_own)
                    or t.typelem in (select reltype from pg_class where oid = any (v_own))
    )
    select distinct 'dependent', regexp_replace(pg_describe_object(d.classid, d.objid, 0), '^rule _RETURN on ', ''),
           false, 'This object of yours uses embedd. Drop or change it first.'
      from pg_depend d join ours on (ours.class, ours.id) = (d.refclassid, d.refobjid)
      left join pg_rewrite w on (d.classid, d.objid) = ('pg_rewrite'::regclass, w.oid)
      left join pg_attrdef f on (d.classid, d.objid) = ('pg_attrdef'::regclass, f.oid)
      left join pg_constraint k on (d.classid, d.objid) = ('pg_constraint'::regclass, k.oid)
      left join pg_policy y on (d.classid, d.objid) = ('pg_policy'::regclass, y.oid)
      left join pg_trigger t on (d.classid, d.objid) = ('pg_trigger'::regclass, t.oid)
      left join pg_class i on (d.classid, d.objid) = ('pg_class'::regclass, i.oid)
     where d.deptype = 'n' and t.tgname is distinct from 'zz_embedd' and coalesce(t.tgname, '') not like 'zz\_embedd\_%'
       and (d.classid, d.objid) not in (select class, id from ours)
       and coalesce(i.relnamespace, 0) <> all (array(select oid from pg_namespace where nspname like 'pg_toast%'))
       and coalesce(w.ev_class, f.adrelid, nullif(k.conrelid, 0), y.polrelid, t.tgrelid, 0)
           not in (select id from ours where class = 'pg_class'::regclass)
     order by 2;

  -- Collections, tables and triggers in other systems: SQL cannot reach them, `embedd uninstall` removes them.
  return query
    select 'collection', g ->> 'store_table', false,
           'In Qdrant. Run embedd uninstall instead, or afterwards: DELETE /collections/' || (g ->> 'store_table')
    from jsonb_array_elements(v_generations) g where g ->> 'store' = 'qdrant' order by 2;
  return query
    select distinct 'alias',
           'embedd_active_' || (g ->> 'vector_table_id')
             || case when (v_instance ->> 'detached')::boolean then '_' || left(v_instance ->> 'uid', 6) else '' end,
           false, 'In Qdrant. It is removed with its collection.'
      from jsonb_array_elements(v_generations) g
     where g ->> 'store' = 'qdrant'
     order by 2;
  return query
    select 'remote vectors', format('%I.%I', coalesce(g ->> 'store_schema', 'public'), g ->> 'store_table'), false,
           format('In database %s of %s. Run embedd uninstall instead, or afterwards drop it there, '
                  'and the tables %s_passages, _words and _texts.', c ->> 'database', c ->> 'host', g ->> 'store_table')
      from jsonb_array_elements(v_generations) g,
           lateral (select v_connections -> (v_tables -> (g ->> 'vector_table_id') ->> 'connection_id')) o (c)
   where g ->> 'store' = 'pgvector' and c ->> 'host' is not null order by 2;
  return query
    select distinct 'remote triggers',
           format('capture %s in database %s of %s', v ->> 'remote_capture_id', c ->> 'database', c ->> 'host'), false,
           format('Run embedd uninstall instead, or afterwards there: select embedd.end_capture(%L, %s)',
                  v_instance ->> 'uid', v ->> 'remote_capture_id')
    from jsonb_each(v_tables) t (id, v), lateral (select v_connections -> (v ->> 'connection_id')) o (c)
   where v ->> 'remote_capture_id' is not null order by 2;
end
$$;
comment on function embedd.uninstall_parts() is
  'List every part of this installation: what uninstall() removes, and what must be removed in another way.';
