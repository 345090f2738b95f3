"""Stored secrets: sent only to the address they were given for, opened only in their place, and never shown."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import pytest

from embedd_pg.cli.services import run_services
from embedd_pg.clients import Clients
from embedd_pg.credentials import SecretBox, new_key_text
from embedd_pg.database.call import Actor
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.base import ProviderMisconfigured
from embedd_pg.errors import ConfigurationError
from embedd_pg.generation import load_generation
from embedd_pg.operate import rotation
from embedd_pg.resources import access
from embedd_pg.settings import Settings
from tests.api.conftest import Service
from tests.api.test_embedders import key_auth
from tests.security.test_targets import VECTOR, asked, configured, embedder_at, test_connection
from tests.support.false_servers import FakeHttp, fake_http, fake_postgres, replying

PASSWORD, API_KEY = "canary-database-password", "sk-canary-vendor-key"
CONNECTIONS, EMBEDDERS = "/v1/providers/postgresql/connections", "/v1/embedders"


def do(service: Service, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        cursor = session.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def stored_connection(service: Service, port: int, **more: Any) -> str:
    given = {"host": "127.0.0.1", "port": port, "database": "d", "user": "u", "password": PASSWORD} | more
    made = await service.post(CONNECTIONS, {"name": "c", "mode": "managed", "credentials": given}, 201)
    return str(made["id"])


async def tell_nothing(service: Service, made: str) -> None:
    """Whatever is tried with the connection, no message of it holds anything of the password."""
    async with fake_postgres("md5") as thief:
        do(service, "update embedd.connections set port = %s where id = %s", thief.port, made)
        await service.http.post(f"/v1/connections/{made}/test")
    assert thief.messages == []


MOVES: list[dict[str, Any]] = [{"host": "127.0.0.2"}, {"port": 1}, {"user": "other"}, {"ssl_mode": "disable"}]


@pytest.mark.parametrize("change", MOVES, ids=lambda change: next(iter(change)))
async def test_point_05_row_45_a_connection_with_another_address_loses_its_password(
    service: Service, change: dict[str, Any]
) -> None:
    async with fake_postgres("md5") as thief:
        made = await stored_connection(service, 5432)
        moved = {"port": thief.port} if "port" in change else change
        answer = await service.http.put(f"/v1/connections/{made}", json={"credentials": moved})
        assert answer.status_code == 200 and answer.json()["status"] == "created"
        assert do(service, "select password, last_error from embedd.connections where id = %s", made)[0] == (
            None,
            "The password was removed, because host, port, user or ssl_mode changed: send it again.",
        )
        await service.post(f"/v1/connections/{made}/test")
    assert [said for said in thief.messages if said[:1] == b"p"] == [], "no answer to a demand for a password"


async def test_point_05_a_password_is_kept_for_the_same_address_and_can_be_sent_again(
    service: Service,
) -> None:
    made = await service.connection()
    for kept in ({"database": service.credentials()["database"]}, {"ssl_mode": "prefer"}):
        answer = await service.http.put(f"/v1/connections/{made}", json={"credentials": kept})
        assert answer.status_code == 200
        assert (await service.post(f"/v1/connections/{made}/test"))["status"] == "ok", kept
    await service.http.put(f"/v1/connections/{made}", json={"credentials": {"port": 1}})
    await service.http.put(f"/v1/connections/{made}", json={"credentials": service.credentials()})
    assert (await service.post(f"/v1/connections/{made}/test"))["status"] == "ok"
    # A stronger ssl_mode is not another place: the envelope opens, whether or not the server supports the mode.
    await service.http.put(f"/v1/connections/{made}", json={"credentials": {"ssl_mode": "verify-full"}})
    assert do(service, "select password is not null from embedd.connections where id = %s", made) == [(True,)]
    assert (
        getattr(await service.clients.connections.address(made), "password", None) == service.credentials()["password"]
    )


@pytest.mark.parametrize("edit", ["host = '127.0.0.2'", "port = 1", "username = 'other'", "ssl_mode = 'disable'"])
async def test_point_05_row_45_a_connection_edited_in_sql_does_not_open(service: Service, edit: str) -> None:
    made = await stored_connection(service, 5432)
    assert getattr(await service.clients.connections.address(made), "password", None) == PASSWORD
    do(service, f"update embedd.connections set {edit} where id = %s", made)
    with pytest.raises(ConfigurationError, match="another record or address"):
        await service.clients.connections.address(made)
    await tell_nothing(service, made)


async def moved_embedder(service: Service, thief: FakeHttp, how: str) -> str:
    """An embedder whose key is led to a server of the attacker's."""
    if how == "embedding-providers":
        made = await embedder_at(service, "https://api.openai.com/v1", api_key=API_KEY)
        moved = {"endpointUrl": thief.url}
        assert (await service.http.put(f"{EMBEDDERS}/{made_uuid(service, made)}", json=moved)).status_code == 200
        return made
    fields = {
        "displayName": "e",
        "providerType": "VLLM",
        "endpointUrl": "https://vendor.example/v1",
        "dimensionality": 8,
        "distributionType": "DENSE",
        "modelIdentifier": "own",
        "credentials": key_auth(API_KEY),
    }
    if how == "endpointUrl":
        made = await service.post(EMBEDDERS, fields, 201)
        change = {"endpointUrl": thief.url}
    else:
        made = await service.post(EMBEDDERS, fields | {"endpointUrl": thief.url}, 201)
        change = {"apiPath": "/elsewhere"}
    assert (await service.http.put(f"{EMBEDDERS}/{made['embedderId']}", json=change)).status_code == 200
    return str(made["embedderId"])


