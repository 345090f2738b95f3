"""The page docs/how-to/dba.md, run as written: every block in order, as the role it names. Then each right of its list
is removed alone, and the error names the missing right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.migration.dump import program
from tests.support import postgres

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "dba.md"
#: Language, first line and text of each block.
BLOCKS = re.findall(r"^```(sql|sh)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"-- as (\w+), in (\w+)\n")


class Walk:
    """A separate server, because the page creates roles."""

    def __init__(self, dsn: str, directory: Path) -> None:
        server = conninfo_to_dict(dsn)
        bin_directories = [str(Path(program("psql", dsn)).parent), str(Path(sys.executable).parent)]
        self.environment = {
            "PATH": os.pathsep.join([*bin_directories, os.environ["PATH"]]),
            "HOME": str(directory),
            "PGHOST": str(server["host"]),
            "PGPORT": str(server.get("port") or 5432),
            "PGPASSWORD": str(server.get("password") or ""),
            "BUSY": "20",
            "LANG": "C.UTF-8",
            "EMBEDD_DATA_DIR": "",
        }
        self.directory = directory
        self.base = dsn

    def shell(self, text: str) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    def refused(self, command: str) -> str:
        """Return the message of a command that must fail."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def sql(self, role: str, database: str, text: str) -> None:
        self.shell(f"psql -U {role} --no-psqlrc -v ON_ERROR_STOP=1 --quiet {database} <<'EOF'\n{text}\nEOF")

    def superuser(self, statement: str, database: str = "shop") -> None:
        with psycopg.connect(self.base, dbname=database, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    with postgres.running_cluster() as cluster:
        yield Walk(cluster.dsn(), tmp_path)


def as_script(blocks: list[tuple[str, str]]) -> str:
    """The blocks as one script of a shell."""
    parts = []
    for language, text in blocks:
        place = PLACE.match(text)
        if language == "sh":
            parts.append(text)
        else:
            assert place, f"this block does not say as whom it runs: {text}"
            parts.append(f"psql -U {place[1]} --no-psqlrc -v ON_ERROR_STOP=1 --quiet {place[2]} <<'EOF'\n{text}\nEOF\n")
    return "\n".join(parts)


def test_the_page_runs_as_it_is_written(walk: Walk) -> None:
    walk.shell("trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n" + as_script(BLOCKS))
    with psycopg.connect(walk.base) as connection:
        left = connection.execute("select rolname from pg_roles where rolname ~ '^(embedd|search)_'").fetchall()
    assert left == []


def rights() -> list[str]:
    """The statements of the page's list."""
    (block,) = [text for _, text in BLOCKS if "This is the whole list" not in text and "grant embedd_admin " in text]
    return [re.sub(r"\s+", " ", line.split(";")[0]) for line in block.splitlines()[1:] if line.startswith("grant")]


def revoked(grant: str) -> str:
    return re.sub(r"^grant (.*) to ", r"revoke \1 from ", grant)


WORK = (
    "EMBEDD_DATABASE_URL=postgresql://search_worker@/shop embedd worker --drain"
    " && psql -U shop_owner -At -c 'select last_error from embedd.tasks()' shop | (! grep .)"
)
SEARCH = (
    "psql -U search_app -v ON_ERROR_STOP=1 -At -c"
    " \"select pk_value from embedd.search('products-search', 'lamp', search_mode => 'lexical')\" shop"
)
MANAGE = "psql -U search_admin -v ON_ERROR_STOP=1 -At -c \"select embedd.pause_sync('products-search')\" shop"
QUERY = "EMBEDD_DATABASE_URL=postgresql://search_admin@/shop embedd query products-search lamp"
#: What fails without it, and the words that name it.
NEEDED = {
    "grant embedd_admin to search_admin": (MANAGE, "permission denied for function pause_sync"),
    "grant embedd_worker to search_worker": (WORK, "permission denied for schema embedd"),
    "grant embedd_reader to search_app": (SEARCH, "permission denied for schema embedd"),
    "grant select (id, name, description, price) on products to search_worker": (
        WORK,
        "permission denied for table products",
    ),
    "grant create on schema public to search_worker": (WORK, "permission denied for schema public"),
    "grant search_worker to search_admin": (QUERY, "permission denied for table embedd_vt_"),
}


def test_each_right_of_the_list_is_needed_and_named_when_it_is_missing(walk: Walk) -> None:
    assert set(NEEDED) == set(rights())
    # As far as the first search, with a worker that ends when all is done.
    until = next(n for n, (_, text) in enumerate(BLOCKS) if "embedd worker >" in text)
    walk.shell(as_script(BLOCKS[:until]))
    for grant in rights():
        command, words = NEEDED[grant]
        if command == WORK:
            walk.superuser(revoked(grant))
            assert words in walk.refused(command), grant
            walk.superuser(grant)
            walk.sql("shop_owner", "shop", "update embedd.tasks set run_at = now()")
    walk.shell(WORK)
    walk.shell(as_script(BLOCKS[until + 1 : until + 2]))
    for grant in rights():
        command, words = NEEDED[grant]
        if command != WORK:
            if command != MANAGE:  # once
                walk.shell(command)
            walk.superuser(revoked(grant))
            assert words in walk.refused(command), grant
            walk.superuser(grant)


def test_the_roles_of_the_page_have_no_other_rights(walk: Walk) -> None:
    """The catalogue agrees with the list."""
    until = next(n for n, (_, text) in enumerate(BLOCKS) if "embedd worker >" in text)
    walk.shell(as_script(BLOCKS[:until]))
    with psycopg.connect(walk.base, dbname="shop") as connection:
        found = connection.execute(
            """
            select format('grant %s to %s', r.rolname, m.rolname) from pg_auth_members a
              join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
             where m.rolname ~ '^(search_|shop_)'
            union all
            select format('grant select (%s) on %s to %s', string_agg(t.attname, ', ' order by t.attnum), c.relname,
                          g.rolname)
              from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a, pg_roles g
             where g.oid = a.grantee and g.rolname ~ '^search_' group by c.relname, g.rolname
            union all
            select format('grant %s on %s to %s', a.privilege_type, c.relname, g.rolname)
              from pg_class c, aclexplode(c.relacl) a, pg_roles g where g.oid = a.grantee and g.rolname ~ '^search_'
            union all
            select format('grant %s on schema %s to %s', lower(a.privilege_type), n.nspname, g.rolname)
              from pg_namespace n, aclexplode(n.nspacl) a, pg_roles g where g.oid = a.grantee and g.rolname ~ '^search_'
            union all
            select format('grant %s on database %s to %s', lower(a.privilege_type), d.datname, g.rolname)
              from pg_database d, aclexplode(d.datacl) a, pg_roles g where g.oid = a.grantee and g.rolname ~ '^search_'
            """
        ).fetchall()
        traits = connection.execute(
            "select bool_or(rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication) from pg_roles"
            " where rolname ~ '^(search_|shop_|embedd_)'"
        ).fetchone()
    assert {row[0] for row in found} == set(rights())
    assert traits == (False,)
