"""/v1/embedders, row by row of its contract (docs/evidence/contract.md, rows G)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from typing import Any

import httpx
import psycopg
import pytest

from embedd_pg.database.call import Actor
from embedd_pg.resources import access
from tests.api.conftest import Service

PATH = "/v1/embedders"
SECRET = "sk-canary-goodmem"
BODY: dict[str, Any] = {
    "displayName": "Prod",
    "providerType": "OPENAI",
    "endpointUrl": "https://api.openai.com/v1",
    "modelIdentifier": "text-embedding-3-small",
    "dimensionality": 1536,
    "distributionType": "DENSE",
}
#: The fields of every answer.
ALWAYS = BODY.keys() | {"embedderId", "apiPath", "supportedModalities", "labels", "ownerId"}
ALWAYS |= {"createdAt", "createdById", "updatedAt", "updatedById"}
CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
}
NOBODY = str(uuid.UUID(int=0))


def key_auth(secret: str = SECRET, **more: Any) -> dict[str, Any]:
    return {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": secret, **more}}


async def send(service: Service, method: str, path: str = "", body: Any = None, **more: Any) -> httpx.Response:
    return await service.http.request(method, PATH + path, json=body, **more)


async def create(service: Service, **changes: Any) -> dict[str, Any]:
    response = await send(service, "POST", body=BODY | changes)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def refused(response: httpx.Response, status: int) -> str:
    """The message of a refusal in GoodMem's shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"error", "message"}
    assert response.json()["error"] == CODES[status]
    assert SECRET not in response.text
    return str(response.json()["message"])


async def member(service: Service, name: str = "mia", permission: str = "full") -> tuple[dict[str, str], str]:
    """Headers and id of a user with the role member."""
    with psycopg.connect(service.dsn, autocommit=True) as session:
        row = session.execute(
            "insert into embedd.users (organization_id, name) values ('org_self_hosted', %s)"
            " on conflict (organization_id, name) do update set name = excluded.name returning id",
            (name,),
        ).fetchone()
    assert row
    actor = Actor("org_self_hosted", "", str(row[0]))
    made = await access.create_api_key(service.clients.database, name="k", permission=permission, actor=actor)
    return {"Authorization": f"Bearer {made.key}"}, str(row[0])


async def test_a_created_embedder_comes_back_with_its_defaults_and_is_found_at_its_location(service: Service) -> None:
    response = await send(service, "POST", body=BODY | {"credentials": key_auth()})
    made = response.json()
    assert response.status_code == 201 and set(made) == ALWAYS
    assert made["apiPath"] == "/embeddings" and made["supportedModalities"] == ["TEXT"] and made["labels"] == {}
    assert {name: made[name] for name in BODY} == BODY
    assert type(made["createdAt"]) is int and made["createdAt"] == made["updatedAt"] > 1_600_000_000_000
    assert made["ownerId"] == made["createdById"] == made["updatedById"] == str(uuid.UUID(made["ownerId"]))
    assert response.headers["location"] == f"{PATH}/{made['embedderId']}"
    found = await service.http.get(response.headers["location"])
    assert found.status_code == 200 and found.json() == made
    assert (await send(service, "GET", f"/{made['embedderId'].upper()}")).json() == made


async def test_every_field_is_kept(service: Service) -> None:
    whole = BODY | {
        "description": "for search",
        "apiPath": "/v2/x",
        "maxSequenceLength": 8191,
        "version": "3",
        "supportedModalities": ["TEXT", "IMAGE"],
        "labels": {"env": "prod", "a.b/c": ""},
        "monitoringEndpoint": "https://status.example.com/x?y",
        "embedderId": str(uuid.uuid4()),
    }
    made = await create(service, **whole)
    assert {name: made[name] for name in whole} == whole
    assert "embedderId" in refused(await send(service, "POST", body=whole | {"apiPath": "/other"}), 409)


