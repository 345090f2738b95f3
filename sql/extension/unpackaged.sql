-- Make the objects that `embedd migrate` installed members of the extension; nothing else changes.
do $embedd_adopt$
declare
  v_object text;
begin
  if to_regclass('embedd.migrations') is null then
    raise exception using errcode = 'EBX01',
      message = 'This database has no schema embedd that ''embedd migrate'' made.',
      hint = 'Run: create extension embedd';
  elsif (select nspowner from pg_namespace where nspname = 'embedd')
        <> (select oid from pg_roles where rolname = current_user)
  then
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd belongs to %s, not to %s.',
                       (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'embedd'), current_user),
      hint = 'An extension belongs to a superuser. Leave it as it is, with ''embedd migrate'' for upgrades.';
  elsif array(select format('%s %s', line, max(number)) from embedd.migrations group by line order by line)
        <> '{known}'
  then
    raise exception using errcode = 'EBX01',
      message = 'The schema embedd of this database is of another version than this extension.',
      hint = 'Run ''embedd migrate'' of version {version} first.';
  end if;
  for v_object in
    select 'schema embedd'
    union all
    select 'schema embedd_internal'
    union all
    select format('%s embedd.%I', case relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, relname)
      from pg_class where relnamespace = 'embedd'::regnamespace and relkind in ('r', 'S', 'v')
    union all
    select 'routine ' || oid::regprocedure from pg_proc
     where pronamespace in ('embedd'::regnamespace, 'embedd_internal'::regnamespace)
       and proname !~ '^capture_\d+$' and proname <> 'ask_service'
  loop
    execute 'alter extension embedd add ' || v_object;
  end loop;
end
$embedd_adopt$;
