"""Vectors of earlier releases, which kept them by the Qdrant client's local mode: they are copied once, without a call
to a provider."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedd_pg.stores.qdrant.edge.disk import sync_directory, sync_tree
from embedd_pg.stores.qdrant.edge.shards import Shards

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

PAGE = 500
#: The files of the client in a directory. The last one is what makes it a directory of an earlier release.
FILES = (".lock", "collection", "meta.json")
#: The start of the name of the directory that keeps them after that.
KEPT = "earlier-release-"


def take_over(directory: Path, shards: Path) -> None:
    """Copy the collections of an earlier release, if the directory has any, to the new directory `shards`.

    The function may be interrupted at any moment: `shards` appears when it is complete, and the old files are kept.
    """
    if not (directory / "meta.json").exists():
        return
    if not shards.exists():
        _copy_all(directory, unfinished := directory / "shards.new")
        sync_tree(unfinished)
        unfinished.rename(shards)
        sync_directory(directory)
    kept = next(path for n in count(1) if not (path := directory / f"{KEPT}{n}").exists())
    kept.mkdir()
    for name in FILES:
        if (directory / name).exists():
            (directory / name).rename(kept / name)


def _copy_all(directory: Path, new: Path) -> None:
    # The import takes a second, and few starts need it.
    from qdrant_client import QdrantClient

    shutil.rmtree(new, ignore_errors=True)
    shards, client = Shards(new), QdrantClient(path=str(directory))
    try:
        for described in client.get_collections().collections:
            _copy(client, shards, described.name)
        aliases = [{"create_alias": alias.model_dump()} for alias in client.get_aliases().aliases]
        shards.do_update_collection_aliases({"actions": aliases})
    finally:
        client.close()
        shards.close()


def _copy(client: QdrantClient, shards: Shards, name: str) -> None:
    params = client.get_collection(name).config.params
    vectors = params.model_dump(mode="json", exclude_none=True)["vectors"]
    sparse: dict[str, Any] = {words: {} for words in params.sparse_vectors or {}}
    shards.do_create_collection(name, {"vectors": vectors, "sparse_vectors": sparse})
    offset = None
    while True:
        records, offset = client.scroll(name, limit=PAGE, offset=offset, with_payload=True, with_vectors=True)
        points = [record.model_dump(mode="json", include={"id", "payload", "vector"}) for record in records]
        for point in points:
            vector = point["vector"] or {}
            point["vector"] = vector if isinstance(vector, dict) else {"": vector}
        if points:
            shards.do_upsert(name, {"points": points})
            shards.flush()
        if offset is None:
            return
