-- Return the qualified name of the enum that two tokens (schema and type) name; null if they name no enum, or an enum
-- with a user-defined cast. Only the catalogue is read; the type is not used.
create or replace function embedd_internal.enum_name(p_schema text, p_type text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format('%I.%I', n.nspname, t.typname)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where t.typtype = 'e' and not exists (select from pg_cast c where t.oid in (c.castsource, c.casttarget))
     and array[n.nspname, t.typname]::text[] =
         case when p_schema ~ '^("|[A-Za-z_])' and p_type ~ '^("|[A-Za-z_])'
              then parse_ident(p_schema || '.' || p_type) end
$$;