async def test_null_counts_as_absent_and_unknown_fields_are_ignored(service: Service) -> None:
    nothing = dict.fromkeys(
        (
            "description",
            "apiPath",
            "maxSequenceLength",
            "supportedModalities",
            "credentials",
            "labels",
            "version",
            "monitoringEndpoint",
            "ownerId",
            "embedderId",
        )
    )
    made = await create(service, **nothing, validate={}, more=[1])
    assert set(made) == ALWAYS
    whole = {"description": "d", "labels": None, "replaceLabels": {"a": "b"}, "version": "1", "maxSequenceLength": 9}
    kept = (await send(service, "PUT", f"/{made['embedderId']}", whole)).json()
    nulls = dict.fromkeys((*nothing, *BODY, "replaceLabels", "mergeLabels")) | {"validateLabelStrategy": None}
    again = await send(service, "PUT", f"/{made['embedderId']}", nulls)
    assert again.status_code == 200 and again.json() == kept and kept["labels"] == {"a": "b"}


CREDENTIALS: list[Any] = [
    "sk-plain",
    {},
    {"apiKey": {"inlineSecret": SECRET}},
    {"kind": "API_KEY"},
    {"kind": "CREDENTIAL_KIND_API_KEY"},
    {"kind": "CREDENTIAL_KIND_UNSPECIFIED", "apiKey": {"inlineSecret": SECRET}},
    {"kind": "CREDENTIAL_KIND_GCP_ADC"},
    {"kind": "CREDENTIAL_KIND_API_KEY", "gcpAdc": {}},
    {**key_auth(), "gcpAdc": {}},
    key_auth(""),
    key_auth(SECRET + "\n"),
    key_auth(prefix="\r\n"),
    {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {}},
    key_auth(secretRef={"uri": "env:HOME"}),
    {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {}}},
    key_auth(headerName="Host"),
    {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {"uri": "vault:x"}}},
    key_auth(headerName="a b"),
    {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {"uri": "env:EMBEDD_SECRET_KEY"}}},
]
WRONG: list[tuple[str, Any]] = [
    *((name, None) for name in BODY),
    *((name, "") for name in BODY),
    *((name, []) for name in BODY),
    ("displayName", "n" * 256),
    ("displayName", "   "),
    ("displayName", 7),
    ("modelIdentifier", " "),
    ("providerType", "openai"),
    ("providerType", "OPENAI_COMPATIBLE"),
    ("distributionType", "dense"),
    ("dimensionality", 0),
    ("dimensionality", -1),
    ("dimensionality", "1536"),
    ("dimensionality", 1.5),
    ("dimensionality", 2**31),
    ("dimensionality", True),
    ("maxSequenceLength", "1"),
    ("maxSequenceLength", 2**31),
    ("supportedModalities", ["text"]),
    ("supportedModalities", "TEXT"),
    ("description", 1),
    ("apiPath", "/a b"),
    ("apiPath", "/a#b"),
    ("labels", {"k": 1}),
    ("labels", {"k": None}),
    ("labels", ["k"]),
    ("labels", {"": "v"}),
    ("labels", {"k k": "v"}),
    ("labels", {"k" * 64: "v"}),
    ("labels", {"k": "v" * 256}),
    ("labels", {str(number): "v" for number in range(65)}),
    ("monitoringEndpoint", "status"),
    ("ownerId", "me"),
    ("ownerId", NOBODY),
    ("embedderId", "1"),
    ("displayName", "a\0b"),
    ("description", "\ud800"),
    *(
        ("endpointUrl", url)
        for url in (
            "api.openai.com",
            "ftp://h/",
            "https://",
            "https:///v1",
            "https://u:p@h/",
            "https://h/?q",
            "https://h/#f",
            "https://h:0/",
            "https://h:65536/",
            "https://h:x/",
            "https://h h/",
            "https://h/a b",
            "//h/",
            "https://é.com/",
            "https://h\\x",
        )
    ),
    *(("credentials", given) for given in CREDENTIALS),
]


