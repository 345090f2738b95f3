"""Checks of the PostgreSQL server: its role in replication, its capacity, and obstacles to VACUUM."""

from __future__ import annotations

import shutil

from embedd_pg.operate.doctor.finding import Finding, Surroundings, note, ok, wrong

#: The number of sessions that workers, API and users should find free.
SPARE = 20
FREE_BYTES = 2**30
PATIENCE = "5 minutes"

_HOLDERS = """
    select format('process %%s (user %%s, %%s, %%s)', pid, usename, coalesce(nullif(application_name, ''), 'unnamed'),
                  state) as who,
           format('select pg_terminate_backend(%%s)', pid) as remedy
      from pg_stat_activity
     where (backend_xmin is not null or backend_xid is not null) and pid <> pg_backend_pid()
       and backend_type in ('client backend', 'walsender') and xact_start < clock_timestamp() - %s::interval
    union all
    select format('prepared transaction %%s (user %%s)', gid, owner),
           format('rollback prepared %%L, in database %%I', gid, database)
      from pg_prepared_xacts where prepared < clock_timestamp() - %s::interval
    union all
    select format('replication slot %%s', slot_name),
           format('select pg_drop_replication_slot(%%L), if nothing reads it', slot_name)
      from pg_replication_slots where not active and (xmin is not null or catalog_xmin is not null)
"""
_SIZES = """
    select c.relname as name, pg_total_relation_size(c.oid) as size,
           coalesce(c.reloptions && '{autovacuum_enabled=false,autovacuum_enabled=off}', false) as off
      from pg_class c
     where c.relnamespace = to_regnamespace('embedd') and c.relname in ('outbox', 'jobs', 'row_states') order by 1
"""


async def replication(here: Surroundings) -> list[Finding]:
    database = here.database
    if await database.value("select pg_is_in_recovery()"):
        return [wrong("This server is a standby: nothing can be written.", "Connect to the primary.")]
    found: list[Finding] = []
    role = await database.value("select current_setting('session_replication_role')")
    if role != "origin":
        found.append(
            note(
                f"session_replication_role is {role} for this role. embedd's triggers fire anyway; others may not.",
                "alter role … reset session_replication_role, unless it is intended.",
            )
        )
    if await database.value("select exists (select from pg_subscription s where s.subenabled)"):
        found.append(note("Logical replication writes to this database; its target tables have row triggers."))
    return found or [ok("This is a primary, and no replication writes to it.")]


async def sessions(here: Surroundings) -> list[Finding]:
    database = here.database
    free = await database.value(
        "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        " - (select count(*) from pg_stat_activity where backend_type = 'client backend')"
    )
    found: list[Finding] = []
    if free < SPARE:
        found.append(wrong(f"Only {free} connections are free.", "Raise max_connections, or close sessions that idle."))
    if await database.value("select current_setting('default_transaction_read_only') = 'on'"):
        found.append(
            note(
                "Transactions of this role are read-only by default. embedd writes anyway; applications cannot.",
                "alter role … reset default_transaction_read_only, or the same of the database.",
            )
        )
    timeout = await database.value(
        "select reset_val::int from pg_settings where name = 'statement_timeout' and setting::int is not null"
    )
    if timeout and timeout < 10_000:
        found.append(
            note(
                f"statement_timeout of this role is {timeout} ms: behind a pooler, building an index fails after that.",
                "alter role … set statement_timeout = 0; embedd sets its own for all other statements.",
            )
        )
    return found or [ok(f"{free} connections are free.")]


async def vacuum(here: Surroundings) -> list[Finding]:
    database = here.database
    found = [
        wrong(f"{name} is off, so nothing removes dead rows.", f"alter system set {name} = on, and reload.")
        for name in ("autovacuum", "track_counts")
        if await database.value("select current_setting(%s) = 'off'", name)
    ]
    found += [
        wrong(
            f"Autovacuum is switched off for embedd.{table['name']}.",
            f"alter table embedd.{table['name']} reset (autovacuum_enabled)",
        )
        for table in await database.rows(_SIZES)
        if table["off"]
    ]
    return found or [ok("Autovacuum is on.")]


async def snapshots(here: Surroundings) -> list[Finding]:
    holders = await here.database.rows(_HOLDERS, PATIENCE, PATIENCE)
    return [
        wrong(
            f"{one['who']} holds a snapshot: VACUUM cannot remove rows that died since.",
            f"If it is not needed: {one['remedy']}",
        )
        for one in holders
    ] or [ok(f"No snapshot older than {PATIENCE} holds VACUUM back.")]


async def disk(here: Surroundings) -> list[Finding]:
    sizes = await here.database.rows(_SIZES)
    whole = await here.database.value("select pg_size_pretty(pg_database_size(current_database()))")
    said = ", ".join(f"{one['name']} {one['size'] / 2**20:,.0f} MB" for one in sizes)
    # Free space is known only if the server's directory is on this machine and the role may see its name.
    directory = await here.database.value("select setting from pg_settings where name = 'data_directory'")
    free = _free(directory) if directory else None
    if free is not None:
        if free < FREE_BYTES:
            return [wrong(f"The server's disk has {free / 2**20:,.0f} MB left.", "Make room before PostgreSQL stops.")]
        return [ok(f"Database {whole} ({said}); {free / 2**30:,.0f} GB free.")]
    return [ok(f"Database {whole} ({said}). The free space of its disk cannot be determined.")]


def _free(directory: str) -> int | None:
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return None


async def health(here: Surroundings) -> list[Finding]:
    """Report the alerts of embedd.health()."""
    rows = await here.database.rows("select subject, alert from embedd.health() where alert is not null")
    # Notifications and snapshots have their own checks.
    alerts = [row for row in rows if row["subject"] not in ("snapshot_age", "listeners")]
    return [wrong(row["alert"], "See docs/how-to/troubleshooting.md.") for row in alerts] or [ok("No alert.")]
