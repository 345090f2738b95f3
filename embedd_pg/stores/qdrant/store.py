"""The Qdrant store: a server by URL, or Qdrant's own engine in a directory, with one implementation.

In a payload, `_e` holds embedd's fields (v: token, th: text hash, mh: metadata hash, pk: key, dead, trunc, text, pass:
start and end of each passage, x and n: numbers) and `d` the user's columns. Writes are conditional in the engine itself
(`update_filter`), which refuses late writes of any client. A tombstone is a point without vector.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.errors import StoreError
from embedd_pg.ids import point_id
from embedd_pg.stores.base import (
    Filter,
    Hit,
    Mark,
    MetadataUpdate,
    Point,
    StoreTable,
    batches,
    check_vector,
    point_weight,
    update_weight,
)
from embedd_pg.stores.qdrant.collection import STRICT, indexes, lacks_strict_mode, layout, search_params
from embedd_pg.stores.qdrant.edge.engine import EdgeEngine
from embedd_pg.stores.qdrant.engine import Engine, filter_of, older_than
from embedd_pg.stores.qdrant.errors import check_completed, wrapped
from embedd_pg.stores.qdrant.filter import Condition, compiled, equal, integers
from embedd_pg.stores.qdrant.payload import (
    MARK,
    OURS,
    hit,
    is_dead,
    is_ours,
    key_of,
    mark,
    mark_fields,
    nearest,
    nearest_passage,
    same_text,
    scanned,
    spans_of,
    token_of,
    worded_passage,
)
from embedd_pg.stores.qdrant.points import WORDS, tombstone, unchanged, weight, whole, with_metadata, writable
from embedd_pg.stores.qdrant.rest import RestEngine
from embedd_pg.stores.sparse import query_vector

PAGE = 1000
#: The passages that a text of a table with passages is expected to have, to bound the size of an answer with vectors.
PASSAGES = 16
#: A text with several passages is one point with a vector for each. Its score is that of the best passage.
BEST_PASSAGE = {"comparator": "max_sim"}
#: Read points on which a quorum of a shard's replicas agree. Qdrant's `majority` waits for all replicas, so that one
#: failed node would stop every check.
QUORUM = {"consistency": "quorum"}
#: A write is answered when it is applied. One replica orders the writes of a shard for all, so that a condition has the
#: same result on each.
APPLIED = {"wait": "true", "ordering": "strong"}
#: The most rounds of a metadata write. A round fails for points that another writer changed in between.
ROUNDS = 5


class QdrantStore:
    """Vector tables as collections. Create a store with `server` or `local`."""

    def __init__(self, engine: Engine, defaults: Mapping[str, int] | None = None) -> None:
        self._engine = engine
        #: The layout of collections whose vector table does not set it.
        self._defaults = defaults or {}
        #: Whether a collection supports lexical search; those created by older releases do not.
        self._worded: dict[str, bool] = {}

    @classmethod
    def server(
        cls,
        url: str,
        *,
        api_key: str | None = None,
        ca_file: Path | None = None,
        prefer_grpc: bool = False,
        grpc_port: int = 6334,
        timeout: float = 30,
        defaults: Mapping[str, int] | None = None,
    ) -> QdrantStore:
        """Return a store on a server.

        `timeout` bounds a single call, in seconds. `ca_file` holds CA certificates (PEM) for an https server, which
        replace the system's. `defaults` are those of `layout`. Raise StoreError if one of them is unusable.
        """
        pem, trust = _authorities(ca_file) if ca_file else (None, None)
        try:
            if prefer_grpc:
                engine = _grpc(url, api_key=api_key, port=grpc_port, authorities=pem, timeout=timeout)
            else:
                engine = RestEngine(url, api_key=api_key, trust=trust, timeout=timeout)
        except ValueError as error:
            raise StoreError(
                "The address or the API key of the vector store (Qdrant) is malformed.",
                resolution="Check EMBEDD_QDRANT_URL and EMBEDD_QDRANT_API_KEY.",
            ) from error
        return cls(engine, defaults)

    @classmethod
    def local(cls, directory: Path) -> QdrantStore:
        return cls(EdgeEngine(directory))

    async def ping(self) -> None:
        """Contact the store: open a local one, and so own it, or check the version of a server."""
        await self._ask("get_collections")

    async def point_aliases(self, wanted: Mapping[str, str]) -> None:
        """Point each alias to its collection, if that exists. An existing alias is moved in one atomic step."""
        there, named = await self.names()
        for alias, collection in wanted.items():
            if named.get(alias) == collection or collection not in there:
                continue
            changes: list[Any] = [{"delete_alias": {"alias_name": alias}}] if alias in named else []
            changes.append({"create_alias": {"alias_name": alias, "collection_name": collection}})
            await self._ask("update_collection_aliases", body={"actions": changes})

    async def names(self) -> tuple[set[str], dict[str, str]]:
        """Return all collections, and the collection of each alias."""
        aliases = (await self._ask("get_aliases"))["aliases"]
        collections = (await self._ask("get_collections"))["collections"]
        return {one["name"] for one in collections}, {one["alias_name"]: one["collection_name"] for one in aliases}

    async def remove_alias(self, alias: str) -> None:
        """Remove an alias. A missing one is no error."""
        if alias in (await self.names())[1]:
            await self._ask("update_collection_aliases", body={"actions": [{"delete_alias": {"alias_name": alias}}]})

    async def remove(self, table: StoreTable, keys: Sequence[str]) -> None:
        """Remove points without leaving tombstones, for keys that will not be written again."""
        await self._write("delete", table, {"points": [point_id(table.vector_table_id, key) for key in keys]})

    async def is_empty(self, table: StoreTable) -> bool:
        return not (await self._call("count", table, {"exact": True}))["count"]

    async def create(self, table: StoreTable) -> bool:
        made = False
        if not await self._exists(table):
            try:
                await self._call("create_collection", table, self._described(table))
                made = True
            except StoreError:
                # Another process may have created it at the same time.
                if not await self._exists(table):
                    raise
        config = await self._config(table)
        vectors = config["params"].get("vectors") or {}
        if vectors.get("size") != table.dimensions or bool(vectors.get("multivector_config")) != table.chunked:
            raise StoreError(f"A collection named {table.name} already exists, with another shape.")
        for name, schema in indexes(table).items():
            await self._write("create_payload_index", table, {"field_name": name, "field_schema": schema})
        if lacks_strict_mode(config):
            await self._call("update_collection", table, {"strict_mode_config": STRICT})
        return made

    async def _exists(self, table: StoreTable) -> bool:
        return bool((await self._call("collection_exists", table))["exists"])

    def _described(self, table: StoreTable) -> dict[str, Any]:
        """Return the description of a new collection."""
        vectors: dict[str, Any] = {"size": table.dimensions, "distance": "Cosine"}
        if table.chunked:
            vectors["multivector_config"] = BEST_PASSAGE
        if "on_disk" in table.settings:
            vectors["on_disk"] = table.settings["on_disk"]
        sparse = {WORDS: {"modifier": "idf"}}
        return {"vectors": vectors, "sparse_vectors": sparse, **layout(table, self._defaults)}

    async def index(self, table: StoreTable) -> None:
        """Do nothing: `create` declares the indexes before the first point, and the server maintains them."""

    async def tend(self, table: StoreTable) -> None:
        """Do nothing: the server optimizes its segments itself."""

    async def drop(self, table: StoreTable) -> None:
        if await self._exists(table):
            await self._call("delete_collection", table)
        self._worded.pop(table.name, None)

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        # The caller has called `create`, which has checked this.
        worded = self._worded.get(table.name, True)
        # Of two points with one key the first counts; the server would keep the last.
        first = {point.key: point for point in reversed(points)}
        for batch in batches(list(first.values()), point_weight(table)):
            await self._upsert(table, whole(table, token, batch, worded=worded), update_filter=older_than(token))

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        for batch in batches(keys, lambda _: 256):
            await self._upsert(table, [tombstone(table, token, key) for key in batch], update_filter=older_than(token))

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        missing: set[str] = set()
        for batch in batches(updates, update_weight):
            missing |= await self._update_metadata(table, token, batch)
        return missing

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        found: dict[str, Mark] = {}
        for batch in batches(keys, lambda _: 256):
            for record in await self._records(table, batch, mark_fields(table)):
                found[key_of(record)] = mark(table, record)
        return found

    async def vectors(self, table: StoreTable, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        found = {}
        for batch in batches(keys, lambda _: 12 * table.dimensions * (PASSAGES if table.chunked else 1)):
            for record in await self._records(table, batch, MARK, vectors=[""]):
                named = record["vector"] or {}
                vectors = named.get("") if isinstance(named, dict) else named
                if vectors and not is_dead(record):
                    passages = np.array(vectors, np.float32).reshape(-1, table.dimensions)
                    found[key_of(record)] = (passages / np.linalg.norm(passages, axis=1, keepdims=True)).mean(axis=0)
        return found

    async def search(
        self,
        table: StoreTable,
        vector: NDArray[np.float32],
        *,
        limit: int,
        filter: Filter | None = None,
        min_score: float | None = None,
    ) -> list[Hit]:
        vector = check_vector(table, vector)
        body: dict[str, Any] = {
            "query": [vector] if table.chunked else vector,
            "limit": limit,
            "with_payload": True,
        }
        # A point without vector is never found, and a dead one has none. On a server, dead points are filtered out
        # nevertheless.
        condition = {} if filter is None else {"must": [compiled(filter.tree, table.vector_table_id)]}
        if not self._engine.local:
            condition["must_not"] = [equal("_e.dead", True)]
        if condition:
            body["filter"] = condition
        if (params := search_params(table)) is not None:
            body["params"] = params
        if min_score is not None:
            body["score_threshold"] = min_score
        found = await self._found(table, body)
        if not table.chunked:
            return [nearest(point) for point in found]
        vectors = await self._passage_vectors(table, found)
        return [replace(nearest(point), passage=nearest_passage(point, vectors, vector)) for point in found]

    async def _passage_vectors(self, table: StoreTable, points: Sequence[Any]) -> dict[Any, NDArray[np.float32]]:
        """Return the vectors of points with several passages, by id: the score does not say which passage is nearest.

        Points that are gone, or have another text by now, are left out.
        """
        several = {point["id"]: point for point in points if len(spans_of(point)) > 1}
        found = {}
        for batch in batches(list(several.values()), lambda point: 12 * table.dimensions * len(spans_of(point))):
            body = {"ids": [point["id"] for point in batch], "with_payload": MARK, "with_vector": [""]}
            for record in await self._call("retrieve", table, body):
                vectors = record["vector"].get("") if isinstance(record["vector"], dict) else record["vector"]
                if vectors and same_text(record, several[record["id"]]):
                    found[record["id"]] = np.array(vectors, np.float32)
        return found

    async def search_lexical(
        self, table: StoreTable, query: str, *, limit: int, filter: Filter | None = None
    ) -> list[Hit]:
        if table.name not in self._worded:
            await self._config(table)
        if not self._worded[table.name]:
            raise StoreError(
                "This vector table was created by a release without lexical search.",
                resolution="Delete the vector table and create it again to search it by words.",
            )
        asked = query_vector(query, table.language)
        if not asked.indices:
            return []
        body: dict[str, Any] = {
            "query": {"indices": asked.indices, "values": asked.values},
            "using": WORDS,
            "limit": limit,
            "with_payload": True,
        }
        if filter is not None:
            body["filter"] = filter_of({"must": [compiled(filter.tree, table.vector_table_id)]})
        found = await self._found(table, body)
        if not table.chunked:
            return [hit(point) for point in found]
        return [replace(hit(point), passage=worded_passage(point, query, table.language)) for point in found]

    async def _found(self, table: StoreTable, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the points that a query finds, except those of other programs."""
        return [point for point in (await self._call("query_points", table, body))["points"] if is_ours(point)]

    async def _config(self, table: StoreTable) -> dict[str, Any]:
        """Return the configuration of a collection, and cache whether it supports lexical search."""
        config: dict[str, Any] = (await self._call("get_collection", table))["config"]
        self._worded[table.name] = WORDS in (config["params"].get("sparse_vectors") or {})
        return config

    async def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        offset: Any = None
        while True:
            # Read from one replica: a quorum omits points on which replicas disagree, and the shorter page would look
            # like the last.
            body = {"limit": PAGE, "with_payload": mark_fields(table)} | ({} if offset is None else {"offset": offset})
            page = await self._call("scroll", table, body)
            if page["points"]:
                yield [scanned(table, record) for record in page["points"]]
            if (offset := page.get("next_page_offset")) is None:
                return

    async def discard(self, table: StoreTable, strays: Sequence[str]) -> None:
        # Ids of strays are numbers or texts.
        ids = [int(stray) if stray.isdecimal() else stray for stray in strays]
        lacking: list[Condition] = [{"is_empty": {"key": f"_e.{name}"}} for name in sorted(OURS)]
        await self._write("delete", table, {"filter": {"must": [{"has_id": ids}], "should": lacking}})

    async def prune(self, table: StoreTable, before_token: int) -> None:
        old = integers("_e.v", None, before_token - 1)
        await self._write("delete", table, {"filter": {"must": [equal("_e.dead", True), old]}})

    async def close(self) -> None:
        await self._engine.close()

    async def _upsert(self, table: StoreTable, points: Sequence[Mapping[str, Any]], **condition: Any) -> None:
        await self._write("upsert", table, {"points": points, **condition})

    async def _update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        """Read points, and write them back with new metadata on condition that no other writer has changed them.

        Points that another writer has changed meanwhile are read again.
        """
        wanted, missing = {update.key: update for update in reversed(updates)}, set[str]()
        for _ in range(ROUNDS):
            await self._write_back(table, token, wanted)
            marks = await self.marks(table, list(wanted))
            behind = {key: update for key, update in wanted.items() if key not in marks or marks[key].token < token}
            wanted = {key: one for key, one in behind.items() if key in marks and marks[key].text_hash == one.text_hash}
            missing |= behind.keys() - wanted.keys()
            if not wanted:
                return missing
        raise StoreError(
            "The vector store (Qdrant) has not accepted new metadata: other writers changed the points each time.",
            resolution="It is tried again; check which other programs write to the collection.",
        )

    async def _write_back(self, table: StoreTable, token: int, wanted: Mapping[str, MetadataUpdate]) -> None:
        stored = [point for point in await self._records(table, wanted, ["_e"]) if writable(point, token, wanted)]
        for batch in batches(stored, lambda point: weight(table, point)):
            again = {point["id"]: point for point in await self._records(table, map(key_of, batch), MARK, vectors=True)}
            same = [p for p in batch if p["id"] in again and token_of(again[p["id"]]) == token_of(p)]
            if same:
                points = [with_metadata(table, token, p, again[p["id"]]["vector"], wanted[key_of(p)]) for p in same]
                await self._upsert(table, points, update_filter=unchanged(same), update_mode="update_only")

    async def _records(
        self, table: StoreTable, keys: Iterable[str], paths: list[str], *, vectors: bool | list[str] = False
    ) -> list[dict[str, Any]]:
        """Return the stored points of these keys, as read from a quorum of the replicas."""
        ids = [point_id(table.vector_table_id, key) for key in keys]
        body = {"ids": ids, "with_payload": paths, "with_vector": vectors}
        records = await self._call("retrieve", table, body, **QUORUM)
        return [record for record in records if is_ours(record)]

    async def _write(self, operation: str, table: StoreTable, body: Mapping[str, Any]) -> None:
        check_completed(operation, await self._call(operation, table, body, **APPLIED))

    async def _call(
        self, operation: str, table: StoreTable, body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        return await self._ask(operation, table.name, body, **parameters)

    async def _ask(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        with wrapped(operation):
            return await self._engine.call(operation, collection, body, **parameters)


def _grpc(url: str, *, api_key: str | None, port: int, authorities: bytes | None, timeout: float) -> Engine:
    # The import of Qdrant's client takes longer than all others, and only gRPC needs it.
    from embedd_pg.stores.qdrant.grpc import connected

    return connected(url, api_key=api_key, port=port, authorities=authorities, timeout=timeout)


def _authorities(path: Path) -> tuple[bytes, ssl.SSLContext]:
    """Return the certificates in a file, in the forms for HTTP and gRPC."""
    try:
        return path.read_bytes(), ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        raise StoreError(
            "The CA certificates of the vector store (Qdrant) cannot be read.",
            resolution="Check EMBEDD_QDRANT_CA_FILE: a file with one or more certificates in PEM form.",
        ) from error