async def test_an_invalid_field_is_400_on_create_and_update_and_changes_nothing(service: Service) -> None:
    made = await create(service, credentials=key_auth())
    for name, value in WRONG:
        content = json.dumps(BODY | {"apiPath": "/new", name: value})
        message = refused(await service.http.post(PATH, content=content), 400)
        assert name in message or name in ("endpointUrl", "description", "displayName"), (name, value, message)
        if value is not None and name not in ("providerType", "ownerId", "embedderId", "labels"):
            response = await service.http.put(f"{PATH}/{made['embedderId']}", content=json.dumps({name: value}))
            assert refused(response, 400), (name, value)
    for labels in (value for name, value in WRONG if name == "labels"):
        for field in ("replaceLabels", "mergeLabels"):
            refused(await send(service, "PUT", f"/{made['embedderId']}", {field: labels}), 400)
    assert [e for e in (await send(service, "GET")).json()["embedders"] if e["displayName"] != "local"] == [made]


async def test_malformed_bodies_and_ids_are_400_and_unknown_ids_404(service: Service) -> None:
    for content in (b"", b"{", b"[]", b"null", b"\xff", b'{"displayName": NaN}', b"[" * 5000):
        refused(await service.http.post(PATH, content=content), 400)
        refused(await service.http.put(f"{PATH}/{NOBODY}", content=content), 400)
    for odd in ("x", "1", "emb_" + "0" * 32, NOBODY + "0", "{" + NOBODY + "}", "%00", "0" * 32):
        for method in ("GET", "PUT", "DELETE"):
            refused(await send(service, method, f"/{odd}", {} if method == "PUT" else None), 400)
    for method in ("GET", "PUT", "DELETE"):
        refused(await send(service, method, f"/{NOBODY}", {} if method == "PUT" else None), 404)
    both = {"replaceLabels": {}, "mergeLabels": {}}
    assert "exclude" in refused(await send(service, "PUT", f"/{NOBODY}", both), 400), "400 comes before 404"


async def test_addresses_are_canonical_and_the_base_path_is_left_alone(service: Service) -> None:
    for number, (given, shown) in enumerate(
        {
            "HTTPS://API.Example.COM:443/v1/": "https://api.example.com/v1",
            "http://h:80": "http://h",
            "http://h:443/": "http://h:443",
            "https://h:080/V1//": "https://h:80/V1",
            "http://[::1]:8080/": "http://[::1]:8080",
            "http://h/a%20b/c": "http://h/a%20b/c",
            "http://127.0.0.1:11434": "http://127.0.0.1:11434",
        }.items()
    ):
        made = await create(service, endpointUrl=given, modelIdentifier=f"m{number}")
        assert made["endpointUrl"] == shown
    for path, shown in (
        ("", "/embeddings"),
        ("  ", "/embeddings"),
        ("v1/e", "/v1/e"),
        ("/e?api-version=1", "/e?api-version=1"),
    ):
        made = await create(service, apiPath=path, modelIdentifier=f"p{path}")
        assert made["apiPath"] == shown
    for provider in ("TEI", "COHERE", "JINA", "VOYAGE", "VLLM", "LLAMA_CPP"):
        made = await create(service, providerType=provider, modelIdentifier="any")
        assert (made["providerType"], made["apiPath"]) == (provider, "/embeddings")


