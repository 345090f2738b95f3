"""Collections in Qdrant and their names: a collection has the requested layout, strict mode allows every operation of
the store, and an alias follows its collection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from embedd_pg.errors import StoreError
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.qdrant.collection import layout
from embedd_pg.stores.qdrant.store import QdrantStore
from tests.support.stores import FIELDS, axis, found, new_table, point, scanned, update

pytestmark = pytest.mark.usefixtures("filter_check")

ALL = {
    "shard_number": 2,
    "replication_factor": 3,
    "write_consistency_factor": 3,
    "on_disk": True,
    "on_disk_payload": True,
    "quantization": "scalar",
    "hnsw_config": {"m": 32, "ef_construct": 200},
}


@pytest.fixture(params=["rest", "grpc"])
async def server(
    request: pytest.FixtureRequest, connected: Callable[..., QdrantStore], connected_by_grpc: Callable[..., QdrantStore]
) -> AsyncIterator[QdrantStore]:
    """A store on a server, whose installation wants two copies."""
    store = (connected if request.param == "rest" else connected_by_grpc)(defaults={"replication_factor": 2})
    yield store
    await store.close()


async def made(store: QdrantStore, table: StoreTable) -> Any:
    """Return the configuration of a collection."""
    return (await store._engine.call("get_collection", table.name))["config"]


def recorded(store: QdrantStore, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, dict[str, str]]]:
    """The operations from now on, with body and parameters."""
    calls: list[tuple[str, Any, dict[str, str]]] = []
    plain = store._engine.call

    async def call(operation: str, collection: str = "", body: Any = None, **parameters: str) -> Any:
        calls.append((operation, body, parameters))
        return await plain(operation, collection, body, **parameters)

    monkeypatch.setattr(store._engine, "call", call)
    return calls


async def test_a_collection_has_the_layout_of_its_vector_table(server: QdrantStore) -> None:
    table = replace(new_table(), settings=ALL)
    assert await server.create(table)
    config = await made(server, table)
    params = config["params"]
    factors = ("shard_number", "replication_factor", "write_consistency_factor")
    assert [params[name] for name in factors] == [2, 3, 3]
    assert (params["vectors"]["on_disk"], params["on_disk_payload"]) == (True, True)
    assert (config["hnsw_config"]["m"], config["hnsw_config"]["ef_construct"]) == (32, 200)
    assert config["quantization_config"]["scalar"]["always_ram"]
    await server.drop(table)


@pytest.mark.parametrize(
    ("own", "factors"), [({}, (2, 2)), ({"replication_factor": 5}, (5, 3)), ({"replication_factor": 1}, (1, 1))]
)
async def test_the_installation_sets_what_the_table_leaves_out_and_a_majority_must_confirm_writes(
    server: QdrantStore, own: dict[str, Any], factors: tuple[int, int]
) -> None:
    table = replace(new_table(), settings=own)
    await server.create(table)
    params = (await made(server, table))["params"]
    assert (params["replication_factor"], params["write_consistency_factor"]) == factors
    await server.drop(table)


def test_the_server_decides_what_nobody_has_set() -> None:
    table = new_table()
    assert layout(table, {}) == {}
    assert layout(table, {"replication_factor": 3, "write_consistency_factor": 3})["write_consistency_factor"] == 3
    other = replace(table, settings={"replication_factor": 2, "quantization": "none"})
    # The installation's three were said of other copies.
    assert layout(other, {"shard_number": 6, "replication_factor": 3, "write_consistency_factor": 3}) == {
        "shard_number": 6,
        "replication_factor": 2,
        "write_consistency_factor": 2,
    }


@pytest.mark.parametrize(("quantization", "factor"), [("none", None), ("scalar", 2.0), ("binary", 4.0)])
async def test_a_search_of_a_quantized_collection_ranks_by_whole_vectors(
    server: QdrantStore, monkeypatch: pytest.MonkeyPatch, quantization: str, factor: float | None
) -> None:
    table = replace(new_table(), settings={"quantization": quantization})
    await server.create(table)
    await server.upsert(table, 1, [point("1")])
    calls = recorded(server, monkeypatch)
    assert [hit.key for hit in await found(server, table)] == ["1"]
    wanted = factor and {"quantization": {"rescore": True, "oversampling": factor}}
    assert [body.get("params") for _, body, _ in calls] == [wanted]
    await server.drop(table)


async def test_writes_are_ordered_and_their_conditions_are_read_from_a_quorum(
    server: QdrantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = new_table()
    await server.create(table)
    calls = recorded(server, monkeypatch)
    await server.upsert(table, 5, [point("1")])
    await server.update_metadata(table, 6, [update("1")])
    await server.delete(table, 7, ["1"])
    await server.discard(table, ["7"])
    await server.prune(table, 8)
    assert await scanned(server, table) == {}
    orders = {operation: parameters["ordering"] for operation, _, parameters in calls if "wait" in parameters}
    assert orders == dict.fromkeys(["upsert", "delete"], "strong")
    # One node that is down stops neither; and a page with differences between replicas must not end a scan.
    reads = {operation: parameters.get("consistency") for operation, _, parameters in calls if "wait" not in parameters}
    assert reads == {"retrieve": "quorum", "scroll": None}
    await server.drop(table)


# Strict mode


async def everything(store: QdrantStore, table: StoreTable) -> None:
    """Each thing the store does, with each kind of filter."""
    metadata = {"word": "red", "count": 3, "price": 1.5, "flag": True}
    await store.upsert(table, 5, [point(str(i), metadata=metadata) for i in range(4)])
    assert await store.update_metadata(table, 6, [update("1", metadata=metadata), update("9")]) == {"9"}
    await store.delete(table, 7, ["2"])
    await store.prune(table, 8)
    stray = {"id": 7, "vector": axis(0), "payload": {}}
    await store._engine.call("upsert", table.name, {"points": [stray]}, wait="true")
    await store.discard(table, ["7"])
    assert set(await scanned(store, table)) == {"0", "1", "3"}
    for filters in (
        {"word": {"eq": "red"}},
        {"word": {"in": ["red", "blue"]}},
        {"count": {"gte": 3}},
        {"count": {"in": [3]}},
        {"price": {"lt": 2}},
        {"price": {"eq": 1.5}},
        {"flag": {"eq": True}},
        {"flag": {"exists": True}},
        {"word": {"in": []}, "count": {"exists": False}},
        {"word": {"ne": "blue"}},
    ):
        await found(store, table, filters)
    assert len(await store.search_lexical(table, "text", limit=9)) == 3


async def test_strict_mode_allows_every_operation_of_the_store(server: QdrantStore) -> None:
    table = new_table()
    await server.create(table)
    strict = (await made(server, table))["strict_mode_config"]
    assert (strict["enabled"], strict["unindexed_filtering_retrieve"]) == (True, False)
    await everything(server, table)
    assert not await server.create(table)
    await server.drop(table)


async def test_a_filter_without_an_index_is_refused_with_advice_on_creating_it(server: QdrantStore) -> None:
    table = replace(new_table(), fields={"word": FIELDS["word"]})
    await server.create(table)
    await server.upsert(table, 1, [point("1", metadata={"word": "red", "count": 3})])
    added = replace(table, fields=FIELDS)
    with pytest.raises(StoreError, match="no index yet on a column") as caught:
        await found(server, added, {"count": {"eq": 3}})
    assert "worker" in caught.value.resolution
    await server.create(added)
    assert [hit.key for hit in await found(server, added, {"count": {"eq": 3}})] == ["1"]
    await server.drop(table)


async def test_a_strict_mode_that_refuses_our_writes_is_opened_and_other_choices_are_kept(
    server: QdrantStore,
) -> None:
    table = new_table()
    await server.create(table)

    async def set_to(**changes: Any) -> dict[str, Any]:
        await server._engine.call("update_collection", table.name, {"strict_mode_config": changes})
        await server.create(table)
        strict: dict[str, Any] = (await made(server, table))["strict_mode_config"]
        return strict

    # As a hosted server's default may be.
    strict = await set_to(unindexed_filtering_update=False)
    assert strict["unindexed_filtering_update"] is True
    await everything(server, table)
    strict = await set_to(enabled=False)
    assert strict["enabled"] is False
    await server.drop(table)


# Aliases


@pytest.mark.parametrize("store", ["qdrant-local", "qdrant-server", "qdrant-grpc"], indirect=True)
async def test_an_alias_moves_with_its_collection_and_is_removed_with_it(store: QdrantStore, table: StoreTable) -> None:
    other, name = new_table(), f"embedd_active_{table.vector_table_id}"
    await store.create(other)
    await store.upsert(table, 1, [point("old")])
    await store.upsert(other, 1, [point("new")])
    for collection, key in ((table.name, "old"), (other.name, "new")):
        for _ in range(2):
            # One that is missing holds nobody up.
            await store.point_aliases({f"{name}_none": "missing", name: collection})
        aliases = (await store.names())[1]
        assert aliases.get(name) == collection
        assert f"{name}_none" not in aliases
        asked = {"query": axis(0), "limit": 1, "with_payload": True}
        response = await store._engine.call("query_points", name, asked)
        assert [hit["payload"]["_e"]["pk"] for hit in response["points"]] == [key]
    await store.drop(table)
    assert (await store.names())[1][name] == other.name
    await store.drop(other)
    assert name not in (await store.names())[1]
