"""Alembic's own commands on a real database with migrations that use our operations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.operations import MigrateOperation
from sqlalchemy.dialects import postgresql

from embedd_pg.alembic import CreateVectorTable, DropVectorTable, UpdateVectorTable, _call, _verbatim, include_name
from embedd_pg.errors import ConfigurationError
from tests.migration.dump import dump
from tests.migration.test_tools import psql, run, sqlalchemy_url
from tests.support.worker import Site

ENVIRONMENT = """
import os
import sqlalchemy
from alembic import context
from embedd_pg.alembic import include_name, include_object

metadata = sqlalchemy.MetaData()
sqlalchemy.Table("shop", metadata, sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
                 sqlalchemy.Column("name", sqlalchemy.Text), sqlalchemy.Column("price", sqlalchemy.Numeric))
hooks = {"include_name": include_name, "include_object": include_object} if os.environ["HOOKS"] else {}
hooks = {name: hook for name, hook in hooks.items() if name in os.environ["HOOKS"]}

if context.is_offline_mode():
    context.configure(url=os.environ["DSN"], target_metadata=metadata, literal_binds=True,
                      dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    with sqlalchemy.create_engine(os.environ["DSN"]).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, include_schemas=True, **hooks)
        with context.begin_transaction():
            context.run_migrations()
"""
INSTALL = """
import embedd_pg.alembic
import sqlalchemy as sa
from alembic import op
revision, down_revision = "install", None

def upgrade():
    op.install_embedd()
    op.create_table("shop", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text),
                    sa.Column("price", sa.Numeric))

def downgrade():
    op.drop_table("shop")
"""
TABLE = r"""
import embedd_pg.alembic
from alembic import op
revision, down_revision = "table", "install"

def upgrade():
    op.create_embedder("small", "openai", model="text-embedding-3-small", api_key_ref="env:OPENAI_API_KEY")
    op.create_vector_table(
        "shop-search", "public.shop",
        [{"name": "name", "role": "embedding", "name_prefix": "It's \\ a :name, 100%s: "},
         {"name": "price", "role": "metadata", "filter_type": "float"}],
        embedder="small", where="name <> ':x' and id::text <> '5%'", backfill=True,
    )
    op.update_vector_table("shop-search", name="shop", sync_mode="cdc")
    op.update_embedder("small", api_key_ref="env:OTHER")

def downgrade():
    op.drop_vector_table("shop")
    op.delete_embedder("small")
"""
SCRIPT = """
${imports if imports else ""}
revision, down_revision = ${repr(up_revision)}, ${repr(down_revision)}

