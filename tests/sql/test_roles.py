"""The three roles: their rights are exactly those listed, each right is needed, and no other role has any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import tuple_row

import embedd_pg
from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import qualify
from tests.conftest import MakeRole
from tests.sql.calls import PRODUCTS, Pg, session, value, vector_table
from tests.support.postgres import Cluster
from tests.support.sql_calls import bodies, called_by, changed, procedure_calls, reached, tables

PACKAGE = Path(embedd_pg.__file__).parent
#: What a worker runs, and the doctor with its settings; without what in those files only the API calls.
FILES = [
    *(PACKAGE / "sync").rglob("*.py"),
    *(PACKAGE / "clients").glob("*.py"),
    *(PACKAGE / "search").glob("*.py"),
    PACKAGE / "envelopes.py",
    PACKAGE / "generation.py",
    PACKAGE / "resources" / "remote_triggers.py",
    PACKAGE / "embedding" / "usage.py",
    PACKAGE / "embedding" / "vector_cache.py",
]
#: What workers of earlier releases call while the schema is newer than they are.
FORWARDS = {"load_generation"}
NOT_CALLED = {"get_price", "list_usage", "get_active_generation", "record_rerank", "record_embedding"}
WORKER = (called_by(FILES) | {"health", "list_credentials", "list_metrics"} | FORWARDS) - NOT_CALLED
READER = {
    "version",
    "list_vector_tables",
    "get_vector_table",
    "sync_status",
    "tasks",
    "get_task",
    "verification",
    "drift",
    "notices",
    "health",
    "instance_status",
    "list_usage",
    "search",
    *procedure_calls("prepare_search"),
    "may_see_row",
    "embed",
    "vector_table_schema",
}
#: Tables that hold credentials are readable by column, and so is what little is read of organizations.
COLUMNS = {
    "embedd_reader": {
        "connections": ("id", "host", "capture"),
        "embedders": ("id", "shown_id", "public_id", "name", "environment_id"),
        "organizations": ("id", "status"),
    }
}
ROLES = ("embedd_admin", "embedd_worker", "embedd_reader")
#: Tables of which the worker changes columns that are about state, no others.
BY_STATE = ("captures", "generations", "vector_tables")

#: What the catalogue says, in the words of role_rights().
HELD = """
  select case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, 'embedd.' || c.relname,
         lower(a.privilege_type)
    from pg_class c, aclexplode(c.relacl) a
   where c.relnamespace = 'embedd'::regnamespace and a.grantee = %(role)s::regrole
  union all
  select 'table', 'embedd.' || c.relname, format('%%s (%%s)', lower(a.privilege_type),
         string_agg(t.attname, ', ' order by t.attnum))
    from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
   where c.relnamespace = 'embedd'::regnamespace and a.grantee = %(role)s::regrole group by c.relname, a.privilege_type
  union all
  select case p.prokind when 'p' then 'procedure' else 'function' end,
         format('%%s.%%s', p.pronamespace::regnamespace, p.proname), lower(a.privilege_type)
    from pg_proc p, aclexplode(p.proacl) a
   where p.pronamespace::regnamespace::text ~ '^embedd' and a.grantee = %(role)s::regrole"""


def held(pg: Pg, role: str) -> set[tuple[str, str, str]]:
    cursor = pg.cursor(row_factory=tuple_row)
    return {(row[0], row[1], sorted_columns(row[2])) for row in cursor.execute(HELD, {"role": role}).fetchall()}


def listed(pg: Pg, role: str) -> set[tuple[str, str, str]]:
    rows = pg.execute("select * from embedd.role_rights() where role = %s", [role]).fetchall()
    return {(row["object_type"], row["object"], sorted_columns(row["privilege"])) for row in rows}


def sorted_columns(privilege: str) -> str:
    verb, _, columns = privilege.partition(" (")
    return f"{verb} ({', '.join(sorted(columns.rstrip(')').split(', ')))})" if columns else verb


def needed(role: str, entries: set[str]) -> set[tuple[str, str, str]]:
    """What functions reach, as their files tell."""
    functions = reached(entries)
    found = {("function", qualify(name), "execute") for name in functions}
    for table, rights in tables(functions).items():
        columns = COLUMNS.get(role, {}).get(table)
        kind, name = "sequence" if table == "fence" else "table", f"embedd.{table}"
        found |= {
            (kind, name, sorted_columns(f"select ({', '.join(columns)})") if columns and right == "select" else right)
            for right in rights
        }
        if role == "embedd_worker" and table in BY_STATE:
            found.remove((kind, name, "update"))
            found.add((kind, name, sorted_columns(f"update ({', '.join(changed(functions, table))})")))
    return found


@pytest.mark.parametrize("role", [*ROLES, "embedd_definer"])
def test_a_role_has_exactly_the_rights_that_are_listed(pg: Pg, role: str) -> None:
    assert held(pg, role) == listed(pg, role)


def test_a_worker_has_the_rights_its_program_needs_and_no_other(pg: Pg) -> None:
    beside = {("table", "embedd.migrations", "select"), ("view", "embedd.standstill", "select")}
    assert listed(pg, "embedd_worker") == needed("embedd_worker", WORKER) | beside


def test_a_reader_has_the_rights_its_functions_need_and_no_other(pg: Pg) -> None:
    beside = {right for right in listed(pg, "embedd_reader") if right[0] in ("view", "procedure")}
    assert listed(pg, "embedd_reader") - beside == needed("embedd_reader", READER)
    assert ("procedure", "embedd.prepare_search", "execute") in beside


def test_a_reader_can_change_nothing_and_sees_no_credentials(pg: Pg) -> None:
    assert {right.partition(" ")[0] for _, _, right in listed(pg, "embedd_reader")} == {"select", "execute"}
    pg.execute("set local role embedd_reader")
    for secret in ("credentials from embedd.embedders", "password from embedd.connections", "* from embedd.api_keys"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), pg.transaction():
            pg.execute(f"select {secret}".encode())


def test_embedd_admin_can_call_every_function_and_cannot_change_the_audit_log(pg: Pg) -> None:
    functions = {name for kind, name, _ in listed(pg, "embedd_admin") if kind == "function"}
    owners = {
        "grant_rights",
        "protect_rows",
        "create_roles",
        "create_own_role",
        "create_capture_role",
        "create_definer_role",
        "create_forwards",
        "uninstall",
        "uninstall_parts",
    }
    assert {qualify(name) for name in bodies()} - functions == {qualify(name) for name in owners}
    closed = {
        f"embedd.{t}"
        for t in ("audit_log", "failed_logins", "outbox", "jobs", "ranges", "row_states", "search_requests")
    }
    assert not {name for kind, name, _ in listed(pg, "embedd_admin") if kind == "table"} & closed


def test_the_roles_cannot_log_in_and_say_whose_they_are(pg: Pg) -> None:
    found = pg.execute(
        "select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,"
        " shobj_description(oid, 'pg_authid') like 'Made by embedd: %%' as ours from pg_roles where rolname = any (%s)",
        [[*ROLES, "embedd_capture", "embedd_definer"]],
    ).fetchall()
    assert len(found) == 5
    assert all(role.pop("ours") for role in found)
    assert not any(any(role.values()) for role in found)


def test_manually_granted_rights_are_revoked_by_the_next_installation(pg: Pg) -> None:
    pg.execute("grant truncate on embedd.jobs to embedd_reader")
    pg.execute("grant select (password) on embedd.connections to embedd_reader")
    pg.execute("revoke execute on function embedd.version() from embedd_reader")
    value(pg, "grant_rights")
    assert held(pg, "embedd_reader") == listed(pg, "embedd_reader")


@pytest.fixture
def bare(cluster: Cluster, make_role: MakeRole) -> Iterator[tuple[str, str]]:
    """A database whose owner may make no roles, and the owner."""
    owner = make_role("login")
    with cluster.fresh_database() as dsn:
        with session(dsn) as root:
            root.execute(f'alter database "{root.info.dbname}" owner to {owner}'.encode())
        yield dsn, owner


def test_an_owner_without_createrole_uses_the_roles_of_a_dba(template: str, bare: tuple[str, str]) -> None:
    """The roles are the cluster's: here another database has them already, which is as if a DBA had made them."""
    assert template
    with session(*bare) as pg:
        pg.execute(script().encode())
        for role in ROLES:
            assert held(pg, role) == listed(pg, role)


