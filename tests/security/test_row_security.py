"""Row security: a manager in SQL, and the API with the same rights, see only the rows of the acting organization; and
only functions reach sealed credentials, digests and audit rows."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from structlog.testing import LogCapture

from embedd_pg.database.call import Actor
from embedd_pg.database.migrate import script
from embedd_pg.resources import access, organization
from tests.api.conftest import service_on
from tests.api.test_auth import bearer
from tests.conftest import MakeRole
from tests.migration.dump import program
from tests.sql.calls import Pg, acting_as, session
from tests.support.postgres import Cluster

#: Tables without row security, each with its reason.
WITHOUT = {
    **dict.fromkeys(("outbox", "jobs", "ranges", "row_states"), "only the worker, who works for all, has rights on it"),
    **dict.fromkeys(("captures", "capture_audits"), "about tables of this database, whoever made them searchable"),
    **dict.fromkeys(("instance", "doorbell", "fence_marks", "migrations", "consumer", "sealing"), "the installation's"),
    "looks": "of no organization: about workers, who work for all",
    **dict.fromkeys(("models", "prices"), "of no organization: what is known of vendors' models"),
    "cached_vectors": "of no organization: vectors by keyed hashes",
    "failed_logins": "of nobody: no role has a right on it",
}
ROLES = ("embedd_admin", "embedd_reader", "embedd_worker", "embedd_definer")
#: One row or more of everything that belongs to an organization.
TENANT = """
  with u as (select id from embedd.users where organization_id = %(org)s),
       e as (select id from embedd.environments where organization_id = %(org)s),
       k as (insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix)
             select %(org)s, u.id, 'k', sha256(%(org)s::bytea), 'sk_live_xxxx' from u),
       c as (insert into embedd.connections (organization_id, environment_id, name, host, password, created_by)
             select %(org)s, e.id, 'c', 'db', '{"sealed": 1}', u.id from e, u returning id),
       m as (insert into embedd.embedders (organization_id, environment_id, owner_id, name, provider, credentials,
                                           created_by, updated_by)
             select %(org)s, e.id, u.id, 'm', 'openai', '{"sealed": 1}', u.id, u.id from e, u returning id),
       v as (insert into embedd.vector_tables (organization_id, environment_id, name, connection_id, embedder_id,
               source_table, source_schema, source_name, primary_key_column, key_columns, key_types, mode, sync_mode,
               embedding_model, embedding_dimensions, columns, created_by)
             select %(org)s, e.id, 'v', c.id, m.id, 't', 'public', 't', 'id', '{id}', '{integer}', 'managed', 'cdc',
                    'x', 3, '[{"name": "t", "role": "embedding"}]', u.id from e, c, m, u returning id),
       g as (insert into embedd.generations (vector_table_id, store, store_table, embedder_id, provider,
                                             embedding_model, embedding_dimensions, columns)
             select v.id, 'qdrant', 'x', m.id, 'openai', 'x', 3, '[]' from v, m returning id),
       t as (insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
             select %(org)s, 'backfill', v.id, g.id from v, g returning id),
       f as (insert into embedd.verifications (task_id, vector_table_id, repair, sweep)
             select t.id, v.id, false, false from t, v),
       n as (insert into embedd.notices (vector_table_id, message) select v.id, 'n' from v),
       s as (insert into embedd.unread_stores (generation_id) select g.id from g),
       b as (insert into embedd.rate_buckets (embedder_id, requests, tokens) select m.id, 1, 1 from m),
       o as (insert into embedd.remote_outboxes (connection_id, line) select c.id, gen_random_uuid() from c),
       d as (insert into embedd.daily_usage (day, organization_id, vector_table_id, embedder_id, provider, model, kind)
             select current_date, %(org)s, v.id, m.id, 'openai', 'x', 'query' from v, m),
       a as (insert into embedd.audit_log (organization_id, operation, result) values (%(org)s, 'x', 'ok'))
  insert into embedd.request_counts values (%(org)s, 1, 1, 0, true)"""


@dataclass(frozen=True, slots=True)
class Two:
    """A database with two organizations in it, besides the self-hosted one, and roles."""

    dsn: str
    one: str
    other: str
    admin: str
    worker: str
    both: str


@pytest.fixture(scope="module")
def two(cluster: Cluster, template: str, make_role: MakeRole) -> Iterator[Two]:
    with cluster.fresh_database(template) as dsn, session(dsn) as root:
        ids = []
        for name in ("one", "other"):
            ids.append(root.execute("select embedd.create_organization(%s) as id", [name]).fetchall()[0]["id"])
            root.execute(TENANT.encode(), {"org": ids[-1]})
        roles = [
            make_role(f"login in role {groups}")
            for groups in ("embedd_admin", "embedd_worker", "embedd_admin, embedd_worker")
        ]
        yield Two(dsn, *ids, *roles)


def secured(pg: Pg) -> list[str]:
    """Tables with row security on which embedd_admin has rights."""
    found = pg.execute(
        "select relname from pg_class where relnamespace = 'embedd'::regnamespace and relrowsecurity order by 1"
    ).fetchall()
    return [row["relname"] for row in found if row["relname"] not in ("audit_log", "search_requests")]


def seen(pg: Pg, table: str) -> int:
    """How many rows of a table this session sees, of those that belong to somebody."""
    mine = sql.SQL("select count(*) from {} {}").format(
        sql.Identifier("embedd", table), sql.SQL("where vector_table_id is not null" if table == "notices" else "")
    )
    return int(pg.execute(mine).fetchall()[0]["count"])


def test_point_13_row_20_embedd_admin_sees_only_rows_of_the_acting_organization(two: Two) -> None:
    with session(two.dsn) as root, session(two.dsn, two.admin) as managing:
        tables = secured(root)
        assert len(tables) == 16
        for table in tables:
            everything = seen(root, table)
            counts = []
            for acting in (two.one, two.other, "org_self_hosted", "org_nobody"):
                acting_as(managing, organization=acting)
                counts.append(seen(managing, table))
            assert counts[0] == counts[1] >= 1 and counts[3] == 0 and sum(counts) == everything, table
            # Without a setting it is the self-hosted organization that acts in psql.
            acting_as(managing)
            assert seen(managing, table) == counts[2], table


def test_point_13_row_20_embedd_admin_changes_only_rows_of_the_acting_organization(two: Two) -> None:
    with session(two.dsn, two.admin) as managing:
        acting_as(managing, organization=two.one)
        for change in (
            "update embedd.connections set host = 'evil' where organization_id = %s",
            "update embedd.users set role = 'owner' where organization_id = %s",
            "update embedd.vector_tables set condition = 'true' where organization_id = %s",
            "delete from embedd.api_keys where organization_id = %s",
            "delete from embedd.tasks where organization_id = %s",
        ):
            assert managing.execute(change.encode(), [two.other]).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            managing.execute("insert into embedd.users (organization_id, name) values (%s, 'spy')", [two.other])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            managing.execute("update embedd.users set organization_id = %s", [two.other])


def test_point_13_row_20_a_worker_sees_all_organizations_unless_it_acts_for_one(two: Two) -> None:
    """A role that is a member of both groups, as where the API searches in tables that the worker made."""
    with session(two.dsn) as root, session(two.dsn, two.worker) as working, session(two.dsn, two.both) as serving:
        assert seen(working, "vector_tables") == seen(root, "vector_tables") == 2
        assert working.execute("select count(*) from embedd_internal.find_work()").fetchall() == [{"count": 0}]
        for pg in (working, serving):
            acting_as(pg, organization=two.one)
            found = pg.execute("select organization_id from embedd.vector_tables").fetchall()
            assert found == [{"organization_id": two.one}]
            assert seen(pg, "generations") == 1


def test_point_13_every_table_with_an_organization_has_row_security_and_policies(two: Two) -> None:
    with session(two.dsn) as root:
        tables = root.execute(
            "select relname, relrowsecurity as enabled, relforcerowsecurity as forced,"
            " exists (select from pg_attribute where attrelid = c.oid and attname = 'organization_id') as direct,"
            " array(select polname::text from pg_policy where polrelid = c.oid order by 1) as policies,"
            " array(select confrelid::regclass::text from pg_constraint"
            "        where conrelid = c.oid and contype = 'f') as parents"
            " from pg_class c where relnamespace = 'embedd'::regnamespace and relkind = 'r'"
        ).fetchall()
        rights = root.execute("select distinct role, object from embedd.role_rights() where object_type = 'table'")
        held = {(row["role"], row["object"]) for row in rights.fetchall()}
    for table in tables:
        name = table["relname"]
        if not table["enabled"]:
            assert name in WITHOUT and not table["direct"], name
            continue
        assert name not in WITHOUT and table["policies"] == sorted(ROLES) and not table["forced"], name
    assert {table["relname"] for table in tables if table["direct"]} <= {t["relname"] for t in tables if t["enabled"]}
    belonging = {t["relname"] for t in tables if set(t["parents"]) & {"embedd.vector_tables", "embedd.generations"}}
    assert belonging - {t["relname"] for t in tables if t["enabled"]} <= {"jobs", "ranges", "row_states"}
    for table in ("outbox", "jobs", "ranges", "row_states", "failed_logins", "audit_log", "search_requests"):
        assert {role for role, name in held if name == table} <= {"embedd_worker", "embedd_definer"}, table
    assert set(WITHOUT) <= {table["relname"] for table in tables}


@pytest.mark.parametrize(
    "statement",
    [
        "select password from embedd.connections",
        "select * from embedd.connections",
        "select credentials from embedd.embedders",
        "select fingerprint from embedd.embedders",
        "select digest from embedd.api_keys",
        "update embedd.connections set password = null",
        "update embedd.embedders set credentials = null",
        "update embedd.api_keys set digest = sha256('x')",
        "insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix)"
        " select organization_id, id, 'mine', sha256('x'), 'sk_live_xxxx' from embedd.users",
        "select * from embedd.audit_log",
    ],
)
def test_point_13_only_functions_reach_sealed_credentials_digests_and_audit_rows(two: Two, statement: str) -> None:
    with session(two.dsn, two.admin) as managing:
        acting_as(managing, organization=two.one)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            managing.execute(statement.encode())
        assert managing.execute("select count(name) from embedd.connections").fetchall() == [{"count": 1}]
        found = managing.execute(
            "select stored from embedd_internal.list_credentials() where kind = 'connection'"
        ).fetchall()
        assert found == [{"stored": True}] * 2


def test_point_13_the_owner_dumps_and_counts_all(cluster: Cluster, make_role: MakeRole) -> None:
    """Who is no superuser and owns the schema: row security is not forced on it."""
    owner = make_role("login")
    with cluster.fresh_database() as dsn:
        with session(dsn) as root:
            root.execute(
                sql.SQL("alter database {} owner to {}").format(sql.Identifier(root.info.dbname), sql.Identifier(owner))
            )
        with session(dsn, owner) as owning:
            owning.execute(script().encode())
            made = owning.execute("select embedd.create_organization('acme') as id").fetchall()[0]["id"]
            owning.execute(TENANT.encode(), {"org": made})
        dumped = subprocess.run(
            [program("pg_dump"), "--data-only", "--schema=embedd", make_conninfo(dsn, user=owner)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    # The key, the connection, the embedder, the vector table, the task and the rest of the other organization.
    assert dumped.count(made) >= 10


async def test_point_13_row_20_the_api_serves_all_organizations_with_the_rights_of_embedd_admin(
    installed: str, make_role: MakeRole, tmp_path: Path, logs: LogCapture
) -> None:
    admin = make_role("login in role embedd_admin")
    async with service_on(make_conninfo(installed, user=admin), tmp_path, logs) as service:
        database = service.clients.database
        stranger = Actor(await organization.create(database, "acme"))
        foreign = bearer((await access.create_api_key(database, name="x", actor=stranger)).key)
        body = {"name": "shop", "mode": "managed", "credentials": service.credentials(host="192.0.2.1")}
        for headers in (bearer(service.key), foreign):
            made = await service.http.post("/v1/providers/postgresql/connections", json=body, headers=headers)
            assert made.status_code == 201, made.text
            changed = await service.http.put(
                f"/v1/connections/{made.json()['id']}", json={"name": "store"}, headers=headers
            )
            assert changed.status_code == 200, changed.text
            provider = {"name": "o", "provider": "openai", "api_key": "sk-x", "default_model": "text-embedding-3-small"}
            made = await service.http.post("/v1/embedding-providers", json=provider, headers=headers)
            assert made.status_code == 201, made.text
            for path, named in (("connections", "store"), ("embedding-providers", "o")):
                listed = (await service.http.get(f"/v1/{path}", headers=headers)).json()["data"]
                assert [row["name"] for row in listed if row["name"] != "local"] == [named], path
            log = (await service.http.get("/v1/audit-log", headers=headers)).json()["data"]
            assert [e["operation"] for e in log if e["door"] == "rest"] == [
                "create_embedding_provider",
                "update_connection",
                "create_connection",
            ]
