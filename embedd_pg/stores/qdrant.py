"""Vectors in Qdrant: a server by URL, or the client's local mode in a directory, behind one code path.

Payload: `_e` holds what we need {v token, th text hash, mh metadata hash, pk, dead, trunc, text, pass: where
passages begin and end}, `d` the
user's columns. Writes are conditional in the engine itself (`update_filter`, payloads by filter), so a write
that lands late is refused there, whoever sent it. A tombstone is a point without vector.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import structlog
from numpy.typing import NDArray
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException

from embedd_pg.errors import StoreError
from embedd_pg.filters.tree import FieldType, Filter
from embedd_pg.ids import point_id
from embedd_pg.stores.base import (
    Hit,
    Mark,
    MetadataUpdate,
    Point,
    StoreTable,
    batches,
    checked_vector,
    checked_vectors,
    point_weight,
    storable_text,
    update_weight,
)
from embedd_pg.stores.qdrant_engine import Engine, LocalEngine, Overwrite, ServerEngine, filter_of, not_older
from embedd_pg.stores.qdrant_filter import Condition, compiled, equal, path
from embedd_pg.stores.qdrant_payload import (
    MARK,
    OURS,
    columns,
    hit,
    is_ours,
    mark,
    nearest,
    nearest_passage,
    scanned,
    spans_of,
    worded_passage,
)
from embedd_pg.stores.sparse import document_vector, query_vector

#: Local mode compares with every point; from here on it is noticeably slow.
LOCAL_LIMIT = 20_000
PAGE = 1000
#: A text of several passages is one point with a vector for each; its score is that of the best.
BEST_PASSAGE = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
#: The sparse vector beside the dense one, which has no name.
WORDS = "words"

_SCHEMA = {
    FieldType.KEYWORD: models.PayloadSchemaType.KEYWORD,
    FieldType.INTEGER: models.PayloadSchemaType.INTEGER,
    FieldType.FLOAT: models.PayloadSchemaType.FLOAT,
    FieldType.BOOLEAN: models.PayloadSchemaType.BOOL,
}

log = structlog.get_logger(__name__)


class QdrantStore:
    """A vector table is a collection; `server` and `local` are the ways to make one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._warned: set[str] = set()
        #: Whether a collection can be searched by words; those made by older releases cannot.
        self._worded: dict[str, bool] = {}

    @classmethod
    def server(
        cls, url: str, *, api_key: str | None = None, prefer_grpc: bool = False, timeout: float = 30
    ) -> QdrantStore:
        """`timeout` is the longest a single call may take, in seconds."""
        # Ours says the same, in the log, and not of this machine.
        warnings.filterwarnings("ignore", message="Api key is used with an insecure connection")
        address = urlsplit(url)
        if api_key and address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
            log.warning("store_key_in_clear", advice="the API key travels unencrypted; use https in EMBEDD_QDRANT_URL")
        try:
            # The client's own version check is a blocking request and only warns; ours refuses.
            client = AsyncQdrantClient(
                url=url, api_key=api_key, prefer_grpc=prefer_grpc, timeout=math.ceil(timeout), check_compatibility=False
            )
        except ValueError as error:
            raise StoreError(
                "The address or the API key of the vector store (Qdrant) is malformed.",
                resolution="Check EMBEDD_QDRANT_URL and EMBEDD_QDRANT_API_KEY.",
            ) from error
        return cls(ServerEngine(client, timeout))

    @classmethod
    def local(cls, directory: Path) -> QdrantStore:
        return cls(LocalEngine(directory))

    async def ping(self) -> None:
        """Reach the store now: opens (and so owns) a local one, reads the version of a server."""
        with _wrapped("get_collections"):
            await self._engine.call("get_collections")

    async def create(self, table: StoreTable) -> bool:
        made = False
        if not await self._call("collection_exists", table):
            try:
                await self._call(
                    "create_collection",
                    table,
                    vectors_config=models.VectorParams(
                        size=table.dimensions,
                        distance=models.Distance.COSINE,
                        multivector_config=BEST_PASSAGE if table.chunked else None,
                    ),
                    sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                )
                made = True
            except StoreError:
                # Another process may have been faster.
                if not await self._call("collection_exists", table):
                    raise
        vectors = (await self._parameters(table)).vectors
        if (
            not isinstance(vectors, models.VectorParams)
            or vectors.size != table.dimensions
            or (vectors.multivector_config is not None) != table.chunked
        ):
            raise StoreError(f"A collection named {table.name} is there already, and of another shape.")
        if self._engine.local:
            return made  # it has no payload indexes, and would warn about each
        indexes = {"_e.v": FieldType.INTEGER, "_e.dead": FieldType.BOOLEAN}
        indexes |= {path(name): kind for name, kind in table.fields.items()}
        for name, kind in indexes.items():
            await self._write("create_payload_index", table, field_name=name, field_schema=_SCHEMA[kind], wait=True)
        return made

    async def index(self, table: StoreTable) -> None:
        """Nothing to do: `create` declares the indexes, before the first point, and the server keeps them up."""

    async def drop(self, table: StoreTable) -> None:
        if await self._call("collection_exists", table):
            await self._call("delete_collection", table)
        self._warned.discard(table.name)
        self._worded.pop(table.name, None)

    async def upsert(self, table: StoreTable, token: int, points: Sequence[Point]) -> None:
        # Who writes has called `create`, which looked.
        worded = self._worded.get(table.name, True)
        for batch in batches(points, point_weight(table)):
            await self._upsert(table, token, [_struct(table, token, point, worded=worded) for point in batch])
        await self._warn_if_large(table)

    async def delete(self, table: StoreTable, token: int, keys: Sequence[str]) -> None:
        for batch in batches(keys, lambda _: 256):
            await self._upsert(table, token, [_tombstone(table, token, key) for key in batch])

    async def update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        missing: set[str] = set()
        for batch in batches(updates, update_weight):
            missing |= await self._update_metadata(table, token, batch)
        return missing

    async def marks(self, table: StoreTable, keys: Sequence[str]) -> dict[str, Mark]:
        found: dict[str, Mark] = {}
        for batch in batches(keys, lambda _: 256):
            for payload in await self._payloads(table, batch, MARK):
                found[payload["_e"]["pk"]] = mark(payload)
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
        # A point without vector is never found, and a dead one has none. A server is asked to leave out the
        # dead all the same; in local mode any filter walks over all payloads (3,000 points: 67 ms, not 3).
        dead = [] if self._engine.local else [equal("_e.dead", True)]
        must = [] if filter is None else [compiled(filter)]
        vector = checked_vector(table, vector)
        response = await self._call(
            "query_points",
            table,
            query=[vector.tolist()] if table.chunked else vector.tolist(),
            query_filter=filter_of({"must": must, "must_not": dead}) if must or dead else None,
            limit=limit,
            score_threshold=min_score,
            with_payload=True,
        )
        found = [point for point in response.points if is_ours(point)]
        if not table.chunked:
            return [nearest(point) for point in found]
        vectors = await self._passage_vectors(table, found)
        return [replace(nearest(point), passage=nearest_passage(point, vectors, vector)) for point in found]

    async def _passage_vectors(self, table: StoreTable, points: Sequence[Any]) -> dict[Any, NDArray[np.float32]]:
        """By id, of points with several passages: the score says how near the best one is, but not which."""
        several = [point for point in points if len(spans_of(point)) > 1]
        found = {}
        for batch in batches(several, lambda point: 12 * table.dimensions * len(spans_of(point))):
            ids = [point.id for point in batch]
            for record in await self._call("retrieve", table, ids=ids, with_payload=False, with_vectors=[""]):
                vectors = record.vector[""] if isinstance(record.vector, dict) else record.vector
                found[record.id] = np.array(vectors, np.float32)
        return found

    async def search_lexical(
        self, table: StoreTable, query: str, *, limit: int, filter: Filter | None = None
    ) -> list[Hit]:
        if table.name not in self._worded:
            await self._parameters(table)
        if not self._worded[table.name]:
            raise StoreError(
                "The vectors of this table were made by a release without lexical search.",
                resolution="Delete the vector table and create it again to search it by words.",
            )
        asked = query_vector(query, table.language)
        if not asked.indices:
            return []
        response = await self._call(
            "query_points",
            table,
            query=models.SparseVector(indices=asked.indices, values=asked.values),
            using=WORDS,
            query_filter=None if filter is None else filter_of({"must": [compiled(filter)]}),
            limit=limit,
            with_payload=True,
        )
        found = [point for point in response.points if is_ours(point)]
        if not table.chunked:
            return [hit(point) for point in found]
        return [replace(hit(point), passage=worded_passage(point, query, table.language)) for point in found]

    async def _parameters(self, table: StoreTable) -> models.CollectionParams:
        """How the collection was made; whether it can be searched by words is kept."""
        parameters: models.CollectionParams = (await self._call("get_collection", table)).config.params
        self._worded[table.name] = WORDS in (parameters.sparse_vectors or {})
        return parameters

    async def scan(self, table: StoreTable) -> AsyncIterator[Collection[tuple[str, Mark]]]:
        offset: Any = None
        while True:
            page, offset = await self._call(
                "scroll", table, limit=PAGE, offset=offset, with_payload=MARK, with_vectors=False
            )
            if page:
                yield [scanned(record) for record in page]
            if offset is None:
                return

    async def discard(self, table: StoreTable, strays: Sequence[str]) -> None:
        # Read as numbers or as text, whichever they are.
        ids = [int(stray) if stray.isdecimal() else stray for stray in strays]
        lacking: list[Condition] = [{"is_empty": {"key": f"_e.{name}"}} for name in sorted(OURS)]
        selector = models.FilterSelector(filter=filter_of({"must": [{"has_id": ids}], "should": lacking}))
        await self._write("delete", table, points_selector=selector, wait=True)

    async def prune(self, table: StoreTable, before_token: int) -> None:
        old = {"key": "_e.v", "range": {"lt": before_token}}
        selector = models.FilterSelector(filter=filter_of({"must": [equal("_e.dead", True), old]}))
        await self._write("delete", table, points_selector=selector, wait=True)

    async def close(self) -> None:
        await self._engine.close()

    async def _upsert(self, table: StoreTable, token: int, points: list[models.PointStruct]) -> None:
        await self._write(
            "upsert",
            table,
            points=points,
            update_filter=filter_of({"must_not": [not_older(token)]}),
            wait=True,
            ordering=models.WriteOrdering.STRONG,
        )

    async def _update_metadata(self, table: StoreTable, token: int, updates: Sequence[MetadataUpdate]) -> set[str]:
        """Text and truncation belong to the vector, so they are read first and written back unchanged.

        That is safe because the write itself asks for the text hash they were read with.
        """
        wanted = {update.key: update for update in reversed(updates)}
        overwrites = []
        for payload in await self._payloads(table, list(wanted), ["_e"]):
            update = wanted[payload["_e"]["pk"]]
            system = {**payload["_e"], "v": token, "mh": update.metadata_hash}
            if payload["_e"]["th"] == update.text_hash:
                changed = {"_e": system, "d": columns(table, update.metadata)}
                identity = point_id(table.vector_table_id, update.key)
                overwrites.append(Overwrite(identity, update.text_hash, token, changed))
        if overwrites:
            with _wrapped("overwrite"):
                _check_completed("overwrite", await self._engine.overwrite(table.name, overwrites))
        marks = await self.marks(table, list(wanted))
        # What was written now carries the token: anything older was not, for its text is another.
        return {key for key in wanted if key not in marks or marks[key].token < token}

    async def _payloads(self, table: StoreTable, keys: Iterable[str], paths: list[str]) -> list[dict[str, Any]]:
        ids = [point_id(table.vector_table_id, key) for key in keys]
        records = await self._call(
            "retrieve",
            table,
            ids=ids,
            with_payload=paths,
            with_vectors=False,
            consistency=models.ReadConsistencyType.MAJORITY,
        )
        return [record.payload for record in records if is_ours(record)]

    async def _write(self, method: str, table: StoreTable, **arguments: Any) -> None:
        _check_completed(method, await self._call(method, table, **arguments))

    async def _call(self, method: str, table: StoreTable, **arguments: Any) -> Any:
        with _wrapped(method):
            return await self._engine.call(method, collection_name=table.name, **arguments)

    async def _warn_if_large(self, table: StoreTable) -> None:
        if not self._engine.local or table.name in self._warned:
            return
        count = (await self._call("count", table)).count
        if count > LOCAL_LIMIT:
            self._warned.add(table.name)
            log.warning(
                "local_store_large",
                collection=table.name,
                points=count,
                advice="local mode compares every query with every point; set EMBEDD_QDRANT_URL to a Qdrant "
                "server, or use platform mode (pgvector)",
            )