def upgrade():
    ${upgrades if upgrades else "pass"}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A directory as `alembic init` makes it, with two migrations."""
    versions = tmp_path / "versions"
    versions.mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "script.py.mako").write_text(SCRIPT)
    (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = {tmp_path}\n")
    (versions / "install.py").write_text(INSTALL)
    (versions / "table.py").write_text(TABLE)
    return tmp_path


def alembic(project: Path, dsn: str, *arguments: str, hooks: str = "include_name") -> str:
    environment = {"DSN": sqlalchemy_url(dsn), "HOOKS": hooks, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def made(dsn: str) -> list[tuple[object, ...]]:
    return run(
        dsn,
        "select v.name, sync_mode, columns -> 0 ->> 'name_prefix', \"where\", e.secret_ref,"
        " (select string_agg(task_type, ' ') from embedd.tasks where status = 'pending')"
        " from embedd.list_vector_tables() v join embedd.embedders e on e.public_id = embedding_provider_id",
    )


WHERE = "((name <> ':x'::text) AND ((id)::text <> '5%'::text))"
MADE = ("shop", "cdc", "It's \\ a :name, 100%s: ", WHERE, "env:OTHER", "backfill")


def test_migrations_go_up_and_down(project: Path, database: str, fresh: str) -> None:
    alembic(project, database, "upgrade", "install")
    assert dump(database) == fresh
    alembic(project, database, "upgrade", "head")
    assert made(database) == [MADE]
    alembic(project, database, "downgrade", "install")
    assert made(database) == []
    assert run(database, "select count(*) from pg_trigger where tgname like 'zz_embedd%'") == [(0,)]
    alembic(project, database, "upgrade", "head")
    assert made(database) == [MADE]


def test_the_printed_migration_does_the_same(project: Path, database: str, tmp_path: Path) -> None:
    file = tmp_path / "offline.sql"
    file.write_text(alembic(project, database, "upgrade", "head", "--sql"))
    psql(database, file)
    assert made(database) == [MADE]
    file.write_text(alembic(project, database, "downgrade", "table:install", "--sql"))
    psql(database, file)
    assert made(database) == []


def test_a_migration_that_fails_takes_the_installation_back(project: Path, database: str) -> None:
    failing = INSTALL.replace("def downgrade", "    op.execute('select 1/0')\n\ndef downgrade")
    (project / "versions" / "install.py").write_text(failing)
    with pytest.raises(AssertionError, match="division by zero"):
        alembic(project, database, "upgrade", "head")
    assert run(database, "select to_regnamespace('embedd') is null") == [(True,)]


@pytest.mark.parametrize("hooks", ["include_name", "include_object"])
async def test_autogenerate_ignores_our_objects(site: Site, project: Path, hooks: str) -> None:
    """With nothing of the user's changed it proposes nothing; without the hooks it would drop all that is ours."""
    site.mode = "platform"
    await site.do("create table shop (id int primary key, name text, price numeric)")
    await site.do("insert into shop values (1, 'one', 1)")
    columns: list[dict[str, Any]] = [{"name": "name", "role": "embedding"}]
    chunking = '{"strategy": "recursive", "max_tokens": 16, "overlap_tokens": 4}'
    await site.create_vector_table("shop", columns=columns, chunking=chunking)
    await site.backfill("shop")
    async with site.worker():
        await site.quiet()
    stores = await site.do("select 1 from pg_class where relname like 'embedd\\_vt\\_%%' and relkind = 'r'")
    assert len(stores) == 4  # vectors, passages, and two of words
    await site.do("create table alembic_version (version_num text)")
    await site.do("insert into alembic_version values ('table')")
    (project / "versions").joinpath("table.py").write_text(TABLE)
    alembic(project, site.dsn, "revision", "--autogenerate", "--rev-id", "proposed", hooks=hooks)
    (proposed,) = (project / "versions").glob("proposed*")
    assert "op." not in proposed.read_text()
    assert "pass" in proposed.read_text()
    proposed.unlink()
    alembic(project, site.dsn, "revision", "--autogenerate", "--rev-id", "proposed", hooks="")
    (proposed,) = (project / "versions").glob("proposed*")
    assert "drop_table('jobs'" in proposed.read_text() and "drop_table('embedd_vt_" in proposed.read_text()


def test_create_operations_can_be_reversed_and_updates_cannot() -> None:
    drop = DropVectorTable(vector_table="v")
    assert CreateVectorTable(drop, name="v").reverse() is drop
    with pytest.raises(ConfigurationError, match="update_vector_table cannot be undone"):
        UpdateVectorTable(vector_table="v", name="w").reverse()
    assert issubclass(DropVectorTable, MigrateOperation)


@pytest.mark.parametrize("value", ["plain", "it's", "a\\b", ":name", "::", r"\:x", "%s %%", '"', "a\nb", "ä🙂"])
def test_any_text_arrives_unchanged(pg: psycopg.Connection[Any], value: str) -> None:
    statement = str(_verbatim(_call("check_name", {"p_name": value})).compile(dialect=postgresql.psycopg.dialect()))
    said = statement.removeprefix('select embedd.check_name("p_name" => ').removesuffix(")")
    assert pg.execute(f"select {said} as text".encode(), ()).fetchone() == {"text": value}


@pytest.mark.parametrize(
    ("name", "type_", "parents", "expected"),
    [
        ("embedd", "schema", {}, False),
        ("public", "schema", {}, True),
        (None, "schema", {}, True),
        ("jobs", "table", {"schema_name": "embedd"}, False),
        ("jobs", "table", {"schema_name": None}, True),
        ("embedd_vt_01234567_products", "table", {"schema_name": "shop"}, False),
        ("embedd_vt_01234567_products_passages", "table", {"schema_name": None}, False),
        ("embedd_vt_mine", "table", {"schema_name": None}, True),
        ("pk", "index", {"schema_name": None, "table_name": "embedd_vt_01234567_products"}, False),
        ("pk", "index", {"schema_name": None, "table_name": "products"}, True),
        ("zz_embedd_1_insert", "trigger", {"schema_name": "public"}, False),
    ],
)
def test_our_objects_are_recognised_by_name(
    name: str | None, type_: str, parents: dict[str, Any], expected: bool
) -> None:
    assert include_name(name, type_, parents) is expected
