"""A PostgreSQL server whose owner lies: it grants every advisory lock, and returns false conditions. Its answers could
come from a tenant's server. Its sessions are ordinary; only the answers are false."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from tests.support.servers import Server

#: A condition that, if evaluated with the rights of the API, creates a key of the self-hosted organization.
MINTED = b"sk_live_chosen_by_the_attacker"
INJECTED = f"""
    ((select embedd.create_api_key('minted', sha256('{MINTED.decode()}'::bytea), 'sk_live_chos')
        from (select set_config('embedd.organization', 'org_self_hosted', true) as organization,
                     set_config('embedd.user', '', true) as person offset 0) acting
       where acting.organization <> acting.person) is not null)"""

_LIES = """
    set allow_system_table_mods = on;
    create type public.yes as (one int);
    create function public.agrees(public.yes, oid) returns boolean language sql immutable as 'select true';
    create operator public.= (leftarg = public.yes, rightarg = oid, function = public.agrees);
    alter view pg_catalog.pg_locks rename to pg_locks_of_before;
    create view pg_catalog.pg_locks as
      select 'advisory'::text as locktype, 2::int2 as objsubid,
             row(1)::public.yes as classid, row(1)::public.yes as objid,
             (select oid from pg_catalog.pg_database where datname = current_database()) as database;
    grant select on pg_catalog.pg_locks to public;
    alter function pg_catalog.pg_get_expr(pg_node_tree, oid) rename to pg_get_expr_of_before;
    create function pg_catalog.pg_get_expr(pg_node_tree, oid) returns text language sql as $lie${injected}$lie$;
    create schema embedd;
    create table embedd.organizations (id text primary key, name text);
    create table public.salaries (id text primary key, name text, amount int);
    insert into public.salaries values ('1', 'one', 1), ('2', 'two', 2);
"""


def make_hostile(server: Server) -> str:
    """Make a server lie from now on, and request a password by SCRAM, as every server must. Return the connection
    string of its superuser."""
    with psycopg.connect(server.dsn(), autocommit=True) as session:
        lie = "select " + "'" + INJECTED.replace("'", "''") + "'"
        session.execute(_LIES.replace("{injected}", lie).encode())
        session.execute("alter role postgres password 'lies'")
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all postgres scram-sha-256\n" + rules.read_text())
        session.execute("select pg_reload_conf()")
    return make_conninfo(server.dsn(), password="lies")