@contextmanager
def _wrapped(method: str) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        # The client's own text may hold the address, payloads or headers: only the cause keeps it.
        reason, resolution = _reason(error)
        text = f"failed at {method}: {reason}" if reason else f"failed at {method}"
        raise StoreError(f"The vector store (Qdrant) {text}.", resolution=resolution) from error


def _reason(error: Exception) -> tuple[str, str | None]:
    """What went wrong in our own words, and what to do if it is not to look whether the store runs."""
    source = error.source if isinstance(error, ResponseHandlingException) else error
    status = getattr(error, "status_code", None)
    code = getattr(error, "code", None)  # of gRPC
    name = code().name if callable(code) else ""
    if isinstance(source, TimeoutError | httpx.TimeoutException) or name == "DEADLINE_EXCEEDED":
        return "it did not answer in time", None
    if isinstance(source, httpx.TransportError) or name == "UNAVAILABLE":
        return "it cannot be reached or broke off", None
    if status in (401, 403) or name in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
        return "it refuses the API key", "Check EMBEDD_QDRANT_API_KEY and that the key may write."
    if status == 429 or isinstance(error, ResourceExhaustedResponse) or name == "RESOURCE_EXHAUSTED":
        return "it takes no more requests for now", "Nothing, if it passes; else raise the limits of the Qdrant server."
    if status == 507:
        return "its storage is full", "Give the Qdrant server more disk."
    return (f"it answered with status {status}" if status else ""), None


