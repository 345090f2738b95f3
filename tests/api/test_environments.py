"""Environments over REST (contract, section 2.4), and the API's description of itself."""

from __future__ import annotations

import base64
import json
import re

import pytest

from tests.api.conftest import Service
from tests.api.test_auth import bearer, make_organization
from tests.api.test_errors import code_of


async def test_an_environment_lives_from_creation_to_deletion(service: Service) -> None:
    made = await service.post("/v1/environments", {"name": "staging"}, 201)
    assert tuple(made) == ("id", "org_id", "name", "created_at")
    assert made["id"].startswith("env_") and made["org_id"] == "org_self_hosted" and made["name"] == "staging"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["created_at"])
    assert await service.get(f"/v1/environments/{made['id']}") == made
    listed = await service.get("/v1/environments")
    assert [e["name"] for e in listed["data"]] == ["prod", "staging"] and listed["data"][1] == made
    assert listed["pagination"] == {"limit": 20, "has_more": False, "next_cursor": None}
    gone = await service.http.delete(f"/v1/environments/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    for request in (service.http.get, service.http.delete):
        assert code_of(await request(f"/v1/environments/{made['id']}")) == "environment_not_found"


async def test_environments_are_listed_in_pages_and_cursors_grant_no_access(service: Service) -> None:
    for number in range(4):
        await service.post("/v1/environments", {"name": f"e{number}"}, 201)
    stranger = bearer(make_organization(service.dsn))
    page = await service.get("/v1/environments?limit=2")
    names = [e["name"] for e in page["data"]]
    while cursor := page["pagination"]["next_cursor"]:
        theirs = await service.http.get(f"/v1/environments?cursor={cursor}", headers=stranger)
        assert {e["org_id"] for e in theirs.json()["data"]} <= {"org_other"}
        page = await service.get(f"/v1/environments?limit=2&cursor={cursor}")
        names += [e["name"] for e in page["data"]]
    assert names == ["prod", "e0", "e1", "e2", "e3"]


@pytest.mark.parametrize(
    "position",
    [
        {"id": "123"},
        {"at": "now", "id": "env_1"},
        {"at": "2026-01-01T00:00:00", "id": "env_1"},
        {"at": "2026-01-01T00:00:00+00:00", "id": "env_1' or true --"},
        {"at": 1, "id": "env_1"},
        [],
        None,
    ],
)
async def test_a_tampered_cursor_is_refused(service: Service, position: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode()
    for path in ("environments", "connections", "tasks", "api-keys"):
        assert code_of(await service.http.get(f"/v1/{path}", params={"cursor": cursor})) == "validation_error"


@pytest.mark.parametrize("name", ["", "Prod", "a b", "ä", "a.b", "a\n", "n" * 51, None, 1])
async def test_a_name_outside_the_rules_is_refused(service: Service, name: object) -> None:
    assert code_of(await service.http.post("/v1/environments", json={"name": name})) == "validation_error"
    assert len((await service.get("/v1/environments"))["data"]) == 1


async def test_a_name_in_use_is_a_conflict(service: Service) -> None:
    response = await service.http.post("/v1/environments", json={"name": "prod"})
    assert (response.status_code, code_of(response)) == (409, "name_taken")


async def test_an_environment_that_is_not_empty_cannot_be_deleted(service: Service) -> None:
    made = await service.post("/v1/environments", {"name": "dev"}, 201)
    headers = {"X-Environment-Id": made["id"]}
    provider = {"name": "x", "provider": "openai", "api_key": "sk-x"}
    assert (await service.http.post("/v1/embedding-providers", json=provider, headers=headers)).status_code == 201
    assert (await service.connection_in(headers))["environment_id"] == made["id"]
    response = await service.http.delete(f"/v1/environments/{made['id']}")
    assert (response.status_code, code_of(response)) == (409, "environment_conflict")
    assert response.json()["error"]["message"] == "The environment still holds 1 connections and 0 vector tables."
    await service.clients.database.rows("list_environments")
    empty = await service.post("/v1/environments", {"name": "empty"}, 201)
    headers = {"X-Environment-Id": empty["id"]}
    assert (await service.http.post("/v1/embedding-providers", json=provider, headers=headers)).status_code == 201
    assert (await service.http.delete(f"/v1/environments/{empty['id']}")).status_code == 204


async def test_the_environment_header_is_ignored_for_environments(service: Service) -> None:
    headers = {"X-Environment-Id": "env_none"}
    made = await service.http.post("/v1/environments", json={"name": "dev"}, headers=headers)
    assert made.status_code == 201
    for path in ("", f"/{made.json()['id']}"):
        assert (await service.http.get(f"/v1/environments{path}", headers=headers)).status_code == 200
    assert (await service.http.delete(f"/v1/environments/{made.json()['id']}", headers=headers)).status_code == 204


async def test_objects_of_an_environment_are_in_no_other(service: Service) -> None:
    made = await service.post("/v1/environments", {"name": "dev"}, 201)
    inside = await service.connection_in({"X-Environment-Id": made["id"]})
    assert code_of(await service.http.get(f"/v1/connections/{inside['id']}")) == "connection_not_found"
    there = await service.http.get(f"/v1/connections/{inside['id']}", headers={"X-Environment-Id": made["id"]})
    assert there.status_code == 200


async def test_the_documentation_page_needs_no_key_and_loads_nothing(service: Service) -> None:
    response = await service.http.get("/docs", headers={"Authorization": ""})
    assert response.status_code == 200 and response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in response.text and not re.search(r"(src|href)=['\"]?(https?:)?//", response.text)
    described = await service.get("/openapi.json")
    for path, methods in described["paths"].items():
        assert f"<code>{path}</code>" in response.text
        assert all(f"id={operation['operationId']}>" in response.text for operation in methods.values())
    links = set(re.findall(r"<a href=#(\w+)>", response.text))
    assert links and all(f"id={name}>" in response.text for name in links)
