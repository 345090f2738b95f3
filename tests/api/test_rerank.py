"""Reranked queries over REST: valid requests, answers, and failures of the reranker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.conftest import Service, eventually, working
from tests.api.test_auth import bearer, make_organization
from tests.api.test_embedders import create, key_auth
from tests.api.test_errors import code_of
from tests.support.rerank_wire import relevance_of
from tests.support.vendor_stub import Stub

QUERY = "headphones or a lamp for the office"


@dataclass(frozen=True)
class Ranked:
    """A filled table of products, and an embedder of Cohere at the stub."""

    service: Service
    path: str
    embedder: str

    async def query(self, status: int = 200, **more: Any) -> Any:
        return await self.service.post(self.path, {"query": QUERY, **more}, status)


async def cohere(service: Service, vendor: Stub, **changes: Any) -> str:
    mine = {
        "providerType": "COHERE",
        "endpointUrl": vendor.url,
        "apiPath": "/v2/embed",
        "displayName": "ranks",
        "modelIdentifier": "embed-v4.0",
        "dimensionality": 1536,
        "credentials": key_auth("sk-canary-rerank", headerName="X-Goog-Api-Key", prefix="Tok "),
    }
    return str((await create(service, **(mine | changes)))["embedderId"])


@pytest.fixture
async def ranked(service: Service, vendor: Stub) -> AsyncIterator[Ranked]:
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
    yield Ranked(service, f"/v1/vector-tables/{table}/query", await cohere(service, vendor))


def ordered(answer: Any) -> list[str]:
    found = sorted(answer["results"], key=lambda r: relevance_of(QUERY, r["embedded_text"]), reverse=True)
    return [result["id"] for result in found]


async def test_results_are_ordered_by_relevance_and_keep_their_similarity(ranked: Ranked) -> None:
    plain = await ranked.query()
    similarity = {result["id"]: result["similarity_score"] for result in plain["results"]}
    for embedder in (ranked.embedder, "ranks"):
        found = await ranked.query(rerank={"embedder": embedder})
        assert [result["id"] for result in found["results"]] == ordered(plain)
        for result in found["results"]:
            assert result["score"] == pytest.approx(round(relevance_of(QUERY, result["embedded_text"]), 6))
            assert result["similarity_score"] == pytest.approx(similarity[result["id"]])
    for mode in ("lexical", "hybrid"):
        found = await ranked.query(rerank={"embedder": "ranks"}, search_mode=mode, limit=2)
        assert found["total_results"] == 2 and {result["similarity_score"] for result in found["results"]} == {None}
    assert await ranked.query(rerank=None) == plain


async def test_model_candidates_filters_and_key_are_those_of_the_request(ranked: Ranked, vendor: Stub) -> None:
    plain = await ranked.query(filters={"category": "audio"}, limit=2)
    rerank = {"embedder": "ranks", "model": "rerank-v3.5", "candidates": 2}
    found = await ranked.query(filters={"category": "audio"}, limit=1, rerank=rerank)
    assert [result["id"] for result in found["results"]] == ordered(plain)[:1]
    assert vendor.stats.bodies[-1] == {"model": "rerank-v3.5", "query": QUERY, "top_n": 2}
    assert vendor.stats.paths[-1] == "/v2/rerank"
    first, second, *_ = (await ranked.query())["results"]
    least = (first["score"] + second["score"]) / 2
    found = await ranked.query(min_similarity_score=least, rerank={"embedder": "ranks", "model": None})
    assert [result["id"] for result in found["results"]] == [first["id"]]


async def test_the_key_of_the_embedder_is_sent_in_its_header_and_neither_key_nor_query_is_logged(
    ranked: Ranked, vendor: Stub
) -> None:
    seen = len(ranked.service.logs.entries)
    await ranked.query(rerank={"embedder": "ranks"})
    assert vendor.stats.authorizations[-1] == "Tok sk-canary-rerank"
    vendor.fault(status=500)
    await ranked.query(502, rerank={"embedder": "ranks"}, search_mode="lexical")
    logged = str(ranked.service.logs.entries[seen:])
    assert logged != "[]" and "sk-canary-rerank" not in logged and QUERY not in logged and "SECRET" not in logged


WRONG: list[Any] = [
    "ranks",
    [],
    {},
    True,
    {"embedder": ""},
    {"embedder": None},
    {"embedder": 1},
    {"embedder": "ranks", "top_n": 3},
    {"embedder": "ranks", "model": ""},
    {"embedder": "ranks", "model": "m" * 201},
    {"embedder": "ranks", "candidates": 0},
    {"embedder": "ranks", "candidates": 1001},
    {"embedder": "ranks", "candidates": 9},
    {"embedder": "ranks", "candidates": 50.5},
]


async def test_impossible_reranks_are_refused(ranked: Ranked, vendor: Stub) -> None:
    asked = vendor.stats.requests
    for rerank in WRONG:
        response = await ranked.service.http.post(ranked.path, json={"query": QUERY, "rerank": rerank})
        assert response.status_code == 422 and code_of(response) == "validation_error", (rerank, response.text)
        assert "rerank" in response.json()["error"]["message"], response.text
    told = (await ranked.query(422, rerank={"embedder": "OpenAI"}))["error"]
    assert "openai cannot rerank; voyage, cohere, jina can" in told["message"] and told["code"] == "validation_error"
    assert vendor.stats.requests == asked


async def test_embedders_of_others_are_not_found(ranked: Ranked, vendor: Stub) -> None:
    stranger = bearer(make_organization(ranked.service.dsn))
    body = {
        "displayName": "theirs",
        "providerType": "COHERE",
        "endpointUrl": vendor.url,
        "modelIdentifier": "embed-v4.0",
        "dimensionality": 1536,
        "distributionType": "DENSE",
        "credentials": key_auth("sk-theirs"),
    }
    made = await ranked.service.http.post("/v1/embedders", json=body, headers=stranger)
    assert made.status_code in (200, 201), made.text
    for embedder in ("nothing", "theirs", made.json()["embedderId"]):
        told = (await ranked.query(404, rerank={"embedder": embedder}))["error"]
        assert told["code"] == "embedding_provider_not_found"
    missing = await ranked.service.http.post(
        ranked.path, json={"query": QUERY, "rerank": {"embedder": "theirs"}}, headers=stranger
    )
    assert (missing.status_code, code_of(missing)) == (404, "vector_table_not_found")


async def test_a_failing_reranker_fails_the_query_as_a_failing_embedder_does(ranked: Ranked, vendor: Stub) -> None:
    for fault in ({"status": 401}, {"status": 429}, {"status": 500}, {"spoil": "short"}):
        vendor.fault(**fault)
        told = (await ranked.query(502, rerank={"embedder": "ranks"}, search_mode="lexical"))["error"]
        assert told["code"] == "embedding_provider_error" and "cohere, model rerank-v4.0-pro" in told["message"]
        assert "SECRET" not in str(told)


async def test_a_read_only_key_may_rerank(ranked: Ranked) -> None:
    headers = {"Authorization": f"Bearer {await ranked.service.make_key('read_only')}"}
    body = {"query": QUERY, "rerank": {"embedder": "ranks"}}
    assert (await ranked.service.http.post(ranked.path, json=body, headers=headers)).status_code == 200


async def test_usage_includes_reranking(ranked: Ranked) -> None:
    await ranked.query(rerank={"embedder": "ranks"})

    async def look() -> Any:
        return [row for row in (await ranked.service.get("/v1/usage"))["data"] if row["kind"] == "rerank"]

    (row,) = await eventually(look, bool)
    assert (row["provider"], row["model"], row["requests"]) == ("cohere", "rerank-v4.0-pro", 1)
    assert row["embedding_provider_name"] == "ranks" and row["vector_table_name"] == "products-search"
    assert row["tokens"] > 0 and row["cost_usd"] is None