@pytest.mark.parametrize("how", ["embedding-providers", "endpointUrl", "apiPath"])
async def test_point_05_row_45_an_embedder_with_another_address_loses_its_key_and_says_what_to_do(
    service: Service, how: str
) -> None:
    async with fake_http(replying(VECTOR)) as thief:
        made = await moved_embedder(service, thief, how)
        answer = await asked(service, made)
        assert thief.heads == [] or not any(API_KEY in head for head in thief.heads)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "validation_error"), answer.text
        assert "removed when its address changed" in answer.text and "Send them again" in answer.text
        again = {"credentials": key_auth("sk-new")}
        assert (await service.http.put(f"/v1/embedders/{made_uuid(service, made)}", json=again)).status_code == 200
        assert (await asked(service, made)).status_code == 200
    assert "sk-new" in thief.heads[-1] and not any(API_KEY in head for head in thief.heads)


def made_uuid(service: Service, reference: str) -> str:
    """As its own face names an embedder."""
    found = do(service, "select id::text from embedd.embedders where public_id = %s", reference)
    return str(found[0][0]) if found else reference


@pytest.mark.parametrize(
    "edit",
    ["base_url = '{thief}/v1'", "base_url = '{thief}', api_path = '/x'", "provider = 'jina', base_url = '{thief}'"],
)
async def test_point_05_row_45_an_embedder_edited_in_sql_does_not_open(service: Service, edit: str) -> None:
    async with fake_http(replying(VECTOR)) as thief:
        made = await embedder_at(service, "https://vendor.example/v1", api_key=API_KEY)
        do(service, f"update embedd.embedders set {edit.format(thief=thief.url)} where public_id = %s", made)
        answer = await asked(service, made)
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "configuration_error"
    assert thief.heads == []


async def test_point_05_the_header_is_sealed_with_the_key(service: Service) -> None:
    """It changes only with the whole of the credentials."""
    async with fake_http(replying(VECTOR)) as server:
        made = await embedder_at(service, server.url, "tei")
        path = f"{EMBEDDERS}/{made}"
        without = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"headerName": "X-Mine"}}
        assert (await service.http.put(path, json={"credentials": without})).status_code == 400
        assert (
            await service.http.put(path, json={"credentials": key_auth("new", headerName="X-Mine")})
        ).status_code == 200
        await asked(service, made)
    assert "x-mine: new" in server.heads[-1].lower() and "sk-canary" not in server.heads[-1]


async def test_point_05_a_change_that_makes_an_embedder_equal_to_another_is_409_and_changes_nothing(
    service: Service,
) -> None:
    fields = {
        "displayName": "e",
        "providerType": "VLLM",
        "endpointUrl": "https://one.example",
        "distributionType": "DENSE",
        "modelIdentifier": "own",
        "dimensionality": 8,
    }
    await service.post(EMBEDDERS, fields, 201)
    other = fields | {"endpointUrl": "https://two.example", "credentials": key_auth(API_KEY)}
    made = (await service.post(EMBEDDERS, other, 201))["embedderId"]
    before = do(service, "select e::text from embedd.embedders e where id = %s", made)
    collision = await service.http.put(f"{EMBEDDERS}/{made}", json={"endpointUrl": "https://one.example"})
    assert collision.status_code == 409
    assert do(service, "select e::text from embedd.embedders e where id = %s", made) == before