async def test_a_duplicate_is_the_same_owner_provider_address_path_model_and_credentials(service: Service) -> None:
    first = await create(service, credentials=key_auth())
    same: list[dict[str, Any]] = [
        {},
        {"displayName": "Other", "labels": {"a": "b"}, "description": "d", "version": "2", "maxSequenceLength": 1},
        {"dimensionality": 3, "distributionType": "SPARSE", "supportedModalities": ["IMAGE"]},
        {"endpointUrl": "https://API.OPENAI.com:443/v1/"},
        {"apiPath": "/embeddings"},
        {"apiPath": " "},
        {"credentials": key_auth(headerName="Authorization")},
        {"credentials": key_auth(prefix=None)},
        {"credentials": key_auth() | {"labels": {"note": "x"}}},
        {"ownerId": first["ownerId"]},
        {"credentials": key_auth() | {"gcpAdc": None}},
    ]
    for changes in same:
        refused(await send(service, "POST", body=BODY | {"credentials": key_auth()} | changes), 409)
    other: list[dict[str, Any]] = [
        {"endpointUrl": "http://api.openai.com/v1"},
        {"endpointUrl": "https://api.openai.com/V1"},
        {"apiPath": "/x"},
        {"endpointUrl": "https://api.openai.com:8443/v1"},
        {"modelIdentifier": "m"},
        {"providerType": "VLLM"},
        {"credentials": key_auth("another")},
        {"credentials": key_auth(headerName="x-key")},
        {"credentials": None},
        {"credentials": {"kind": "CREDENTIAL_KIND_UNSPECIFIED"}},
        {"credentials": {"kind": "CREDENTIAL_KIND_GCP_ADC", "gcpAdc": {"scopes": ["x"]}}},
        {"ownerId": (await member(service))[1]},
    ]
    for changes in other:
        await create(service, **({"credentials": key_auth()} | changes))
        refused(await send(service, "POST", body=BODY | {"credentials": key_auth()} | changes), 409)


