"""Dumps restore correctly, of a plain installation and of an extension: rows, sequences, triggers, rights.

tests/faults/test_instance.py tests with workers that a copy writes to no store.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.database.migrate import script
from tests.conftest import MakeRole
from tests.migration.dump import program
from tests.migration.test_migrate import run
from tests.support.extension import available_extension
from tests.support.postgres import Cluster

#: How the schema came to the database that is dumped; a restore needs nothing else but the extension's files.
KINDS = {
    "plain": script(),
    "extension": "create extension embedd",
    "updated extension": "create extension embedd version '0.1.0'",
}
#: One that is new, and one in place of a model that is shipped.
OWN_MODELS = "select embedd.add_model('openai', 'of tomorrow', 8), embedd.add_model('voyage', 'voyage-4', 16)"
#: All tables with rows, with changes where the installation had inserted rows.
USED = """
  create schema shop;
  create table shop.products (id int primary key, name text, price numeric);
  insert into shop.products select i, 'name ' || i, i from generate_series(1, 50) i;
  create table shop."Odd name" (a uuid, b int, name text, primary key (a, b)) partition by range (b);
  create table shop.part partition of shop."Odd name" for values from (0) to (100);
  insert into shop."Odd name" values (gen_random_uuid(), 1, 'one');
  update embedd.organizations set tier = 'pro';
  update embedd.users set name = 'renamed';
  update embedd.connections set last_tested_at = now();
  update embedd.embedders set monthly_token_budget = 12345;
  update embedd.doorbell set armed = true, enabled = false;
  select embedd.set_price('openai', 'text-embedding-3-small', 9.99), embedd.set_price('my', 'model', 1),
         embedd.set_price('local', 'all-MiniLM-L6-v2', null);
  select embedd.create_embedder(name => 'mine', provider => 'openai', model => 'text-embedding-3-small',
                                api_key_ref => 'env:KEY');
  select embedd.create_environment('staging');
  select embedd.create_api_key(name => 'key', digest => sha256('secret'), key_prefix => 'embedd_12345');
  select embedd.create_vector_table(name => 'products', source_table => 'shop.products', embedder => 'mine',
    columns => '[{"name": "name", "role": "embedding", "ordinal": 1},
                 {"name": "price", "role": "metadata", "filter_type": "float"}]');
  select embedd.create_vector_table(name => 'odd', source_table => 'shop."Odd name"', embedder => 'local',
    columns => '[{"name": "name", "role": "embedding", "ordinal": 1}]', "where" => 'b > 0');
  select embedd.backfill('products');
  select embedd_internal.check_instance();
  select embedd_internal.audit_capture(id) from embedd.captures;
  select embedd_internal.add_notice(null, 'noticed');
  insert into embedd.audit_log (organization_id, operation, result) values ('org_self_hosted', 'test', 'ok');
  insert into embedd.row_states values (1, '1', nextval('embedd.fence'), 'text', 'metadata', null, 1);
  insert into embedd.jobs (generation_id, key, lane, state, error) values (1, '2', 'live', 'dead', 'refused');
  insert into embedd.cached_vectors values ('digest', 'vector');
  insert into embedd.rate_buckets select id, 1, 1 from embedd.embedders;
  insert into embedd.daily_usage
  select current_date, 'org_self_hosted', 'vt', id, 'p', 'm', 'query', 1, 1 from embedd.embedders;
  update shop.products set name = 'changed' where id < 10;
  update shop."Odd name" set name = 'changed'"""
#: Made after an update: on objects whose rights it changes, PostgreSQL counts those that were there as the extension's.
GRANTED = """
  grant select on embedd.vector_tables to pg_monitor;
  grant execute on function embedd.version() to public"""


@dataclass
class Databases:
    """A used database, an empty one, and the programs of their server."""

    used: str
    empty: str
    #: A superuser's connection string.
    root: str

    def call(self, name: str, *arguments: str, check: bool = True) -> str:
        done = subprocess.run([program(name, self.root), *arguments], capture_output=True, text=True)
        assert not check or (done.returncode == 0 and not done.stderr), done.stderr
        return done.stdout if check else done.stderr

    def restore(self, how: str, directory: Path) -> None:
        """Dump the one and restore it into the other."""
        options, *steps = how.split(" > ")
        file = str(directory / "dump")
        self.call("pg_dump", *options.split(), "--file", file, self.used)
        for step in steps:
            name, *more = step.split()
            if name == "psql":
                quietly = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]
                self.call("psql", *quietly, *more, "-f", file, self.empty)
            else:
                self.call("pg_restore", "--exit-on-error", *more, "--dbname", self.empty, file)


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Cluster]:
    with available_extension(cluster.dsn()):
        yield cluster


@pytest.fixture(scope="module", params=KINDS)
def used_template(server: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database in use, to make copies of: of each kind one."""
    name = server.create_database()
    run(server.dsn(name), KINDS[request.param])
    if request.param == "updated extension":
        run(server.dsn(name), USED.replace("embedd_internal.", "embedd."))
        run(server.dsn(name), "alter extension embedd update")
        run(server.dsn(name), "select embedd_internal.audit_capture(id) from embedd.captures")
    else:
        run(server.dsn(name), USED)
    run(server.dsn(name), OWN_MODELS)
    run(server.dsn(name), GRANTED)
    yield name
    server.drop_database(name)