def test_without_the_roles_only_the_owner_has_rights(bare: tuple[str, str]) -> None:
    text = script()
    for role in ROLES:
        text = text.replace(role, f"{role}_elsewhere")
    with session(*bare) as pg:
        pg.execute(text.encode())
        assert not any(held(pg, role) for role in ROLES)
        pg.execute(PRODUCTS)
        assert vector_table(pg)


def test_a_manager_owns_nothing_but_the_source(root: Pg, owned: str, owner: str, make_role: MakeRole) -> None:
    """The trigger functions belong to the owner of the schema, whoever makes, changes and drops the vector table."""
    manager = make_role("login")
    root.execute(f"grant create on schema public to {manager}; grant embedd_admin to {manager}".encode())
    with session(owned, manager) as pg:
        pg.execute(PRODUCTS)
        vector_table(pg, name="v")
        value(pg, "update_vector_table", vector_table="v", where="id > 0")
        owners = "select pg_get_userbyid(proowner) as owner from pg_proc where proname ~ '^capture_\\d'"
        assert root.execute(owners).fetchall() == [{"owner": owner}]
        pg.execute("insert into products (id) values (1)")
        value(pg, "backfill", vector_table="v")
        value(pg, "drop_vector_table", vector_table="v")
    assert root.execute(owners).rowcount == 0


@pytest.mark.parametrize("role", [None, "embedd_reader", "embedd_worker"])
def test_a_role_that_may_not_manage_gets_the_missing_right(
    root: Pg, owned: str, make_role: MakeRole, role: str | None
) -> None:
    stranger = make_role("login")
    if role:
        root.execute(f"grant {role} to {stranger}".encode())
    with session(owned, stranger) as pg, pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
        vector_table(pg)
    assert str(caught.value.diag.message_primary) == (
        "permission denied for function create_vector_table" if role else "permission denied for schema embedd"
    )