async def test_only_one_of_many_equal_concurrent_creates_succeeds(service: Service) -> None:
    bodies = [BODY | {"credentials": key_auth(), "displayName": f"n{number}"} for number in range(50)]
    answers = await asyncio.gather(*(send(service, "POST", body=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    copies = [await create(service, modelIdentifier=f"m{number}", credentials=key_auth()) for number in range(8)]
    await send(service, "DELETE", f"/{made['embedderId']}")
    moves = [send(service, "PUT", f"/{e['embedderId']}", {"modelIdentifier": made["modelIdentifier"]}) for e in copies]
    assert Counter(answer.status_code for answer in await asyncio.gather(*moves)) == {200: 1, 409: 7}


async def test_a_configuration_is_free_again_after_delete_and_update(service: Service) -> None:
    first, second = await create(service), await create(service, modelIdentifier="m")
    into = {"modelIdentifier": "m", "displayName": "not applied"}
    refused(await send(service, "PUT", f"/{first['embedderId']}", into), 409)
    assert (await send(service, "GET", f"/{first['embedderId']}")).json() == first
    moved = await send(service, "PUT", f"/{second['embedderId']}", {"credentials": key_auth()})
    assert moved.status_code == 200
    assert (await send(service, "PUT", f"/{first['embedderId']}", into)).status_code == 200
    await create(service)
    assert (await send(service, "DELETE", f"/{second['embedderId']}")).status_code == 204
    await create(service, modelIdentifier="m", credentials=key_auth())


async def test_an_update_changes_the_given_fields_and_records_the_user(service: Service) -> None:
    made = await create(service, labels={"a": "1", "b": "2"}, apiPath="/x", description="d")
    path = f"/{made['embedderId']}"
    assert (await send(service, "PUT", path, {})).json() == made
    assert (await send(service, "PUT", path, {"providerType": "JINA"})).json()["providerType"] == "OPENAI"

    async def changed(**changes: Any) -> dict[str, Any]:
        response = await send(service, "PUT", path, changes)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    assert (await changed(mergeLabels={"b": "3", "c": "4"}))["labels"] == {"a": "1", "b": "3", "c": "4"}
    assert (await changed(replaceLabels={"z": "9"}))["labels"] == {"z": "9"}
    assert (await changed(replaceLabels={}))["labels"] == {}
    await changed(replaceLabels={str(number): "" for number in range(64)})
    refused(await send(service, "PUT", path, {"mergeLabels": {"one-more": ""}}), 400)
    assert (await changed(apiPath=""))["apiPath"] == "/embeddings"
    assert (await changed(endpointUrl="HTTP://H:80/"))["endpointUrl"] == "http://h"
    assert "description" not in await changed(description="")
    whole = {
        "displayName": "n",
        "description": "e",
        "modelIdentifier": "m",
        "dimensionality": 4,
        "distributionType": "SPARSE",
        "maxSequenceLength": 5,
        "supportedModalities": ["AUDIO", "VIDEO"],
        "version": "v",
        "monitoringEndpoint": "http://m",
    }
    last = await changed(**whole)
    assert {name: last[name] for name in whole} == whole
    for field in ("createdAt", "createdById", "ownerId", "embedderId", "providerType"):
        assert last[field] == made[field]
    assert last["updatedAt"] > made["updatedAt"]
    headers, mia = await member(service)
    own = await create(service, ownerId=mia)
    assert own["createdById"] == made["ownerId"] != own["ownerId"]
    renamed = await send(service, "PUT", f"/{own['embedderId']}", {"displayName": "mine"}, headers=headers)
    assert (renamed.json()["updatedById"], renamed.json()["createdById"]) == (mia, made["ownerId"])


async def test_the_list_is_whole_in_order_and_filtered_in_every_spelling(service: Service) -> None:
    first = await create(service, labels={"env": "prod", "a.b": "x=y&z", "team": "nlp"})
    second = await create(service, providerType="VLLM", labels={"env": "test"})
    third = await create(service, modelIdentifier="m", ownerId=(await member(service))[1], labels={"env": "prod"})

    async def listed(query: str) -> list[str]:
        response = await send(service, "GET", query)
        assert response.status_code == 200 and response.json().keys() == {"embedders"}, response.text
        return [found["embedderId"] for found in response.json()["embedders"]]

    ids = [made["embedderId"] for made in (first, second, third)]
    assert (await listed(""))[1:] == ids, "the built-in one comes first"
    for query, expected in {
        f"?ownerId={third['ownerId']}": ids[2:],
        f"?owner_id={third['ownerId']}&x=y": ids[2:],
        f"?ownerId={NOBODY}": [],
        "?providerType=VLLM": ids[1:2],
        "?provider_type=VLLM": ids[1:2],
        "?providerType=JINA": [],
        "?label.env=prod": [ids[0], ids[2]],
        "?label%5Benv%5D=prod": [ids[0], ids[2]],
        "?label[env]=test": ids[1:2],
        "?label.env=prod&label%5Bteam%5D=nlp": ids[:1],
        "?label.env=prod&label.env=test": [],
        "?label.env=Prod": [],
        "?label.a.b=x%3Dy%26z": ids[:1],
        "?label.*=%3Flabel.env%3Dprod%26label.team%3Dnlp": ids[:1],
        "?label.*=label.env%3Dtest": ids[1:2],
        "?label.*=&label.env=test": ids[1:2],
        "?label.none=x": [],
        f"?providerType=OPENAI&label.env=prod&ownerId={first['ownerId']}": ids[:1],
    }.items():
        assert await listed(query) == expected, query
    for query in (
        "?ownerId=x",
        "?ownerId=",
        "?owner_id=%00",
        "?providerType=openai",
        "?provider_type=",
        "?label.=x",
        "?label[]=x",
        "?label.k=%00",
        "?label.*=env",
    ):
        refused(await send(service, "GET", query), 400)


async def test_a_member_acts_on_their_own_embedders_and_an_administrator_on_all(service: Service) -> None:
    headers, mia = await member(service)
    theirs = await create(service)
    response = await send(service, "POST", body=BODY, headers=headers)
    own = response.json()
    assert response.status_code == 201 and own["ownerId"] == mia, "another owner's equal one is no duplicate"
    named = await send(service, "POST", body=BODY | {"ownerId": mia, "apiPath": "/x"}, headers=headers)
    assert named.status_code == 201
    for foreign in (theirs["ownerId"], NOBODY):
        refused(await send(service, "POST", body=BODY | {"ownerId": foreign, "apiPath": "/y"}, headers=headers), 403)
    for method, body in (("GET", None), ("PUT", {"displayName": "x"}), ("DELETE", None)):
        message = refused(await send(service, method, f"/{theirs['embedderId']}", body, headers=headers), 403)
        assert "EMBEDDER_ANY" in message
        refused(await send(service, method, f"/{NOBODY}", body, headers=headers), 404)
    for query in ("", f"?ownerId={theirs['ownerId']}", f"?ownerId={mia}"):
        found = (await send(service, "GET", query, headers=headers)).json()["embedders"]
        assert [e["embedderId"] for e in found] == [own["embedderId"], named.json()["embedderId"]]
    for method, body, status in (("PUT", {"displayName": "x"}, 200), ("DELETE", None, 204)):
        assert (await send(service, method, f"/{own['embedderId']}", body)).status_code == status


async def test_keys_are_accepted_in_two_headers_and_refused_in_the_form_of_this_face(service: Service) -> None:
    made = await create(service)
    paths = (("POST", ""), ("GET", ""), *((method, f"/{made['embedderId']}") for method in ("GET", "PUT", "DELETE")))
    for method, path in paths:
        for headers in ({"Authorization": ""}, {"Authorization": "Bearer gm_unknown"}, {"Authorization": "Bearer"}):
            refused(await send(service, method, path + "?ownerId=x", headers=headers), 401)
    async with httpx.AsyncClient(transport=service.http._transport, base_url="http://embedd") as bare:
        refused(await bare.get(PATH), 401)
        assert (await bare.get(PATH, headers={"x-api-key": service.key})).status_code == 200
        assert (await bare.get(PATH, headers={"x-api-key": service.key, "Content-Type": "application/json"})).json()


async def test_a_read_only_key_reads_and_gets_400_and_404_before_403(service: Service) -> None:
    headers = {"Authorization": f"Bearer {await service.make_key('read_only')}"}
    made = await create(service)
    for path in ("", f"/{made['embedderId']}"):
        assert (await send(service, "GET", path, headers=headers)).status_code == 200
    for method, path, body, status in (
        ("POST", "", BODY | {"apiPath": "/x"}, 403),
        ("POST", "", {}, 400),
        ("PUT", f"/{made['embedderId']}", {}, 403),
        ("PUT", f"/{NOBODY}", {}, 404),
        ("PUT", "/x", {}, 400),
        ("DELETE", f"/{made['embedderId']}", None, 403),
        ("DELETE", f"/{NOBODY}", None, 404),
        ("DELETE", "/x", None, 400),
    ):
        refused(await send(service, method, path, body, headers=headers), status)


async def test_deleting_twice_is_404_and_nothing_redirects(service: Service) -> None:
    made = await create(service)
    first = await send(service, "DELETE", f"/{made['embedderId']}", headers={"Content-Type": "application/json"})
    assert (first.status_code, first.content) == (204, b"")
    refused(await send(service, "DELETE", f"/{made['embedderId']}"), 404)
    assert (await send(service, "GET", "/")).json() == {
        "error": "NOT_FOUND",
        "message": "There is nothing at this address.",
    }
    wrong = await send(service, "PATCH")
    assert wrong.status_code == 405 and wrong.json()["error"] == "UNIMPLEMENTED" and "POST" in wrong.headers["allow"]
    large = await service.http.post(PATH, content=b" " * 1_100_000)
    assert large.status_code == 413 and large.json()["error"] == "INVALID_ARGUMENT"


async def test_an_unexpected_failure_reveals_no_detail(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("embedd_api.goodmem.embedders.list_all", broken)
    response = await send(service, "GET")
    assert response.status_code == 500 and response.json()["error"] == "INTERNAL" and SECRET not in response.text