def _check_completed(method: str, result: Any) -> None:
    """Only what is `completed` has been applied; anything else may still be waiting in a queue."""
    for part in result if isinstance(result, list) else [result]:
        if part.status != models.UpdateStatus.COMPLETED:
            raise StoreError(f"Qdrant has not completed {method}: its status is {part.status}.")


# Points and payloads


def _struct(table: StoreTable, token: int, point: Point, *, worded: bool) -> models.PointStruct:
    system = {
        "v": token,
        "th": point.text_hash,
        "mh": point.metadata_hash,
        "pk": point.key,
        "dead": False,
        "trunc": point.truncated,
        "text": storable_text(point.text),
    }
    vector: Any = {}
    if point.vector is not None and table.chunked:
        vector[""] = checked_vectors(table, list(point.vector)).tolist()
        system["pass"] = [list(span) for span in point.spans]
    elif point.vector is not None:
        vector[""] = checked_vector(table, point.vector).tolist()
    if vector and worded:
        words = document_vector(point.text, table.language)
        vector[WORDS] = models.SparseVector(indices=words.indices, values=words.values)
    payload = {"_e": system, "d": columns(table, point.metadata)}
    return models.PointStruct(id=point_id(table.vector_table_id, point.key), vector=vector, payload=payload)


def _tombstone(table: StoreTable, token: int, key: str) -> models.PointStruct:
    system = {"v": token, "th": None, "mh": None, "pk": key, "dead": True, "trunc": False, "text": ""}
    return models.PointStruct(id=point_id(table.vector_table_id, key), vector={}, payload={"_e": system, "d": {}})
