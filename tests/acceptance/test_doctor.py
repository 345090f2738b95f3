"""`embedd doctor`: each check finds its fault, and none stops the others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from embedd_pg.database.inspection import Inspection, inspecting
from embedd_pg.operate.doctor import server, versions
from embedd_pg.operate.doctor.examination import OF_ANY, OF_OURS, examine
from embedd_pg.operate.doctor.finding import Finding, Surroundings
from embedd_pg.settings import Settings
from tests.acceptance.test_uninstall_cli import command
from tests.conftest import MakeRole
from tests.support.pgbouncer import pgbouncer
from tests.support.worker import Site, wait_until

Findings = list[tuple[str, Finding]]


async def found(site: Site, **changes: object) -> Findings:
    """Return the findings of all checks, with the given changes to the settings."""
    settings: Settings = replace(site.settings(), **changes)  # type: ignore[arg-type]
    async with inspecting(settings.database_url or "") as database, site.clients() as clients:
        clients.settings = settings
        return [one async for one in examine(Surroundings(database, clients, settings))]


def of(findings: Findings, check: str) -> Finding:
    """The worst of one check."""
    order = ("ok", "note", "wrong")
    return max((one for name, one in findings if name == check), key=lambda one: order.index(one.state))


AGED_PGVECTOR = (
    "set allow_system_table_mods = on; update pg_extension set extversion = '0.8.3' where extname = 'vector'"
)
NEWER = "insert into embedd.migrations values ('control', 999, 'x')"


@pytest.fixture
async def well(site: Site) -> Site:
    """A filled vector table in platform mode."""
    await site.set_up(rows=3)
    async with site.worker():
        await site.synced()
    return site


async def test_the_doctor_finds_nothing_wrong_in_a_healthy_system(well: Site) -> None:
    async with well.worker() as running:
        await wait_until(lambda: running.worker._listener.heard)
        listening = "select count(*) from pg_stat_activity where application_name = 'embedd listening'"
        await wait_until(lambda: well.one(listening))
        findings = await found(well)
    assert not [one for _, one in findings if one.state == "wrong"]
    assert {name for name, _ in findings} | {"prepared transactions"} >= {*OF_ANY, *OF_OURS}


@pytest.mark.parametrize(
    ("damage", "check", "says"),
    [
        ("delete from embedd.migrations where number > 3", "schema", "older than this program"),
        (NEWER, "schema", "which it still serves"),
        (f"{NEWER}; drop function embedd.oldest_program()", "schema", "is newer than this program. Upgrade"),
        ("drop extension vector cascade", "pgvector", "not installed"),
        (AGED_PGVECTOR, "pgvector", "alter extension vector update; reindex index concurrently "),
        ("update embedd.instance set database_oid = 1", "instance", "copy"),
        ("alter table articles disable trigger zz_embedd_1_insert", "triggers", "zz_embedd_1_insert on articles"),
        ("drop trigger zz_embedd_1_update on articles", "triggers", "missing on articles"),
        ("drop table articles", "triggers", "was dropped"),
        ("update embedd.doorbell set enabled = false", "wake-up", "switched off"),
        ("alter table embedd.jobs set (autovacuum_enabled = false)", "vacuum", "embedd.jobs"),
        ("update embedd.jobs set state = 'dead'", "health", "set aside"),
        ("update embedd.generations set store = 'qdrant'", "store", "EMBEDD_QDRANT_URL"),
        ("update embedd.embedders set secret_ref = 'env:NOT_THERE' where name = 'stub'", "credentials", "NOT_THERE"),
        ("update embedd.embedders set credentials = '{}' where name = 'stub'", "credentials", "EMBEDD_SECRET_KEY"),
        ("drop table embedd.captures cascade", "triggers", "no triggers"),
        ("drop function embedd.health", "health", "could not be checked"),
    ],
)
async def test_each_check_finds_its_fault(well: Site, damage: str, check: str, says: str) -> None:
    if "dead" in damage:
        job = "insert into embedd.jobs (generation_id, key, lane) select id, '1', 'live' from embedd.generations"
        await well.do(job)
    await well.do(damage)
    worst = of(await found(well), check)
    assert worst.state != "ok"
    if says != "no triggers":
        assert says in f"{worst.message} {worst.advice}"


@pytest.mark.parametrize(
    ("setting", "check", "says"),
    [
        ("default_transaction_read_only = on", "sessions", "read-only"),
        ("statement_timeout = '5s'", "sessions", "5000 ms"),
        ("track_counts = off", "vacuum", "track_counts is off"),
        ("session_replication_role = replica", "replication", "replica"),
    ],
)
async def test_settings_of_the_database_that_harm_a_worker_are_found(
    well: Site, setting: str, check: str, says: str
) -> None:
    await well.do(f"alter database {well.sql.info.dbname} set {setting}")
    worst = of(await found(well), check)
    assert (worst.state != "ok", says in worst.message) == (True, True)


async def test_a_database_without_embedd_is_reported(site: Site) -> None:
    await site.do("drop schema embedd cascade")
    findings = await found(site)
    assert {name for name, _ in findings} == set(OF_ANY)
    assert "embedd migrate" in of(findings, "schema").advice


async def test_the_session_that_holds_vacuum_back_is_named(well: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE", "0 seconds")
    async with await psycopg.AsyncConnection.connect(well.dsn) as holder:
        await holder.execute("set transaction isolation level repeatable read")
        await holder.execute("select 1")
        findings = await found(well)
        held = [one.advice for name, one in findings if name == "snapshots"]
        assert any(str(holder.info.backend_pid) in advice for advice in held)


async def test_an_unused_replication_slot_is_named(well: Site) -> None:
    await well.do("select pg_create_logical_replication_slot('embedd_doctor', 'pgoutput')")
    try:
        assert "embedd_doctor" in of(await found(well), "snapshots").message
    finally:
        await well.do("select pg_drop_replication_slot('embedd_doctor')")


@pytest.mark.parametrize(("name", "value", "check"), [("SPARE", 10_000, "sessions"), ("FREE_BYTES", 2**60, "disk")])
async def test_resources_that_run_out_are_reported(
    well: Site, monkeypatch: pytest.MonkeyPatch, name: str, value: int, check: str
) -> None:
    monkeypatch.setattr(server, name, value)
    assert of(await found(well), check).state == "wrong"


async def test_an_unsupported_server_is_reported(well: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "NEWEST", 14)
    assert of(await found(well), "server").state == "note"
    monkeypatch.setattr(versions, "OLDEST", 99)
    assert of(await found(well), "server").state == "wrong"


@pytest.mark.parametrize(
    ("mode", "size", "pooling", "waking"),
    [
        ("session", 20, ("note", "session mode"), ("ok", "arrive")),
        ("transaction", 20, ("note", "transaction mode"), ("note", "polling")),
        ("session", 2, ("wrong", "to spare"), ("note", "polling")),
    ],
)
async def test_each_mode_of_a_pooler_is_recognised(
    well: Site, mode: str, size: int, pooling: tuple[str, str], waking: tuple[str, str]
) -> None:
    with pgbouncer(well.dsn, mode, default_pool_size=size) as pooler:
        findings = await found(well, database_url=pooler.dsn)
    for check, (state, words) in (("pooling", pooling), ("wake-up", waking)):
        assert of(findings, check).state == state and words in of(findings, check).message


async def test_a_server_that_keeps_notifications_back(well: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: Inspection) -> bool:
        return False

    monkeypatch.setattr(Inspection, "hears_itself", never)
    assert "only poll" in of(await found(well), "wake-up").message


async def test_a_store_that_is_down_is_reported(well: Site) -> None:
    assert of(await found(well, qdrant_url="http://127.0.0.1:9"), "store").state == "wrong"


# Roles.


@pytest.fixture
async def poor(well: Site, make_role: MakeRole) -> AsyncIterator[Callable[[str], object]]:
    """A role that has nothing but what a test grants; gives the findings it gets."""
    role = make_role("login")
    name = sql.Identifier(role).as_string(None)

    async def examined(grants: str) -> Findings:
        await well.do(grants.format(role=name) or "select 1")
        return await found(well, database_url=make_conninfo(well.dsn, user=role))

    yield examined
    await well.do(f"drop owned by {name}")


async def test_missing_rights_are_printed_as_grants(poor: Callable[[str], AsyncIterator[Findings]]) -> None:
    findings: Findings = await poor("")  # type: ignore[misc]
    assert of(findings, "rights").advice.startswith("As ")
    assert "grant " in of(findings, "rights").advice
    assert "could not be checked" in of(findings, "triggers").message
    findings = await poor("grant usage on schema embedd, embedd_internal to {role}")  # type: ignore[misc]
    assert of(findings, "rights").state == "wrong"
    findings = await poor(  # type: ignore[misc]
        "grant select, insert, update, delete on all tables in schema embedd to {role};"
        "grant usage, select, update on all sequences in schema embedd to {role};"
        "grant execute on all functions in schema embedd, embedd_internal to {role}"
    )
    assert of(findings, "rights").state == "ok"
    assert "grant select (body, id, price, title) on articles" in of(findings, "source tables").advice
    findings = await poor("grant select (id, title, body, price) on articles to {role}")  # type: ignore[misc]
    assert of(findings, "source tables").state == "note"  # it cannot mend triggers
    findings = await poor("alter table articles enable row level security")  # type: ignore[misc]
    assert "bypassrls" in of(findings, "source tables").advice


# The command.


async def test_the_command_prints_its_findings_and_its_exit_status_says_whether_all_is_well(well: Site) -> None:
    await wait_until(lambda: well.one("select count(*) from embedd.standstill"))
    sick = await command(well, "doctor")
    assert sick.returncode == 1  # no worker runs
    assert "What to do" in sick.stdout
    told = json.loads((await command(well, "doctor", "--json")).stdout)
    assert {"check", "state", "message", "advice"} == set(told[0])
    async with well.worker():
        await wait_until(lambda: well.one("select count(*) = 0 from embedd.standstill"))
        fine = await command(well, "doctor", "--json")
    assert (fine.returncode, fine.stderr) == (0, "")
