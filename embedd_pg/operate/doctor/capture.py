"""Checks of change detection: the triggers, and the wake-up of workers."""

from __future__ import annotations

from embedd_pg.database.pooler import Pooler
from embedd_pg.operate.doctor.finding import Finding, Surroundings, note, ok, wrong

_CAPTURES = """
    select c.id, coalesce(k.oid::regclass::text, format('table %s', c.source_table::oid)) as name,
           k.oid is null as gone,
           quote_ident(pg_get_userbyid(k.relowner)) as owner,
           exists (select from embedd.vector_tables v where v.capture_id = c.id and v.dropped_at is null) as used,
           coalesce(embedd_internal.is_capture_whole(c.id, embedd_internal.capture_state(c.id)), false) as whole,
           array(select format('%s on %s', t.tgname, t.tgrelid::regclass) from pg_trigger t
                  where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', c.id)) and t.tgenabled <> 'A'
                  order by 1) as off
      from embedd.captures c left join pg_class k on k.oid = c.source_table order by c.id
"""


async def triggers(here: Surroundings) -> list[Finding]:
    captures = await here.database.rows(_CAPTURES)
    found: list[Finding] = []
    for one in captures:
        advice = f"A running worker repairs it within a minute if its role may; or as {one['owner']}:"
        advice += f" select embedd_internal.audit_capture({one['id']})"
        if one["gone"]:
            if one["used"]:
                advice = "Create it again, or drop its vector table."
                found.append(wrong(f"The source {one['name']} was dropped.", advice))
        elif not one["used"]:
            advice = f"A running worker removes them within a minute if its role may; or as {one['owner']}:"
            advice += f" select embedd_internal.remove_capture({one['id']})"
            found.append(note(f"Triggers on {one['name']} no longer serve any vector table.", advice))
        elif one["off"]:
            found.append(wrong(f"Triggers are not always enabled: {', '.join(one['off'])}.", advice))
        elif not one["whole"]:
            found.append(wrong(f"Triggers are missing on {one['name']}, so its changes are not captured.", advice))
    return found or [ok(f"All triggers of {len(captures)} tables exist and are enabled.")]


async def wake_up(here: Surroundings) -> list[Finding]:
    found: list[Finding] = []
    if not await here.database.value("select enabled from embedd.doorbell"):
        found.append(
            note(
                "The wake-up is switched off: workers find changes by polling, within a second.",
                "update embedd.doorbell set enabled = true, unless applications use PREPARE TRANSACTION.",
            )
        )
    if not (await here.database.pooler()).keeps_sessions:
        return [*found, note("The pooler keeps notifications back: workers find changes by polling.")]
    if not await here.database.hears_itself():
        found.append(
            wrong(
                "A notification does not come back through this connection, so workers only poll.",
                "Connect workers without a pooler, or through one in session mode.",
            )
        )
    return found or [ok("Notifications arrive.")]


async def pooling(here: Surroundings) -> list[Finding]:
    return _POOLING[await here.database.pooler()]


_FEWER = "EMBEDD_SESSIONS bounds the sessions of a process; docs/how-to/poolers.md has the figures."
_POOLING = {
    Pooler.NONE: [ok("There is no pooler between embedd and PostgreSQL.")],
    Pooler.SESSION: [note("There is a pooler in session mode.", _FEWER)],
    Pooler.TRANSACTION: [
        note(
            "There is a pooler in transaction mode: workers find changes by polling, every EMBEDD_POLL_INTERVAL.",
            "To be woken at once, connect workers to PostgreSQL itself, or through a pooler in session mode.",
        )
    ],
    Pooler.UNKNOWN: [
        wrong(
            "There is a pooler, and it has no second session to spare: workers only poll, and wait for each other.",
            f"Give it more sessions. {_FEWER}",
        )
    ],
}


async def prepared(here: Surroundings) -> list[Finding]:
    """Check for two-phase transactions, in which PostgreSQL allows no NOTIFY."""
    allowed = int(await here.database.value("select current_setting('max_prepared_transactions')"))
    if not allowed or not await here.database.value("select enabled from embedd.doorbell"):
        return []
    return [
        note(
            "This server allows PREPARE TRANSACTION, which fails for writers whose trigger wakes a worker.",
            "If applications use it on source tables: update embedd.doorbell set enabled = false",
        )
    ]
