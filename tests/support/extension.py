"""embedd as an extension of a test server: its files in the server's directory, its scripts, its catalogue."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from embedd_pg.database.extension import write_extension
from tests.migration.dump import dump
from tests.support.postgres import Cluster

RELEASED = Path(__file__).parents[1] / "migration" / "released"
#: Tests of other processes may use the directory of the same server.
_LOCK = Path("/tmp/embedd-extension.lock")

_MEMBERS = """
  select pg_describe_object(d.classid, d.objid, 0) collate "C" as member from pg_depend d
   where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
     and d.classid <> 'pg_type'::regclass  -- row types go with their tables
     and d.refobjid = (select oid from pg_extension where extname = 'embedd')
   order by member"""


@contextmanager
def available_extension(*servers: str) -> Iterator[None]:
    """Make CREATE EXTENSION embedd work on servers (connection strings of superusers) for the block. Skip the test if
    the server's directory is not writable."""
    with ExitStack() as stack:
        ours = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp"))) / "extension"
        files = write_extension(ours, RELEASED)
        # If the tests run as root, the servers read the files as another user.
        ours.parent.chmod(0o755)
        places = {place for place in [_place(dsn, ours.parent, stack) for dsn in servers] if place}
        if places:
            lock = stack.enter_context(_LOCK.open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        for place in places:
            stack.callback(_remove, place, files)
            for file in files:
                shutil.copy(file, place)
        yield


def _place(dsn: str, ours: Path, stack: ExitStack) -> Path | None:
    """Return where a server must have the files, or None if it was configured to read them elsewhere (from version 18
    on)."""
    with psycopg.connect(dsn, autocommit=True) as root:
        if root.info.server_version >= 180000:
            root.execute(f"alter system set extension_control_path = '$system:{ours}'".encode())
            root.execute("select pg_reload_conf()")
            stack.callback(_forget, dsn)
            return None
        (shared,) = root.execute("select setting from pg_config where name = 'SHAREDIR'").fetchone() or ("",)
    place = Path(shared) / "extension"
    if not os.access(place, os.W_OK):
        pytest.skip(f"needs the right to write to {place}, where this server looks for extensions")
    return place


def _forget(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as root:
        root.execute("alter system reset extension_control_path")
        root.execute("select pg_reload_conf()")


def _remove(place: Path, files: list[Path]) -> None:
    for file in files:
        (place / file.name).unlink(missing_ok=True)


def members(dsn: str) -> list[str]:
    """Return the members of the extension in a database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [str(row[0]) for row in connection.execute(_MEMBERS.encode()).fetchall()]


def catalogue(cluster: Cluster, dsn: str) -> str:
    """Return the installed objects as dump() shows a plain installation: of a copy from which the extension was
    detached."""
    copied = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    with cluster.fresh_database(str(copied)) as copy:
        with psycopg.connect(copy, autocommit=True) as connection:
            for member in members(copy):
                # PostgreSQL describes procedures as functions.
                named = member.replace("function ", "routine ", 1)
                connection.execute(f"alter extension embedd drop {named}".encode())
            connection.execute("drop extension embedd")
        return dump(copy, owners=True)
