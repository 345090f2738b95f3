"""Reranked searches over both stores: the texts that a vendor's model reads, its order, its usage, and its failures."""

from __future__ import annotations

from typing import Any

import pytest

from embedd_pg.clients import Clients
from embedd_pg.credentials import new_key_text
from embedd_pg.embedding.providers.base import InputRefused, ProviderBusy, ProviderMisconfigured, ProviderUnavailable
from embedd_pg.envelopes import seal_api_key
from embedd_pg.errors import ConfigurationError, EmbedderDeleted, EmbedderNotFound, ValidationError
from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Hit
from tests.support.rerank_wire import counted_of, relevance_of
from tests.support.search import search
from tests.support.worker import PASSAGES, Site, both_stores, wait_until
from tests.sync.test_search import filled

__all__ = ["filled"]  # a fixture

QUERY = "headphones or a lamp for the battery"
MODES: list[Any] = ["vector", "lexical", "hybrid"]
VENDORS = {"voyage": "/v1", "cohere": "", "jina": "/v1"}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RERANK_KEY", "sk-rerank")


async def create_embedder(site: Site, provider: str = "jina", name: str = "ranks", **more: Any) -> str:
    named = {"name": name, "provider": provider, "api_key_ref": "env:RERANK_KEY"}
    named |= {"base_url": site.stub.url + VENDORS.get(provider, "/v1")} | more
    arguments = ", ".join(f"{each} => %s" for each in named)
    return str(await site.one(f"select embedd.create_embedder({arguments})", *named.values()))


async def reranked(clients: Clients, query: str = QUERY, **options: Any) -> list[Hit]:
    options = {"rerank": Rerank("ranks")} | options
    return (await search(clients, "articles", query, **options)).hits


def ordered(hits: list[Hit], query: str = QUERY) -> list[Hit]:
    """Return the keys in the order of the stub's model."""
    return sorted(hits, key=lambda hit: relevance_of(query, hit.text), reverse=True)


def keys(hits: list[Hit]) -> list[str]:
    return [hit.key for hit in hits]


@both_stores
@pytest.mark.parametrize("search_mode", MODES)
async def test_the_candidates_of_every_mode_are_reordered(site: Site, filled: Clients, search_mode: Any) -> None:
    await create_embedder(site)
    plain = (await search(filled, "articles", QUERY, search_mode=search_mode)).hits
    found = await reranked(filled, search_mode=search_mode)
    assert keys(found) == keys(ordered(plain)) != keys(plain)
    assert [hit.score for hit in found] == pytest.approx([relevance_of(QUERY, hit.text) for hit in found])
    cosines = {hit.key: hit.score if search_mode == "vector" else None for hit in plain}
    assert {hit.key: hit.similarity for hit in found} == {key: pytest.approx(cosines[key]) for key in cosines}
    assert {hit.key: hit.metadata for hit in found} == {hit.key: hit.metadata for hit in plain}


@pytest.mark.parametrize("provider", VENDORS)
async def test_every_vendor_reranks_with_the_requested_model(site: Site, filled: Clients, provider: str) -> None:
    made = await create_embedder(site, provider)
    for rerank in (Rerank("ranks"), Rerank(made, model="older")):
        found = await reranked(filled, rerank=rerank, search_mode="lexical")
        assert keys(found) == keys(ordered(found)) and len(found) > 2
    default = {"voyage": "rerank-2.5", "cohere": "rerank-v4.0-pro", "jina": "jina-reranker-v3"}[provider]
    assert [body["model"] for body in site.stub.stats.bodies[-2:]] == [default, "older"]
    assert site.stub.stats.authorizations[-1] == "Bearer sk-rerank"


async def test_candidates_are_limited_before_reranking_and_results_after(site: Site, filled: Clients) -> None:
    await create_embedder(site)
    plain = (await search(filled, "articles", QUERY)).hits
    assert len(plain) == 5
    assert keys(await reranked(filled, limit=2)) == keys(ordered(plain))[:2]
    few = await reranked(filled, limit=2, rerank=Rerank("ranks", candidates=3))
    assert keys(few) == keys(ordered(plain[:3]))[:2]
    assert site.stub.stats.texts[-3:] == [hit.text for hit in plain[:3]]
    for mode in ("hybrid", "lexical"):
        first = (await search(filled, "articles", QUERY, search_mode=mode, limit=2)).hits
        two = await reranked(filled, limit=1, search_mode=mode, rerank=Rerank("ranks", candidates=2))
        assert keys(two) == keys(ordered(first))[:1]


async def test_filters_and_minimum_similarity_apply_before_reranking(site: Site, filled: Clients) -> None:
    await create_embedder(site)
    found = await reranked(filled, filters={"notes": "audio"})
    assert set(keys(found)) == {"1", "2"}
    plain = (await search(filled, "articles", QUERY)).hits
    least = (plain[1].score + plain[2].score) / 2
    found = await reranked(filled, min_similarity_score=least)
    assert set(keys(found)) == set(keys(plain[:2])), "a cosine similarity, not a relevance"
    asked = site.stub.stats.requests
    assert await reranked(filled, "zebra", search_mode="lexical") == []
    assert site.stub.stats.requests == asked, "of no rows nothing is asked"


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"status": 429}, ProviderBusy),
        ({"status": 401}, ProviderMisconfigured),
        ({"status": 400}, InputRefused),
        ({"status": 500}, ProviderUnavailable),
        ({"spoil": "nan"}, ProviderUnavailable),
    ],
)
async def test_a_failing_reranker_fails_the_search(
    site: Site, filled: Clients, fault: dict[str, Any], failure: type[Exception]
) -> None:
    await create_embedder(site)
    site.stub.fault(**fault)
    with pytest.raises(failure) as caught:
        await reranked(filled, search_mode="lexical")
    assert "provider jina, model jina-reranker-v3," in str(caught.value)
    assert QUERY not in str(caught.value) and "SECRET" not in str(caught.value)
    assert await reranked(filled, search_mode="lexical")


