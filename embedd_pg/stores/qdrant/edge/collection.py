"""A collection in a directory of its own: a shard of Qdrant's engine, and the description of its contents."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from embedd_pg.stores.qdrant.edge.convert import config_of, index_of
from embedd_pg.stores.qdrant.edge.rewrite import Rewrite

DESCRIPTION = "collection.json"
#: Written points after which the shard is flushed. A killed process leaves at most so many to be replayed from the log,
#: some thousands a second.
FLUSHED = 2_000
#: Written points, beyond twice the number of points, after which the shard is written anew.
ENOUGH = 10_000


class Collection:
    """An open collection. The description names the shard in use; any other one is incomplete or obsolete."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._described: dict[str, Any] = json.loads((directory / DESCRIPTION).read_bytes())
        for path in directory.glob("shard-*"):
            if path.name != self._described["shard"]:
                shutil.rmtree(path)
        self.shard = edge.EdgeShard.load(str(directory / self._described["shard"]))
        self._rewrite: Rewrite | None = None
        self._unflushed = 0

    @classmethod
    def create(cls, directory: Path, layout: Mapping[str, Any]) -> Collection:
        """Create a collection with the arguments of create_collection()."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        edge.EdgeShard.create(str(directory / "shard-1"), config_of(layout)).close()
        # The description is written last: without it, the collection does not exist.
        write_whole(directory / DESCRIPTION, {"layout": layout, "indexes": {}, "shard": "shard-1", "writes": 0})
        return cls(directory)

    @property
    def layout(self) -> dict[str, Any]:
        made: dict[str, Any] = self._described["layout"]
        return made

    def create_index(self, path: str, schema: str) -> None:
        if self._described["indexes"].get(path) == schema:
            return
        for shard in self._shards():
            shard.update(index_of(path, schema))
        self._describe(indexes=self._described["indexes"] | {path: schema})

    def upsert(self, points: Sequence[edge.Point], condition: edge.Filter | None, mode: edge.UpdateMode) -> None:
        self.shard.update(edge.UpdateOperation.upsert_points(list(points), condition, mode))
        self._wrote([point.id for point in points])

    def delete(self, ids: Sequence[Any]) -> None:
        self.shard.update(edge.UpdateOperation.delete_points(list(ids)))
        self._wrote(ids)

    def delete_where(self, condition: edge.Filter) -> None:
        for shard in self._shards():
            shard.update(edge.UpdateOperation.delete_points_by_filter(condition))
        self._unflushed += 1

    def upkeep(self) -> bool:
        """Continue to write the shard anew, and return whether that goes on. Flush it otherwise."""
        if self._rewrite is None:
            self._flush()
        elif self._rewrite.step():
            self._replace(self._rewrite.new)
        return self._rewrite is not None

    def close(self) -> None:
        self._flush()
        for shard in self._shards():
            shard.close()

    def _shards(self) -> list[edge.EdgeShard]:
        return [self.shard] if self._rewrite is None else [self.shard, self._rewrite.new]

    def _wrote(self, ids: Sequence[Any]) -> None:
        if self._rewrite is not None:
            self._rewrite.bring_over(ids)
        self._described["writes"] += len(ids)
        self._unflushed += len(ids)
        if self._unflushed >= FLUSHED:
            self._flush()
            if self._rewrite is None and self._described["writes"] > 2 * self.shard.info().points_count + ENOUGH:
                self._begin_rewrite()

    def _flush(self) -> None:
        if self._unflushed:
            self.shard.flush()
            self._describe()
            self._unflushed = 0

    def _begin_rewrite(self) -> None:
        path = self._directory / self._following()
        shutil.rmtree(path, ignore_errors=True)
        new = edge.EdgeShard.create(str(path), config_of(self.layout))
        for where, schema in self._described["indexes"].items():
            new.update(index_of(where, schema))
        self._described["writes"] = 0
        self._rewrite = Rewrite(self.shard, new)

    def _replace(self, new: edge.EdgeShard) -> None:
        new.flush()
        old, path = self.shard, self._directory / self._described["shard"]
        self._describe(shard=self._following())
        self.shard, self._rewrite = new, None
        old.close()
        shutil.rmtree(path)

    def _following(self) -> str:
        return f"shard-{int(self._described['shard'].removeprefix('shard-')) + 1}"

    def _describe(self, **changes: Any) -> None:
        self._described |= changes
        write_whole(self._directory / DESCRIPTION, self._described)


def write_whole(path: Path, content: Any) -> None:
    """Replace a file with the JSON of `content`, in one step that also survives a power failure."""
    with (new := path.with_suffix(".new")).open("w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
