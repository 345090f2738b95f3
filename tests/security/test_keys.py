"""API keys: long enough for a fast hash, stored nowhere, refused at the same cost, and expiring in time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from embedd_api.app import create_app
from embedd_pg.cli import build
from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, Row, open_pool
from embedd_pg.errors import Unauthorized
from embedd_pg.resources import access, organization
from tests.api.conftest import Service
from tests.api.test_errors import code_of
from tests.sql.calls import Pg, refused, rows, value

KEYS = "/v1/api-keys"
COMMAND = build(["keys"])


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def change(dsn: str, statement: str, *values: Any) -> None:
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute(statement.encode(), values)


def everything(dsn: str) -> str:
    """All rows of all tables, as a dump would have them."""
    with psycopg.connect(dsn) as session:
        tables = session.execute(
            "select relname from pg_class where relnamespace = 'embedd'::regnamespace and relkind = 'r'"
        ).fetchall()
        read = [
            session.execute(sql.SQL("select t::text from embedd.{} t").format(sql.Identifier(n))) for (n,) in tables
        ]
        return repr([found.fetchall() for found in read])


async def test_row_15_only_the_digest_of_a_key_is_stored_and_the_key_is_shown_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await service.post(KEYS, {"name": "k"}, 201)
    key = made["key"]
    body, checksum = key[:-8], key[-8:]
    assert body.startswith("sk_live_") and checksum == f"{zlib.crc32(body.encode()):08x}"
    stored = everything(service.dsn)
    assert key[:12] in stored and key[12:] not in stored and service.key[12:] not in stored
    with psycopg.connect(service.dsn) as session:
        (digest,) = session.execute(
            "select digest from embedd.api_keys where id = %s", [made["api_key"]["id"]]
        ).fetchone() or (b"",)
    assert digest == hashlib.sha256(key.encode()).digest()
    assert key[12:] not in (await service.http.get(KEYS)).text
    # The lookup is by digest, and its result is always compared once more in constant time.
    compared: list[tuple[bytes, bytes]] = []

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", watched)
    with pytest.raises(Unauthorized):
        await access.authenticate(service.clients.database, key)
    assert compared == [(digest, digest)]


async def test_row_16_every_invalid_key_costs_the_same_and_a_revoked_one_is_refused_at_once_everywhere(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price is counted in statements, for a clock would tell more about the machine."""
    user = await organization.create_user(service.clients.database, "u", role="member")
    actor = Actor(user_id=user)
    revoked = await service.post(KEYS, {"name": "revoked"}, 201)
    await service.http.delete(f"{KEYS}/{revoked['api_key']['id']}")
    expired = await service.post(KEYS, {"name": "expired"}, 201)
    change(service.dsn, "update embedd.api_keys set expires_at = now() where id = %s", expired["api_key"]["id"])
    disabled = await access.create_api_key(service.clients.database, name="disabled", actor=actor)
    await organization.set_user_disabled(service.clients.database, "u", disabled=True)
    asked: list[bytes] = []
    send = Database._send

    async def watched(
        self: Database, conn: psycopg.AsyncConnection[Row], statement: bytes, named: Row, actor: Actor | None
    ) -> list[Row]:
        asked.append(statement)
        return await send(self, conn, statement, named, actor)

    monkeypatch.setattr(Database, "_send", watched)
    refusals = {
        "sk_live_" + "a" * 51: "unauthorized",
        "sk_live_short": "unauthorized",
        "gm_other": "unauthorized",
        "x" * 5000: "unauthorized",
        revoked["key"]: "key_revoked",
        expired["key"]: "key_revoked",
        disabled.key: "key_revoked",
    }
    prices = []
    for key, code in refusals.items():
        asked.clear()
        response = await service.http.get(KEYS, headers=bearer(key))
        assert (response.status_code, code_of(response)) == (401, code), key[:20]
        prices.append(tuple(asked))
    # One look for the key, and one count of the failure for the audit log.
    assert len(set(prices)) == 1 and [b"authenticate" in statement for statement in prices[0]] == [True, False]
    # Another process over the same database, which has seen the key just now.
    pool = await open_pool(service.dsn)
    elsewhere = Clients(service.clients.settings, Database(pool))
    transport = httpx.ASGITransport(app=create_app(elsewhere))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd") as other:
        made = await service.post(KEYS, {"name": "k"}, 201)
        assert (await other.get(KEYS, headers=bearer(made["key"]))).status_code == 200
        await service.http.delete(f"{KEYS}/{made['api_key']['id']}")
        for client in (other, service.http):
            assert code_of(await client.get(KEYS, headers=bearer(made["key"]))) == "key_revoked"
    await elsewhere.close()
    await pool.close()


async def test_row_17_every_key_has_256_random_bits_and_nobody_can_choose_one(service: Service) -> None:
    """A plain SHA-256 digest of a random key cannot be searched; a secret chosen by people would need a slow hash."""
    drawn = [base64.urlsafe_b64decode(access.new_key().removeprefix("sk_live_")[:43] + "=") for _ in range(500)]
    assert {len(bits) for bits in drawn} == {32} and len(set(drawn)) == len(drawn)
    numbers = [int.from_bytes(bits, "big") for bits in drawn]
    for place in range(256):
        assert {number >> place & 1 for number in numbers} == {0, 1}, place
    for field in ("key", "digest", "key_prefix"):
        chosen = await service.http.post(KEYS, json={"name": "k", field: "sk_live_hunter2"})
        assert (chosen.status_code, code_of(chosen)) == (422, "validation_error"), field