def old_form(service: Service) -> None:
    """Turn all envelopes into those of version 1, as an installation from before has them."""
    box = service.clients.envelopes.box()
    with psycopg.connect(service.dsn, autocommit=True, row_factory=psycopg.rows.dict_row) as session:
        for row in session.execute("select * from embedd_internal.list_envelopes()").fetchall():
            places = rotation._places(row)
            old = json.dumps(_sealed_in_version_1(box, box.open(row["envelope"], *places), places[0]))
            column, key = ("password", "id") if row["kind"] == "connections" else ("credentials", "public_id")
            session.execute(
                f"update embedd.{row['kind']} set {column} = %s where {key} = %s".encode(), (old, row["id"])
            )
        session.execute("update embedd.sealing set oldest_version = 1")


def _sealed_in_version_1(box: SecretBox, secret: str, place: Any) -> dict[str, Any]:
    class First(type(place)):  # type: ignore[misc]
        def bound_to(self, key_id: str, version: int) -> bytes:
            return bytes(super().bound_to(key_id, 1))

    first = First(place.organization_id, place.table, place.id, place.column, place.address)
    return {name: value for name, value in box.seal(secret, first).items() if name != "v"}


async def test_point_05_row_24_envelopes_of_the_old_form_open_only_until_rotation(service: Service) -> None:
    made = await stored_connection(service, 5432)
    await embedder_at(service, "https://vendor.example/v1", api_key=API_KEY)
    old_form(service)
    old = do(service, "select password::text from embedd.connections where id = %s", made)[0][0]
    assert getattr(await service.clients.connections.address(made), "password", None) == PASSWORD
    assert await rotation.rotate(service.clients) == 2
    assert await rotation.rotate(service.clients) == 0
    assert getattr(await service.clients.connections.address(made), "password", None) == PASSWORD
    do(service, "update embedd.connections set password = %s where id = %s", old, made)
    with pytest.raises(ConfigurationError, match="no longer accepted"):
        await service.clients.connections.address(made)
    with pytest.raises(ConfigurationError, match=f"connections {made}"):
        await rotation.rotate(service.clients)