@pytest.mark.parametrize(
    ("rerank", "reason"),
    [
        (Rerank("stub"), "the provider openai cannot rerank; voyage, cohere, jina can"),
        (Rerank("local"), "the provider local cannot rerank"),
        (Rerank("ranks", candidates=9), "rerank.candidates must be between limit \\(10\\) and 1000"),
        (Rerank("ranks", candidates=1001), "rerank.candidates must be between"),
        (Rerank("ranks", model=""), "rerank.model must have 1 to 200 characters"),
        (Rerank("ranks", model="m" * 201), "rerank.model must have 1 to 200 characters"),
    ],
)
async def test_invalid_reranking_is_refused_before_any_request(
    site: Site, filled: Clients, rerank: Rerank, reason: str
) -> None:
    await create_embedder(site)
    asked = site.stub.stats.requests
    with pytest.raises(ValidationError, match=reason):
        await reranked(filled, rerank=rerank)
    assert site.stub.stats.requests == asked


async def test_an_embedder_of_another_environment_or_organization_does_not_exist(site: Site, filled: Clients) -> None:
    other = str(await site.one("select embedd.create_organization(name => 'acme', owner_name => 'ann')"))
    await site.do("select embedd.create_environment('staging')")
    foreign = {}
    for setting, value in (("organization", other), ("environment", "staging")):
        await site.do(f"select set_config('embedd.{setting}', %s, false)", value)
        foreign[setting] = await create_embedder(site, name=setting)
        await site.do(f"select set_config('embedd.{setting}', '', false)")
    for name in ("nothing", *foreign, *foreign.values()):
        with pytest.raises(EmbedderNotFound, match=f"no embedder '{name}' in this environment"):
            await reranked(filled, rerank=Rerank(name))


async def test_a_sealed_key_is_opened_and_a_changed_one_is_used(site: Site, filled: Clients) -> None:
    made = await create_embedder(site)
    await site.do("update embedd.embedders set secret_ref = null where public_id = %s", made)
    with pytest.raises(ProviderMisconfigured, match="needs an API key"):
        await reranked(filled, search_mode="lexical")
    site.environment["EMBEDD_SECRET_KEY"] = new_key_text()
    async with site.clients() as clients:
        for secret in ("sk-first", "sk-second"):
            address = (await clients.database.value("load_embedder", p_embedder=made))["address"]
            sealed = seal_api_key(
                clients.envelopes.box(), secret, organization_id="org_self_hosted", embedder_id=made, address=address
            )
            await site.do("update embedd.embedders set credentials = %s where public_id = %s", sealed, made)
            assert await reranked(clients, search_mode="lexical")
            assert site.stub.stats.authorizations[-1] == f"Bearer {secret}"
    with pytest.raises(ConfigurationError, match="EMBEDD_SECRET_KEY"):
        await reranked(filled, search_mode="lexical")


async def test_reranking_works_for_a_table_whose_embedder_was_deleted(site: Site, filled: Clients) -> None:
    await create_embedder(site)
    await site.do("select embedd.delete_embedder('stub', true)")
    assert await reranked(filled, search_mode="lexical")
    with pytest.raises(EmbedderDeleted):
        await reranked(filled)


@pytest.mark.parametrize("provider", ["jina", "cohere"])
async def test_reranking_is_counted(site: Site, filled: Clients, provider: str) -> None:
    await create_embedder(site, provider)
    texts = [hit.text for hit in await reranked(filled, search_mode="lexical")]
    await reranked(filled, search_mode="lexical")

    async def counted() -> Any:
        return await site.do("select * from embedd.list_usage() where kind = 'rerank' and requests = 2")

    (row,) = await wait_until(counted)
    assert (row["embedder_name"], row["vector_table_name"], row["provider"]) == ("ranks", "articles", provider)
    assert row["model"] == {"jina": "jina-reranker-v3", "cohere": "rerank-v4.0-pro"}[provider]
    if provider == "jina":
        assert row["tokens"] == 2 * counted_of(QUERY, texts)
    else:  # which counts no tokens, so they are estimated
        assert row["tokens"] == pytest.approx(2 * counted_of(QUERY, texts), rel=0.5)
    assert row["cost_usd"] is None
    await site.do("select embedd.set_price(%s, %s, 2)", provider, row["model"])
    (row,) = await counted()
    assert float(row["cost_usd"]) == pytest.approx(row["tokens"] * 2 / 1e6, abs=1e-6)


@both_stores
async def test_the_reranker_reads_the_passage_of_a_cut_text(site: Site) -> None:
    await create_embedder(site)
    await site.set_up(3, chunking=PASSAGES)
    await site.do("update articles set body = repeat('Nothing of interest here. ', 30) || 'Headphones with a battery.'")
    async with site.worker() as running:
        await site.synced()
        found = await reranked(running.clients)
        assert sorted(site.stub.stats.texts[-3:]) == sorted(str(hit.passage) for hit in found)
        assert all(len(str(hit.passage)) < len(hit.text) for hit in found)