async def test_point_15_row_52_keys_cannot_mint_keys_that_outlive_them(service: Service) -> None:
    soon, later = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(days=2)
    short = await service.post(KEYS, {"name": "short", "expires_at": said(soon)}, 201)
    assert short["api_key"]["expires_at"] == said(soon)
    mine = (await service.get(KEYS))["data"][0]["id"]
    assert short["api_key"]["minted_by"] == mine
    async with httpx.AsyncClient(
        transport=service.http._transport, base_url="http://embedd", headers=bearer(short["key"])
    ) as http:
        refusal = await http.post(KEYS, json={"name": "long", "expires_at": said(later)})
        assert (refusal.status_code, code_of(refusal)) == (422, "validation_error")
        assert said(soon) in refusal.text
        for asked in ({}, {"expires_at": None}, {"expires_at": said(soon)}):
            made = await http.post(KEYS, json={"name": "k"} | asked)
            assert made.status_code == 201 and made.json()["api_key"]["expires_at"] == said(soon), asked
        # Nor does its heir, nor a key that knows how time zones work.
        heir = bearer(made.json()["key"])
        for moment in (later, later.replace(tzinfo=None)):
            asked = {"name": "k", "expires_at": f"{moment:%Y-%m-%dT%H:%M:%S}+02:00"}
            assert code_of(await http.post(KEYS, json=asked, headers=heir)) == "validation_error"
        sooner = said(soon - timedelta(minutes=5))
        made = await http.post(KEYS, json={"name": "k", "expires_at": sooner}, headers=heir)
        assert made.json()["api_key"]["expires_at"] == sooner
        # Then its time is over.
        change(service.dsn, "update embedd.api_keys set expires_at = now() where id = %s", short["api_key"]["id"])
        ended = await http.get(KEYS)
        assert (ended.status_code, code_of(ended)) == (401, "key_revoked") and "expired" in ended.text
    assert (await service.http.get(KEYS)).status_code == 200


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2999-01-01T00:00:00Z",
        "2030-13-01T00:00:00Z",
        "2030-01-01",
        "infinity",
        "soon",
        1893456000,
        True,
    ],
)
async def test_point_15_row_52_keys_with_an_invalid_expiry_are_refused(service: Service, moment: object) -> None:
    refusal = await service.http.post(KEYS, json={"name": "k", "expires_at": moment})
    assert (refusal.status_code, code_of(refusal)) == (422, "validation_error"), refusal.text
    assert len((await service.get(KEYS))["data"]) == 1


async def test_point_15_row_52_revoking_a_key_lists_the_keys_it_minted(service: Service) -> None:
    first = await service.post(KEYS, {"name": "first"}, 201)
    keys = [first]
    for name in ("second", "third", "fourth"):
        answer = await service.http.post(KEYS, json={"name": name}, headers=bearer(keys[-1]["key"]))
        keys.append(answer.json())
    ids = [key["api_key"]["id"] for key in keys]
    listed = {key["id"]: key["minted_by"] for key in (await service.get(KEYS))["data"]}
    assert [listed[key] for key in ids[1:]] == ids[:-1]
    answer = await service.http.delete(f"{KEYS}/{ids[3]}")
    assert (answer.status_code, answer.content) == (204, b"") and "x-minted-keys" not in answer.headers
    answer = await service.http.delete(f"{KEYS}/{ids[0]}")
    assert (answer.status_code, answer.headers["x-minted-keys"]) == (204, ", ".join(ids[1:3]))
    # It does not cascade.
    assert (await service.http.get(KEYS, headers=bearer(keys[1]["key"]))).status_code == 200


def test_point_15_row_52_keys_expire_over_sql_and_the_command_line(
    pg: Pg, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDD_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(installed)))
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner()
    made = run.invoke(COMMAND, ["keys", "create", "ci", "--expires", "2090-01-31"])
    assert made.exit_code == 0, made.output
    (key,) = rows(pg, "list_api_keys")
    assert key["expires_at"] == datetime(2090, 1, 31, tzinfo=UTC) and key["minted_by"] is None
    assert "2090-01-31" in run.invoke(COMMAND, ["keys", "list", "--json"]).output
    past = run.invoke(COMMAND, ["keys", "create", "ci", "--expires", "2020-01-31"])
    assert past.exit_code == 1
    pg.execute("select set_config('embedd.key', %s, false)", [key["id"]])
    named = {"name": "k", "digest": b"d" * 32, "key_prefix": "sk_live_abcd"}
    assert refused(pg, "create_api_key", **named, expires_at="2090-02-01").sqlstate == "EBV01"
    minted = value(pg, "create_api_key", **named)
    notices: list[str] = []
    pg.add_notice_handler(lambda notice: notices.append(str(notice.message_primary)))
    value(pg, "revoke_api_key", api_key=key["id"])
    assert notices == [f"Keys that were made with it stay valid: {minted}"]
    assert [found["id"] for found in rows(pg, "minted_keys", api_key=key["id"])] == [minted]
    told = run.invoke(COMMAND, ["keys", "revoke", key["id"]])
    assert told.exit_code == 0 and "still valid" in told.output and minted in told.output
    told = run.invoke(COMMAND, ["keys", "revoke", minted])
    assert told.exit_code == 0 and "still valid" not in told.output
    # A missing key must not count as a key without an end.
    pg.execute("select set_config('embedd.key', 'key_none', false)")
    assert refused(pg, "create_api_key", **{**named, "digest": b"e" * 32}).sqlstate == "P0002"