async def test_point_05_no_role_can_restore_the_old_form(service: Service) -> None:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        for role in ("embedd_admin", "embedd_worker", "embedd_reader"):
            session.execute(f"set role {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("update embedd.sealing set oldest_version = 1")
            session.execute("reset role")
    assert do(service, "select embedd_internal.oldest_envelope()") == [(2,)]


@pytest.mark.parametrize("manner", ["md5", "cleartext", "trust"])
async def test_point_05_row_11_a_password_is_sent_only_by_scram(service: Service, manner: Any) -> None:
    """A server in the place of the real one asks in a way that lets it find the password out, or not at all."""
    async with fake_postgres(manner) as thief:
        tested = await test_connection(service, "127.0.0.1", thief.port, password=PASSWORD, user="u")
    assert tested["status"] == "failed" and "scram-sha-256" in tested["error"] + tested["resolution"]
    assert thief.startups and thief.messages == []
    assert PASSWORD not in str(thief)


async def test_point_05_an_existing_connection_may_use_md5_but_never_clear_text(service: Service) -> None:
    async with fake_postgres("md5") as server, fake_postgres("cleartext") as thief:
        made = await stored_connection(service, server.port)
        do(service, "update embedd.connections set authentication = 'any' where id = %s", made)
        await service.post(f"/v1/connections/{made}/test")
        assert [said[:4] for said in server.messages] == [b"pmd5"]
        other = await stored_connection(service, thief.port)
        do(service, "update embedd.connections set authentication = 'any' where id = %s", other)
        await service.post(f"/v1/connections/{other}/test")
        assert thief.messages == []
        # Wherever it is moved, it has no such past.
        await service.http.put(f"/v1/connections/{made}", json={"credentials": {"port": thief.port, "password": "new"}})
    assert do(service, "select authentication from embedd.connections where id = %s", made) == [("scram-sha-256",)]


async def test_row_23_an_envelope_does_not_open_in_another_row(service: Service) -> None:
    """Neither two connections to one address may swap passwords, nor two embedders of one address their keys."""
    first, second = await stored_connection(service, 5432), await stored_connection(service, 5432, password="other")
    keys = [await embedder_at(service, "https://vendor.example/v1", api_key=key) for key in (API_KEY, "sk-other")]
    swap = (
        "update embedd.{table} a set {column} = b.{column} from embedd.{table} b where a.{key} <> b.{key}"
        " and a.{key} = any(%s) and b.{key} = any(%s)"
    )
    do(service, swap.format(table="connections", column="password", key="id"), [first, second], [first, second])
    do(service, swap.format(table="embedders", column="credentials", key="public_id"), keys, keys)
    for made in (first, second):
        with pytest.raises(ConfigurationError, match="another record"):
            await service.clients.connections.address(made)
    for made in keys:
        assert (await asked(service, made)).json()["error"]["code"] == "configuration_error"


async def test_row_24_nothing_starts_without_the_key_and_rotation_makes_the_old_one_useless(service: Service) -> None:
    without = replace(service.clients.settings, secret_key=None, allow_superuser=True)
    keyless = Clients(without, service.clients.database)
    await rotation.require_key(keyless)  # nothing is stored
    made = await stored_connection(service, 5432)
    with pytest.raises(ConfigurationError, match="EMBEDD_SECRET_KEY is not set"):
        async with run_services(keyless, worker=keyless, drain=True):
            raise AssertionError("it must not start")
    new = replace(service.clients.settings, secret_key=new_key_text())
    both = Clients(replace(new, previous_secret_key=service.clients.settings.secret_key), service.clients.database)
    assert getattr(await both.connections.address(made), "password", None) == PASSWORD, "readable until it is done"
    assert await rotation.rotate(both) == 1
    assert getattr(await Clients(new, service.clients.database).connections.address(made), "password", None) == PASSWORD
    with pytest.raises(ConfigurationError, match="another EMBEDD_SECRET_KEY"):
        await service.clients.connections.address(made)


async def test_point_07_a_referenced_secret_is_sent_only_to_the_bound_address(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reference given over REST goes to the vendor or the bound address, for the bound organization only."""
    monkeypatch.setenv("VENDOR_OPENAI", "OPERATOR-CANARY-KEY")
    reference = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {"uri": "env:VENDOR_OPENAI"}}}
    async with fake_http(replying(VECTOR)) as thief:
        fields = {
            "displayName": "e",
            "providerType": "VLLM",
            "endpointUrl": thief.url,
            "distributionType": "DENSE",
            "modelIdentifier": "own",
            "dimensionality": 8,
            "credentials": reference,
        }
        refused = (
            "env:VENDOR_*",
            "env:VENDOR_OPENAI@org_x=" + thief.url,
            "env:VENDOR_OPENAI=https://api.openai.com",
            "env:VENDOR_OPENAI=" + thief.url.replace("http:", "https:"),
            "env:OTHER=" + thief.url,
        )
        for entry in refused:
            async with configured(service, EMBEDD_SECRET_REFERENCES=entry) as here:
                assert (await here.http.post(EMBEDDERS, json=fields)).status_code == 400, entry
        async with configured(service, EMBEDD_SECRET_REFERENCES="env:VENDOR_*=" + thief.url) as here:
            made = (await here.post(EMBEDDERS, fields, 201))["embedderId"]
            assert (await asked(here, made)).status_code == 200
        assert "OPERATOR-CANARY-KEY" in thief.heads.pop()
        for entry in refused:
            async with configured(service, EMBEDD_SECRET_REFERENCES=entry) as here:
                withdrawn = await asked(here, made)
                assert withdrawn.status_code == 502 and "EMBEDD_SECRET_REFERENCES" in withdrawn.text
    assert thief.heads == []


async def test_point_07_a_reference_named_in_sql_goes_to_the_vendor_or_a_bound_address(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_OPENAI", "OPERATOR-CANARY-KEY")
    async with fake_http(replying(VECTOR)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)  # where the operator has the vendor
        create = "select embedd.create_embedder('e', 'openai', api_key_ref => 'env:VENDOR_OPENAI', base_url => %s)"
        ((at_vendor,),) = do(service, create, None)
        await asked(service, at_vendor, model="text-embedding-3-small", dimensions=8)
        assert "OPERATOR-CANARY-KEY" in server.heads.pop()
        do(service, "update embedd.embedders set name = 'first'")
        ((elsewhere,),) = do(service, create, server.url)
        answer = await asked(service, elsewhere)
        assert answer.status_code == 502 and "may not be sent to" in answer.text and server.heads == []
        async with configured(service, EMBEDD_SECRET_REFERENCES="env:VENDOR_OPENAI=" + server.url) as here:
            assert (await asked(here, elsewhere)).status_code == 200


@pytest.mark.parametrize(
    "entry", ["VENDOR", "env:X=ftp://h", "env:X=https://", "env:X@org_a=nowhere", "env:X=http://h:0x"]
)
def test_point_07_an_invalid_binding_is_refused_at_the_start(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="EMBEDD_SECRET_REFERENCES"):
        Clients(Settings(secret_references=entry), None)  # type: ignore[arg-type]


async def test_row_22_planted_secrets_are_in_no_answer_log_error_or_repr(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Through servers that answer with what they were sent, refuse it, or break off."""
    caplog.set_level(logging.DEBUG)
    said = []

    async def echo(fake: FakeHttp, writer: Any) -> None:
        await replying(fake.heads[-1].encode(), "401 Unauthorized")(fake, writer)

    async def broken(fake: FakeHttp, writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 " + fake.heads[-1].encode())

    for answer in (echo, broken):
        async with fake_http(answer) as server, fake_postgres("cleartext") as postgres:
            for provider in ("openai", "gemini"):
                made = await embedder_at(service, server.url, provider, api_key=API_KEY)
                model, size = {"openai": ("own", 8), "gemini": ("gemini-embedding-001", 128)}[provider]
                said.append((await asked(service, made, model=model, dimensions=size)).text)
                row = await service.clients.database.value("load_embedder", p_embedder=made)
                said.append(repr(await service.clients.vendors.configuration(Embedder.parse(row))))
            made = await stored_connection(service, postgres.port)
            said.append(str(await service.post(f"/v1/connections/{made}/test")))
            said.append(repr(await service.clients.connections.address(made)))
            await service.http.put(f"/v1/connections/{made}", json={"credentials": {"password": [PASSWORD]}})
    said += [
        (await service.http.get(f"/v1/{path}")).text for path in ("connections", "embedding-providers", "embedders")
    ]
    everything = "\n".join(said) + repr(service.logs.entries) + caplog.text + repr(service.clients.settings)
    for secret in (PASSWORD, API_KEY, service.key, str(service.clients.settings.secret_key)):
        assert secret not in everything
    assert API_KEY in "".join(server.heads), "they were really sent"


async def test_point_11_row_49_the_cache_of_one_tenant_reveals_nothing_to_another(service: Service) -> None:
    """Two tenants, equal texts, one model at one address: each asks the provider for itself, over REST and for the
    worker's cache, where the second one's key is refused."""
    other = do(service, "select embedd.create_organization('other', 'enterprise', 'ann')")[0][0]
    user, environment = do(
        service,
        "select u.id::text, e.id from embedd.users u join embedd.environments e using (organization_id)"
        " where organization_id = %s",
        other,
    )[0]
    key = await access.create_api_key(service.clients.database, name="k", actor=Actor(other, environment, user))
    headers = {"Authorization": f"Bearer {key.key}"}
    async with fake_http(replying(VECTOR)) as server:
        for theirs in ({}, headers):
            body = {"name": "e", "provider": "openai", "base_url": server.url}
            made = await service.http.post("/v1/embedding-providers", json=body, headers=theirs)
            path = f"/v1/embedding-providers/{made.json()['id']}/embed"
            asked_for = {"text": "equal", "model": "own", "dimensions": 8}
            for _ in range(2):
                assert (await service.http.post(path, json=asked_for, headers=theirs)).status_code == 200
    assert len(server.heads) == 2, "the second time of each is remembered, and nothing across"

    await service.vector_table()
    mine = await load_generation(service.clients.database, do(service, "select id from embedd.generations")[0][0])
    assert mine is not None

    async def answer(texts: Sequence[str]) -> Any:
        return np.ones((len(texts), 8), np.float32)

    async def refuse(_texts: Sequence[str]) -> Any:
        raise ProviderMisconfigured("their key is refused")

    of_another = replace(mine, vector_table=replace(mine.vector_table, organization_id=other))
    cache = service.clients.vector_cache
    await cache.vectors(mine.model_fingerprint(), ["equal"], answer)
    assert len(await cache.vectors(mine.model_fingerprint(), ["equal"], refuse)) == 1
    with pytest.raises(ProviderMisconfigured):
        await cache.vectors(of_another.model_fingerprint(), ["equal"], refuse)
