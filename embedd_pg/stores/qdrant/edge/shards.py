"""All collections of a directory, with the operations of a Qdrant server. Bodies and results are JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from embedd_pg.stores.qdrant.edge.collection import DESCRIPTION, Collection
from embedd_pg.stores.qdrant.edge.convert import (
    MODES,
    WHOLE,
    filter_of,
    id_of,
    json_id,
    point_of,
    reader,
    vector_of,
)
from embedd_pg.stores.qdrant.edge.disk import sync_directory, write_whole

DONE = {"operation_id": 0, "status": "completed"}
#: Operations that the engine notes in its log. Others sync themselves.
LOGGED = ("upsert", "delete")
#: The suffix of the directory of a collection that is being removed.
DROPPED = ".dropped"

Body = Mapping[str, Any]


class Refused(Exception):
    """A request that cannot be carried out."""


class Shards:
    """The collections. One process has them open, and makes one call at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._open: dict[str, Collection] = {}
        directory.mkdir(parents=True, exist_ok=True)
        sync_directory(directory.parent)
        for path in directory.glob(f"*{DROPPED}"):
            shutil.rmtree(path)

    def call(self, operation: str, collection: str, body: Body | None) -> Any:
        """Carry out an operation, by the name of the method of Qdrant's client. Raise Refused if that is impossible."""
        carry_out: Callable[..., Any] | None = getattr(self, f"do_{operation}", None)
        if carry_out is None:
            raise Refused(f"there is no operation {operation}")
        return carry_out(*([collection] if collection else []), *([] if body is None else [body]))

    async def sync(self, name: str) -> None:
        """Return when the disk has all writes to a collection."""
        if collection := self._open.get(name):
            await collection.log.sync()

    async def upkeep(self) -> bool:
        """Flush what was written, and continue to write shards anew. Return whether there is such a shard."""
        return sum([await collection.upkeep() for collection in list(self._open.values())]) > 0

    def flush(self) -> None:
        for collection in self._open.values():
            collection.flush()

    def close(self) -> None:
        for collection in self._open.values():
            collection.close()
        self._open.clear()

    # Collections and aliases

    def do_get_collections(self) -> Any:
        return {"collections": [{"name": path.parent.name} for path in self._directory.glob(f"*/{DESCRIPTION}")]}

    def do_collection_exists(self, name: str) -> Any:
        return {"exists": self._exists(name)}

    def do_create_collection(self, name: str, body: Body) -> bool:
        if self._exists(name):
            raise Refused("the collection exists already")
        self._open[name] = Collection.create(self._directory / name, body)
        return True

    def do_get_collection(self, name: str) -> Any:
        return {"config": {"params": self._collection(name).layout}}

    def do_update_collection(self, name: str, _: Body) -> bool:
        return self._exists(name)  # the engine has none of the settings that may be changed

    def do_delete_collection(self, name: str) -> bool:
        if not self._exists(name):
            return False
        if collection := self._open.pop(name, None):
            collection.close()
        left = self._directory / f"{name}{DROPPED}"
        (self._directory / name).rename(left)
        sync_directory(self._directory)
        self._write_aliases({alias: named for alias, named in self._aliases().items() if named != name})
        shutil.rmtree(left)
        return True

    def do_get_aliases(self) -> Any:
        named = self._aliases().items()
        return {"aliases": [{"alias_name": alias, "collection_name": name} for alias, name in named]}

    def do_update_collection_aliases(self, body: Body) -> bool:
        aliases = self._aliases()
        for action in body["actions"]:
            if deleted := action.get("delete_alias"):
                aliases.pop(deleted["alias_name"], None)
            if created := action.get("create_alias"):
                aliases[created["alias_name"]] = created["collection_name"]
        self._write_aliases(aliases)
        return True

    def do_create_payload_index(self, name: str, body: Body) -> Any:
        self._collection(name).create_index(body["field_name"], body["field_schema"])
        return DONE

    # Points

    def do_upsert(self, name: str, body: Body) -> Any:
        condition = filter_of(body["update_filter"]) if body.get("update_filter") else None
        points = [point_of(one) for one in body["points"]]
        self._collection(name).upsert(points, condition, MODES[body.get("update_mode")])
        return DONE

    def do_delete(self, name: str, body: Body) -> Any:
        if "points" in body:
            self._collection(name).delete([id_of(one) for one in body["points"]])
        else:
            self._collection(name).delete_where(filter_of(body["filter"]))
        return DONE

    def do_retrieve(self, name: str, body: Body) -> Any:
        wanted, read = [id_of(one) for one in body["ids"]], reader(body.get("with_payload", True))
        found = self._collection(name).shard.retrieve(wanted, [WHOLE], body.get("with_vector", False))
        return [read(record) for record in found]

    def do_scroll(self, name: str, body: Body) -> Any:
        request = edge.ScrollRequest(
            offset=id_of(body["offset"]) if "offset" in body else None,
            limit=body["limit"],
            with_payload=[WHOLE],
            with_vector=body.get("with_vector", False),
        )
        records, following = self._collection(name).shard.scroll(request)
        read = reader(body.get("with_payload", True))
        return {
            "points": [read(record) for record in records],
            "next_page_offset": None if following is None else json_id(following),
        }

    def do_query_points(self, name: str, body: Body) -> Any:
        request = edge.QueryRequest(
            limit=body["limit"],
            query=edge.Query.Nearest(vector_of(body["query"]), body.get("using")),
            filter=filter_of(body["filter"]) if "filter" in body else None,
            score_threshold=body.get("score_threshold"),
            with_payload=[WHOLE],
            with_vector=False,
        )
        found = self._collection(self._named(name)).shard.query(request)
        read = reader(body.get("with_payload", True))
        return {"points": [read(point) | {"score": point.score} for point in found]}

    def do_count(self, name: str, _: Body) -> Any:
        return {"count": self._collection(name).shard.count(edge.CountRequest(exact=True))}

    def _exists(self, name: str) -> bool:
        return (self._directory / name / DESCRIPTION).exists()

    def _named(self, name: str) -> str:
        """Return the collection of a name, which may be an alias."""
        return name if name in self._open else self._aliases().get(name, name)

    def _collection(self, name: str) -> Collection:
        """Return a collection, and open it on first use."""
        if name not in self._open:
            if not self._exists(name):
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
