"""The helper function in plpython3u, with which SQL calls the service.

It is a separate script, because only a superuser may create functions in that language. An upgrade does not include it:
run it again after each upgrade.
"""

from __future__ import annotations

import psycopg

from embedd_pg.database.call import translate
from embedd_pg.database.sql_files import sql_directory, with_comment


def script() -> str:
    """Return extension, function and rights as plain SQL, for a superuser. The script can be run repeatedly."""
    path = sql_directory() / "plpython" / "ask_service.sql"
    return "\n".join((_HEAD, with_comment("function", path), _TAIL))


async def install(database_url: str) -> None:
    """Run the script. Raise SchemaVersionError without schema embedd, InsufficientPermission unless the role is a
    superuser, and ServiceMissing if the server lacks the language."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        try:
            await conn.execute(script().encode())
        except psycopg.Error as error:
            raise translate(error) from error


_HEAD = """\
-- embedd: lets SQL ask the service. Run it as a superuser, as often as you like; it is one transaction.
begin;
select pg_advisory_xact_lock(hashtextextended('embedd.migrate', 0));
set local client_min_messages = warning;
set local search_path = pg_catalog, pg_temp;
do $embedd_plpython$
begin
  if to_regclass('embedd.migrations') is null then
    raise exception using errcode = 'EBX01', message = 'This database has no schema embedd.',
      hint = 'Run embedd migrate first.';
  elsif not (select rolsuper from pg_roles where rolname = current_user) then
    raise exception using errcode = 'EBP04', message = 'Only a superuser may make functions in plpython3u.',
      hint = 'Have one run embedd migrate --plpython.';
  elsif not exists (select from pg_available_extensions where name = 'plpython3u') then
    raise exception using errcode = 'EBS01', message = 'This server does not have plpython3u.',
      hint = format('Install it, on Debian with: apt install postgresql-plpython3-%s',
                    current_setting('server_version_num')::int / 10000);
  end if;
  -- A function of this name that another role created is replaced, with all rights on it.
  if exists (select from pg_proc p join pg_roles r on r.oid = p.proowner
              where p.oid = to_regprocedure('embedd.ask_service(text, text, text, jsonb)') and not r.rolsuper) then
    drop function embedd.ask_service(text, text, text, jsonb);
  end if;
end
$embedd_plpython$;
create extension if not exists plpython3u;
"""

_TAIL = """\
-- The owner of the schema can grant it; the roles created for managing and reading receive it at once.
do $embedd_plpython$
declare
  v_function constant text := 'embedd.ask_service(text, text, text, jsonb)';
  v_owner name := (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'embedd');
  v_role name;
begin
  execute format('revoke all on function %s from public', v_function);
  if v_owner <> current_user then
    execute format('grant execute on function %s to %I with grant option', v_function, v_owner);
  end if;
  for v_role in
    select rolname from pg_roles
     where rolname in ('embedd_admin', 'embedd_reader') and shobj_description(oid, 'pg_authid') like 'Made by embedd%'
  loop
    execute format('grant execute on function %s to %I', v_function, v_role);
  end loop;
end
$embedd_plpython$;
commit;
"""
