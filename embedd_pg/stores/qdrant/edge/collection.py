"""A collection in a directory of its own: a shard of Qdrant's engine, and the description of its contents."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from embedd_pg.stores.qdrant.edge.convert import config_of, index_of
from embedd_pg.stores.qdrant.edge.disk import Log, sync_directory, sync_tree, write_whole
from embedd_pg.stores.qdrant.edge.rewrite import Rewrite

DESCRIPTION = "collection.json"
#: Written points after which the shard is flushed although more are being written: a flush keeps requests waiting for a
#: tenth of a second. A killed process leaves about so many to be replayed from the log, 20,000 a second.
FLUSHED = 5_000
#: The file with the number of points written since the shard began. It only decides when the shard is written anew, so
#: it may be lost.
WRITES = "writes"
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
        self.shard = edge.EdgeShard.load(str(directory / self._described["shard"]), config_of(self.layout))
        self.log = Log(directory / self._described["shard"])
        self._rewrite: Rewrite | None = None
        self._writes = _number(directory / WRITES)
        self._unflushed = self._seen = 0
        self._closed = False

    @classmethod
    def create(cls, directory: Path, layout: Mapping[str, Any]) -> Collection:
        """Create a collection from the body of create_collection."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        edge.EdgeShard.create(str(directory / "shard-1"), config_of(layout)).close()
        sync_tree(directory)
        sync_directory(directory.parent)
        # The description is written last: without it, the collection does not exist.
        kept = {name: layout[name] for name in ("vectors", "sparse_vectors")}
        write_whole(directory / DESCRIPTION, {"layout": kept, "indexes": {}, "shard": "shard-1"})
        return cls(directory)

    @property
    def layout(self) -> dict[str, Any]:
        made: dict[str, Any] = self._described["layout"]
        return made

    def create_index(self, path: str, schema: Any) -> None:
        if self._described["indexes"].get(path) == schema:
            return
        for shard in self._shards():
            shard.update(index_of(path, schema))
        self.log.wrote()
        self.log.sync_at_once()  # what the description names must exist
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
        self.log.wrote()
        self._unflushed += 1

    async def upkeep(self) -> bool:
        """Continue to write the shard anew, and return whether that goes on. Flush it otherwise."""
        if self._rewrite is not None:
            if self._rewrite.step():
                await self._replace(self._rewrite.new)
        elif self._is_due():
            await self._sync(self._described["shard"])
            self.flush()
            if not self._closed and self._writes > 2 * self.shard.info().points_count + ENOUGH:
                self._begin_rewrite()
        return self._rewrite is not None

    def _is_due(self) -> bool:
        """Return whether to flush now: much was written, or nothing since the last look."""
        quiet, self._seen = self._seen == self._unflushed, self._unflushed
        return self._unflushed >= FLUSHED or (quiet and self._unflushed > 0)

    def flush(self) -> None:
        if self._unflushed and not self._closed:
            self.shard.flush()
            self.log.settle()
            (self._directory / WRITES).write_text(str(self._writes))
            self._unflushed = 0

    def close(self) -> None:
        self.flush()
        self._closed = True
        for shard in self._shards():
            shard.close()

    def _shards(self) -> list[edge.EdgeShard]:
        return [self.shard] if self._rewrite is None else [self.shard, self._rewrite.new]

    def _wrote(self, ids: Sequence[Any]) -> None:
        if self._rewrite is not None:
            self._rewrite.bring_over(ids)
        self.log.wrote()
        self._writes += len(ids)
        self._unflushed += len(ids)

    async def _sync(self, shard: str) -> None:
        """Write the files of a shard to the disk while requests are answered, so that its flush takes little time."""
        await asyncio.to_thread(sync_tree, self._directory / shard)

    def _begin_rewrite(self) -> None:
        path = self._directory / self._following()
        shutil.rmtree(path, ignore_errors=True)
        new = edge.EdgeShard.create(str(path), config_of(self.layout))
        for where, schema in self._described["indexes"].items():
            new.update(index_of(where, schema))
        self._writes = 0
        self._rewrite = Rewrite(self.shard, new)

    async def _replace(self, new: edge.EdgeShard) -> None:
        former = self._described["shard"]
        await self._sync(self._following())
        await self._sync(former)
        if self._closed:
            return
        new.flush()
        sync_tree(self._directory / self._following())
        self.log.settle()
        old = self.shard
        self._describe(shard=self._following())
        self.shard, self._rewrite = new, None
        self.log = Log(self._directory / self._described["shard"])
        old.close()
        await asyncio.to_thread(shutil.rmtree, self._directory / former, ignore_errors=True)

    def _following(self) -> str:
        return f"shard-{int(self._described['shard'].removeprefix('shard-')) + 1}"

    def _describe(self, **changes: Any) -> None:
        self._described |= changes
        write_whole(self._directory / DESCRIPTION, self._described)


def _number(path: Path) -> int:
    """Return the number in a file, or 0 if there is none."""
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0
