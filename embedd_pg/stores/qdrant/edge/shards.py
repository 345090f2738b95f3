"""All collections of a directory, with the methods of a Qdrant client. Requests and answers are JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from embedd_pg.stores.qdrant.edge.collection import DESCRIPTION, Collection, write_whole
from embedd_pg.stores.qdrant.edge.convert import MODES, filter_of, id_of, json_id, json_of, point_of, vector_of

DONE = {"operation_id": 0, "status": "completed"}
#: The suffix of the directory of a collection that is being removed.
DROPPED = ".dropped"


class Refused(Exception):
    """A request that cannot be carried out."""


class Shards:
    """The collections. One process has them open, and makes one call at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._open: dict[str, Collection] = {}
        directory.mkdir(parents=True, exist_ok=True)
        for path in directory.glob(f"*{DROPPED}"):
            shutil.rmtree(path)

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Carry out a method of the Qdrant client. Raise Refused if that is impossible."""
        operation: Callable[..., Any] | None = getattr(self, f"do_{method}", None)
        if operation is None:
            raise Refused(f"there is no method {method}")
        return operation(**arguments)

    def upkeep(self) -> bool:
        """Flush what was written, and continue to write shards anew. Return whether there is such a shard."""
        return sum(collection.upkeep() for collection in self._open.values()) > 0

    def close(self) -> None:
        for collection in self._open.values():
            collection.close()
        self._open.clear()

    # Collections and aliases

    def do_get_collections(self) -> Any:
        return {"collections": [{"name": path.parent.name} for path in self._directory.glob(f"*/{DESCRIPTION}")]}

    def do_collection_exists(self, collection_name: str) -> bool:
        return (self._directory / collection_name / DESCRIPTION).exists()

    def do_create_collection(self, collection_name: str, **layout: Any) -> bool:
        if self.do_collection_exists(collection_name):
            raise Refused("the collection exists already")
        self._open[collection_name] = Collection.create(self._directory / collection_name, layout)
        return True

    def do_get_collection(self, collection_name: str) -> Any:
        layout = self._collection(collection_name).layout
        params = {"vectors": layout["vectors_config"], "sparse_vectors": layout["sparse_vectors_config"]}
        return {"config": {"params": params}}

    def do_update_collection(self, collection_name: str, **_: Any) -> bool:
        return self.do_collection_exists(collection_name)  # the engine has none of the settings that may be changed

    def do_delete_collection(self, collection_name: str) -> bool:
        if not self.do_collection_exists(collection_name):
            return False
        if collection := self._open.pop(collection_name, None):
            collection.close()
        left = self._directory / f"{collection_name}{DROPPED}"
        (self._directory / collection_name).rename(left)
        self._write_aliases({alias: name for alias, name in self._aliases().items() if name != collection_name})
        shutil.rmtree(left)
        return True

    def do_get_aliases(self) -> Any:
        named = self._aliases().items()
        return {"aliases": [{"alias_name": alias, "collection_name": name} for alias, name in named]}

    def do_update_collection_aliases(self, change_aliases_operations: list[dict[str, Any]]) -> bool:
        aliases = self._aliases()
        for operation in change_aliases_operations:
            if deleted := operation.get("delete_alias"):
                aliases.pop(deleted["alias_name"], None)
            if created := operation.get("create_alias"):
                aliases[created["alias_name"]] = created["collection_name"]
        self._write_aliases(aliases)
        return True

    def do_create_payload_index(self, collection_name: str, field_name: str, field_schema: str, **_: Any) -> Any:
        self._collection(collection_name).create_index(field_name, field_schema)
        return DONE

    # Points

    def do_upsert(
        self,
        collection_name: str,
        points: list[dict[str, Any]],
        update_filter: dict[str, Any] | None = None,
        update_mode: str | None = None,
        **_: Any,
    ) -> Any:
        condition = filter_of(update_filter) if update_filter else None
        self._collection(collection_name).upsert([point_of(one) for one in points], condition, MODES[update_mode])
        return DONE

    def do_delete(self, collection_name: str, points_selector: dict[str, Any], **_: Any) -> Any:
        collection = self._collection(collection_name)
        if "points" in points_selector:
            collection.delete([id_of(one) for one in points_selector["points"]])
        else:
            collection.delete_where(filter_of(points_selector["filter"]))
        return DONE

    def do_retrieve(
        self, collection_name: str, ids: list[Any], with_payload: Any = True, with_vectors: Any = False, **_: Any
    ) -> Any:
        wanted = [id_of(one) for one in ids]
        found = self._collection(collection_name).shard.retrieve(wanted, with_payload, with_vectors)
        return [json_of(record) for record in found]

    def do_scroll(
        self,
        collection_name: str,
        limit: int = 10,
        offset: Any = None,
        with_payload: Any = True,
        with_vectors: Any = False,
        **_: Any,
    ) -> Any:
        request = edge.ScrollRequest(
            offset=None if offset is None else id_of(offset),
            limit=limit,
            with_payload=with_payload,
            with_vector=with_vectors,
        )
        records, following = self._collection(collection_name).shard.scroll(request)
        return {
            "points": [json_of(record) for record in records],
            "next": None if following is None else json_id(following),
        }

    def do_query_points(
        self,
        collection_name: str,
        query: Any,
        using: str | None = None,
        query_filter: dict[str, Any] | None = None,
        limit: int = 10,
        score_threshold: float | None = None,
        with_payload: Any = True,
        **_: Any,
    ) -> Any:
        request = edge.QueryRequest(
            limit=limit,
            query=edge.Query.Nearest(vector_of(query), using),
            filter=filter_of(query_filter) if query_filter else None,
            score_threshold=score_threshold,
            with_payload=with_payload,
            with_vector=False,
        )
        found = self._collection(self._aliases().get(collection_name, collection_name)).shard.query(request)
        return {"points": [json_of(point) | {"score": point.score} for point in found]}

    def do_count(self, collection_name: str, **_: Any) -> Any:
        return {"count": self._collection(collection_name).shard.count(edge.CountRequest(exact=True))}

    def _collection(self, name: str) -> Collection:
        """Return a collection, and open it on first use."""
        if name not in self._open:
            if not self.do_collection_exists(name):
                raise Refused(f"there is no collection {name}")
            self._open[name] = Collection(self._directory / name)
        return self._open[name]

    def _aliases(self) -> dict[str, str]:
        try:
            named: dict[str, str] = json.loads((self._directory / "aliases.json").read_bytes())
        except FileNotFoundError:
            return {}
        return named

    def _write_aliases(self, aliases: Mapping[str, str]) -> None:
        if aliases != self._aliases():
            write_whole(self._directory / "aliases.json", aliases)