@pytest.fixture
def databases(server: Cluster, used_template: str) -> Iterator[Databases]:
    with server.fresh_database(used_template) as used, server.fresh_database() as empty:
        yield Databases(used, empty, used)


def contents(dsn: str) -> dict[str, object]:
    """All rows, sequences, triggers, rights and functions of a database, by name; oids by what they stand for."""
    found: dict[str, object] = {}
    with psycopg.connect(dsn, autocommit=True) as session:
        for schema, name in session.execute(_TABLES).fetchall():
            columns = sql.SQL("line, number, name" if name == "migrations" else "*")
            query = sql.SQL("select {} from {}").format(columns, sql.Identifier(schema, name))
            found[f"{schema}.{name}"] = sorted(map(str, session.execute(query).fetchall()))
        for catalogue in (_SEQUENCES, _TRIGGERS, _FUNCTIONS, _RIGHTS):
            found[catalogue] = sorted(map(str, session.execute(catalogue.encode()).fetchall()))
    return found


_TABLES = """
  select relnamespace::regnamespace::text, relname from pg_class
   where relkind in ('r', 'p') and relnamespace in ('embedd'::regnamespace, 'shop'::regnamespace)"""
_SEQUENCES = "select schemaname, sequencename, last_value from pg_sequences"
_TRIGGERS = """
  select tgrelid::regclass::text, tgname, tgenabled::text, tgfoid::regprocedure::text from pg_trigger
   where not tgisinternal"""
_FUNCTIONS = """
  select oid::regprocedure::text, prosrc, proowner::regrole::text from pg_proc
   where pronamespace::regnamespace::text ~ '^embedd'"""
_RIGHTS = """
  select o.name, a.grantee::regrole::text, a.privilege_type
    from (select oid::regclass::text,
                 coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))
            from pg_class where relnamespace = 'embedd'::regnamespace and relkind in ('r', 'v', 'S')
          union all
          select oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
            from pg_proc where pronamespace::regnamespace::text ~ '^embedd'
          union all
          select nspname, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace where nspname = 'embedd'
         ) o (name, acl), aclexplode(o.acl) a"""

HOW = [
    "--format=plain > psql",
    "--format=plain --inserts > psql --single-transaction",
    "--format=custom > pg_restore",
    "--format=custom > pg_restore --single-transaction",
    "--format=directory > pg_restore --section=pre-data > pg_restore --section=data --schema=embedd"
    " > pg_restore --section=data --exclude-schema=embedd --jobs=3 > pg_restore --section=post-data --jobs=3",
]


@pytest.mark.parametrize("how", HOW)
def test_a_restored_database_has_every_row_and_right(databases: Databases, how: str, tmp_path: Path) -> None:
    databases.restore(how, tmp_path)
    before, after = contents(databases.used), contents(databases.empty)
    assert set(after) == set(before)
    for name, rows in before.items():
        assert after[name] == rows, name


