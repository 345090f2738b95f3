"""Rate limits: one pool per organization over all keys and processes, and failed authentications per address."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from embedd_api.app import create_app
from embedd_api.rate_limit import UNLIMITED, RateLimits
from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor, Database, open_pool
from embedd_pg.resources import access, organization
from tests.api.conftest import Service
from tests.api.test_auth import bearer
from tests.api.test_errors import code_of

LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@dataclass
class Clock:
    """Stands still unless moved; it starts at the start of a minute."""

    now: float = field(default=60.0 * 30_000_000)

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def process(
    clients: Clients, clock: Clock, *, failures: int = 600, address: str = "192.0.2.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """One API process as seen from an address."""
    limits = RateLimits(clients.database, clock=clock, failures_per_minute=failures)
    transport = httpx.ASGITransport(app=create_app(clients, limits), client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd") as http:
        yield http


@dataclass(frozen=True)
class Tenant:
    """An organization on tier free, with two keys of two users."""

    id: str
    keys: tuple[str, str]


@pytest.fixture
async def tenant(service: Service) -> Tenant:
    return await make_tenant(service, "acme")


async def make_tenant(service: Service, name: str) -> Tenant:
    database = service.clients.database
    made = await organization.create(database, name)
    owner = Actor(made)
    user = await organization.create_user(database, "bob", actor=owner)
    keys = [await access.create_api_key(database, name="k", actor=actor) for actor in (owner, Actor(made, "", user))]
    return Tenant(made, (keys[0].key, keys[1].key))


def limits_of(response: httpx.Response) -> tuple[int, ...]:
    return tuple(int(response.headers[name]) for name in LIMITS)


async def test_a_free_organization_gets_25_a_minute_over_all_its_keys_and_processes(
    service: Service, tenant: Tenant
) -> None:
    clock = Clock()
    pool = await open_pool(service.dsn)
    elsewhere = Clients(service.clients.settings, Database(pool))
    async with process(service.clients, clock) as one, process(elsewhere, clock) as two:
        for number in range(25):
            http, key = (one, two)[number % 2], tenant.keys[number // 2 % 2]
            response = await http.get("/v1/environments", headers=bearer(key))
            assert response.status_code == 200
            assert limits_of(response) == (25, 24 - number, clock.now + 60)
        for http in (one, two):
            refused = await http.get("/v1/environments", headers=bearer(tenant.keys[0]))
            assert (refused.status_code, code_of(refused)) == (429, "rate_limit_exceeded")
            wait = int(refused.headers["retry-after"])
            assert limits_of(refused) == (25, 0, clock.now + wait)
            assert f"Wait {wait} seconds" in refused.json()["error"]["resolution"]
            assert (await http.get("/health")).status_code == 200
        clock.now += wait
        assert (await two.get("/v1/environments", headers=bearer(tenant.keys[1]))).status_code == 200
    await elsewhere.close()
    await pool.close()


async def test_concurrent_requests_are_counted_exactly_once(service: Service, tenant: Tenant) -> None:
    async with process(service.clients, Clock()) as http:
        calls = [http.get("/v1/environments", headers=bearer(key)) for key in tenant.keys * 30]
        answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] * 25 + [429] * 35


async def test_every_answer_to_a_valid_key_shows_the_remaining_requests(service: Service, tenant: Tenant) -> None:
    async with process(service.clients, Clock()) as http:
        headers = bearer(tenant.keys[0])
        answers = [
            await http.get("/v1/connections/nothing", headers=headers),
            await http.post("/v1/environments", json={}, headers=headers),
            await http.get("/v1/connections", headers=headers | {"X-Environment-Id": "env_none"}),
            await http.delete("/v1/environments/env_none", headers=headers),
            await http.head("/v1/connections", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [404, 422, 404, 404, 200]
        assert [limits_of(answer)[1] for answer in answers] == [24, 23, 22, 21, 20]
        for path in ("/health", "/openapi.json", "/docs", "/v1/connections"):
            assert not set(LIMITS) & (await http.get(path)).headers.keys()


async def test_organizations_have_separate_limits_and_a_new_tier_applies_at_once(
    service: Service, tenant: Tenant
) -> None:
    other, clock = await make_tenant(service, "other"), Clock()
    async with process(service.clients, clock) as http:
        for _ in range(26):
            last = await http.get("/v1/environments", headers=bearer(tenant.keys[0]))
        assert last.status_code == 429
        assert limits_of(await http.get("/v1/environments", headers=bearer(other.keys[0])))[:2] == (25, 24)
        for tier, limit in (("pro", 300), ("business", 1000)):
            await organization.set_tier(service.clients.database, tenant.id, tier=tier)
            answer = await http.get("/v1/environments", headers=bearer(tenant.keys[0]))
            assert answer.status_code == 200 and limits_of(answer)[0] == limit


async def test_enterprise_is_not_counted_and_its_headers_say_so(service: Service) -> None:
    clock = Clock()
    async with process(service.clients, clock) as http:
        for _ in range(40):
            answer = await http.get("/v1/environments", headers=bearer(service.key))
            assert limits_of(answer) == (UNLIMITED, UNLIMITED, clock.now + 60)
    async with service.clients.database._pool.connection() as conn:
        assert await (await conn.execute("select from embedd.request_counts")).fetchall() == []


@pytest.mark.parametrize("second", [0, 1, 20, 59])
async def test_a_client_that_waits_as_told_is_admitted_and_no_earlier(
    service: Service, tenant: Tenant, second: int
) -> None:
    clock = Clock()
    clock.now += second
    async with process(service.clients, clock) as http:
        headers = bearer(tenant.keys[0])
        for _ in range(3):
            while (answer := await http.get("/v1/environments", headers=headers)).status_code == 200:
                pass
            clock.now += int(answer.headers["retry-after"]) - 1.05
            assert (await http.get("/v1/environments", headers=headers)).status_code == 429
            clock.now = math.ceil(clock.now + 1.05 - 1e-6)
            assert (await http.get("/v1/environments", headers=headers)).status_code == 200


async def test_an_address_with_many_wrong_keys_is_refused_for_a_while(service: Service, tenant: Tenant) -> None:
    clock = Clock()
    async with process(service.clients, clock, failures=60) as http:
        assert (await http.get("/v1/environments", headers=bearer(tenant.keys[0]))).status_code == 200
        for number in range(60):
            wrong = [{}, bearer(f"sk_live_{number}"), {"Authorization": "Basic x"}][number % 3]
            assert code_of(await http.get("/v1/environments", headers=wrong)) == "unauthorized"
        for headers in ({}, bearer("sk_live_x"), bearer(tenant.keys[1])):
            refused = await http.get("/v1/environments", headers=headers)
            assert (refused.status_code, code_of(refused)) == (429, "rate_limit_exceeded")
            assert int(refused.headers["retry-after"]) >= 1
        known = await http.get("/v1/environments", headers=bearer(tenant.keys[0]))
        assert known.status_code == 200, "a key that was good here lately still is"
        clock.now += int(refused.headers["retry-after"])
        assert (await http.get("/v1/environments", headers=bearer(tenant.keys[1]))).status_code == 200
        assert code_of(await http.get("/v1/environments")) == "unauthorized"


async def test_other_addresses_are_not_refused(service: Service) -> None:
    limits = RateLimits(service.clients.database, clock=Clock(), failures_per_minute=3)
    app, seen = create_app(service.clients, limits), {}
    for address in ("192.0.2.1", "192.0.2.2"):
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://embedd") as http:
            seen[address] = [(await http.get("/v1/environments")).status_code for _ in range(5)]
    assert seen == {"192.0.2.1": [401, 401, 401, 429, 429], "192.0.2.2": [401, 401, 401, 429, 429]}


async def test_a_revoked_key_is_refused_at_once_in_processes_that_knew_it(service: Service, tenant: Tenant) -> None:
    async with process(service.clients, Clock()) as one, process(service.clients, Clock()) as two:
        keys = (await one.get("/v1/api-keys", headers=bearer(tenant.keys[0]))).json()["data"]
        for http in (one, two):
            assert (await http.get("/v1/environments", headers=bearer(tenant.keys[1]))).status_code == 200
        gone = await one.delete(f"/v1/api-keys/{keys[1]['id']}", headers=bearer(tenant.keys[0]))
        assert gone.status_code == 204
        for http in (one, two):
            assert code_of(await http.get("/v1/environments", headers=bearer(tenant.keys[1]))) == "key_revoked"


async def test_a_rate_limit_answers_in_the_form_of_the_requested_face(service: Service) -> None:
    app = create_app(service.clients, RateLimits(service.clients.database, failures_per_minute=1))
    wrong = {"Authorization": "Bearer sk_live_wrong"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://embedd", headers=wrong) as http:
        assert (await http.get("/v1/embedders")).status_code == 401
        limited = await http.get("/v1/embedders")
        assert (limited.status_code, limited.json()["error"]) == (429, "RESOURCE_EXHAUSTED")
        assert int(limited.headers["retry-after"]) > 0
        # A path that only begins like this face's is Embedd's.
        assert (await http.get("/v1/embedders-of-others")).json()["error"]["code"] == "not_found"
