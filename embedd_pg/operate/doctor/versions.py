"""Checks of versions: whether server, pgvector and schema fit this program."""

from __future__ import annotations

from embedd_pg.database.sql_files import newest
from embedd_pg.errors import SchemaVersionError
from embedd_pg.operate.doctor.finding import Finding, Surroundings, note, ok, wrong

OLDEST, NEWEST = 14, 18
#: The first version whose searches with a filter do not miss rows.
PGVECTOR = (0, 8)
#: The first version that does not damage HNSW indexes when rows are inserted while VACUUM runs.
WHOLE_INDEXES = (0, 8, 4)
#: The statements that rebuild embedd's HNSW indexes in this database.
_REINDEX = """
    select format('reindex index concurrently %%s', i.oid::regclass) as statement
      from embedd.generations g
      join pg_class t on t.relname in (g.store_table, g.store_table || '_passages')
      join pg_index x on x.indrelid = t.oid
      join pg_class i on i.oid = x.indexrelid
      join pg_am a on a.oid = i.relam and a.amname = 'hnsw'
     where g.store = 'pgvector' and g.state <> 'dropped'
     order by 1
"""


async def server(here: Surroundings) -> list[Finding]:
    number = int(await here.database.value("select current_setting('server_version_num')")) // 10_000
    if number < OLDEST:
        return [wrong(f"PostgreSQL {number} is too old.", f"Upgrade it to {OLDEST} or later.")]
    if number > NEWEST:
        return [note(f"PostgreSQL {number} is newer than those embedd is tested with ({OLDEST} to {NEWEST}).")]
    return [ok(f"PostgreSQL {number}.")]


async def pgvector(here: Surroundings) -> list[Finding]:
    version = await here.database.value("select extversion from pg_extension where extname = 'vector'")
    wanted = await here.database.has_table("generations") and await here.database.value(
        "select exists (select from embedd.generations where store = 'pgvector')"
    )
    if version is None:
        if not wanted:
            return [ok("pgvector is not installed, and no vector table needs it.")]
        return [wrong("Vectors are kept in pgvector, which is not installed.", "create extension vector")]
    number = tuple(int(part) for part in version.split("."))
    damaged = await here.database.rows(_REINDEX) if wanted and number < WHOLE_INDEXES else []
    if damaged:
        statements = "; ".join(row["statement"] for row in damaged)
        return [
            wrong(
                f"pgvector {version} can damage HNSW indexes while rows are inserted and VACUUM runs.",
                f"Install 0.8.4 or later, then: alter extension vector update; {statements}",
            )
        ]
    if number < PGVECTOR:
        found = f"pgvector {version} may find too few rows when few of them pass a filter."
        return [note(found, "Upgrade it to 0.8 or later.")]
    return [ok(f"pgvector {version}.")]


async def schema(here: Surroundings) -> list[Finding]:
    try:
        await here.database.check_schema()
    except SchemaVersionError as error:
        return [wrong(error.message, error.resolution)]
    rows = await here.database.rows("select line, max(number) as number from embedd.migrations group by 1 order by 1")
    installed = {row["line"]: row["number"] for row in rows}
    version = ", ".join(f"{line} {number}" for line, number in installed.items())
    if installed != newest():
        return [
            note(f"The schema ({version}) is newer than this program, which it still serves.", "Upgrade embedd-pg.")
        ]
    return [ok(f"The schema fits this program ({version}).")]


async def instance(here: Surroundings) -> list[Finding]:
    (row,) = await here.database.rows("select * from embedd.instance_status()")
    if row["state"] in ("own", "new"):
        return [ok("This database owns its vector stores." if row["state"] == "own" else "No worker has run here yet.")]
    if row["state"] == "moved":
        return [note(row["message"] or "The database was failed over or restored.", "A running worker handles it.")]
    advice = "Connect to the primary." if row["state"] == "standby" else "Run 'embedd adopt' or 'embedd detach'."
    return [wrong(row["message"] or f"The database is {row['state']}.", advice)]