def test_a_restored_database_is_a_copy_whose_triggers_keep_working(databases: Databases, tmp_path: Path) -> None:
    run(databases.used, "select embedd.adopt()")
    databases.restore(HOW[2], tmp_path)
    assert run(databases.used, "select state from embedd.instance_status()") == [("own",)]
    assert run(databases.empty, "select state from embedd.instance_status()") == [("foreign",)]
    assert "compare all rows" in str(run(databases.empty, "select embedd.adopt()"))
    run(databases.empty, "delete from shop.products where id = 50")
    last = "select key from embedd.outbox order by id desc limit 1"
    assert run(databases.empty, last) == [("50",)]
    run(databases.empty, "select embedd_internal.audit_capture(id) from embedd.captures")
    run(databases.empty, "select embedd.drop_vector_table('odd')")
    run(
        databases.empty,
        """select embedd.create_vector_table(name => 'again', source_table => 'shop."Odd name"',
        embedder => 'mine', columns => '[{"name": "name", "role": "embedding", "ordinal": 1}]')""",
    )


def test_a_dump_without_rows_is_a_fresh_installation(databases: Databases, tmp_path: Path) -> None:
    """Triggers are on the tables, too: what they write is of no capture, and thrown away."""
    databases.restore("--format=custom --schema-only > pg_restore", tmp_path)
    run(databases.empty, "insert into shop.products values (1, 'one', 1)")
    assert run(databases.empty, "select count(*) from embedd.vector_tables") == [(0,)]
    extended = run(databases.used, "select extname from pg_extension where extname = 'embedd'")
    for table in ("organizations", "doorbell"):
        rows = run(databases.empty, f"select count(*) from embedd.{table}")
        assert rows == [(1 if extended else 0,)], "an extension brings its own rows"


@pytest.mark.parametrize("without_triggers", [False, True])
def test_source_tables_alone_can_be_restored_without_embedd(
    databases: Databases, tmp_path: Path, without_triggers: bool
) -> None:
    """As docs/how-to/extension.md says: their triggers cannot be made there, or are left out."""
    file, listed = str(tmp_path / "dump"), tmp_path / "list"
    run(databases.empty, "create schema shop")
    databases.call("pg_dump", "--format=custom", "--table=shop.products", "--file", file, databases.used)
    entries = databases.call("pg_restore", "--list", file).splitlines(keepends=True)
    listed.write_text("".join(e for e in entries if not (without_triggers and " zz_embedd_" in e)))
    said = databases.call("pg_restore", "--use-list", str(listed), "--dbname", databases.empty, file, check=False)
    assert ('schema "embedd" does not exist' in said) != without_triggers, said
    rows = "table shop.products order by id"
    assert run(databases.empty, rows) == run(databases.used, rows)


def test_rows_are_not_restored_over_an_installation_in_use(databases: Databases, tmp_path: Path) -> None:
    """Rows of the installation make way only while nothing refers to them."""
    file = str(tmp_path / "dump")
    databases.call("pg_dump", "--data-only", "--table=embedd.organizations", "--file", file, databases.used)
    arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, databases.used]
    before = contents(databases.used)
    assert "duplicate key" in databases.call("psql", *arguments, check=False)
    assert contents(databases.used) == before


def test_an_owner_without_other_rights_dumps_and_restores(
    cluster: Cluster, make_role: MakeRole, tmp_path: Path
) -> None:
    owner = make_role("login")
    with cluster.fresh_database() as used, cluster.fresh_database() as empty:
        for dsn in (used, empty):
            run(dsn, f'alter database "{conninfo_to_dict(dsn)["dbname"]}" owner to {owner}')
        theirs = [psycopg.conninfo.make_conninfo(dsn, user=owner) for dsn in (used, empty)]
        run(theirs[0], script())
        run(theirs[0], USED)
        Databases(*theirs, used).restore(HOW[2], tmp_path)
        assert contents(empty) == contents(used)
