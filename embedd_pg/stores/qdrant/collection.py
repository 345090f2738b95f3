"""The layout of Qdrant collections, from the settings of the vector table and of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.qdrant.filter import INDEXES, order_path, path
from embedd_pg.stores.qdrant.payload import floats, times

#: Strict mode refuses searches over unindexed payload fields. It allows writes by such filters: those of embedd name
#: their points, so the server examines no others, and `prune` filters by indexed fields. An index on text hashes, which
#: are all different, would only cost memory.
STRICT = {"enabled": True, "unindexed_filtering_retrieve": False, "unindexed_filtering_update": True}

_QUANTIZED = {
    "scalar": {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}},
    "binary": {"binary": {"always_ram": True}},
}
#: The oversampling factor: quantized vectors find so many times the points requested, and whole vectors rank them.
_OVERSAMPLING = {"scalar": 2.0, "binary": 4.0}


def layout(table: StoreTable, defaults: Mapping[str, int]) -> dict[str, Any]:
    """Return the description of a new collection, except that of its vectors.

    A setting in neither the table nor `defaults` is left to the server. By default, a write must reach a majority of
    the replicas.
    """
    own = table.settings
    chosen: dict[str, Any] = {**defaults, **own}
    if "replication_factor" in own and "write_consistency_factor" not in own:
        chosen.pop("write_consistency_factor", None)  # the default is for another number of replicas
    if "replication_factor" in chosen:
        chosen.setdefault("write_consistency_factor", majority(int(chosen["replication_factor"])))
    made = {
        name: int(chosen[name])
        for name in ("shard_number", "replication_factor", "write_consistency_factor")
        if name in chosen
    } | {name: own[name] for name in ("on_disk_payload",) if name in own}
    if quantized := _QUANTIZED.get(own.get("quantization", "none")):
        made["quantization_config"] = quantized
    if hnsw := own.get("hnsw_config"):
        made["hnsw_config"] = hnsw
    return made


def majority(replicas: int) -> int:
    return replicas // 2 + 1


def search_params(table: StoreTable) -> dict[str, Any] | None:
    """Return the parameters for a quantized collection: oversample, then rank by whole vectors, to keep the quality."""
    factor = _OVERSAMPLING.get(table.settings.get("quantization", "none"))
    if factor is None:
        return None
    return {"quantization": {"rescore": True, "oversampling": factor}}


def indexes(table: StoreTable) -> dict[str, Any]:
    """Return the payload indexes by path: all fields by which searches and `prune` filter."""
    own: dict[str, Any] = {"_e.v": "integer", "_e.dead": "bool"}
    own |= {order_path(name): "integer" for name in floats(table) + times(table)}
    return own | {path(name): INDEXES[type_] for name, type_ in table.fields.items()}


def lacks_strict_mode(config: Mapping[str, Any]) -> bool:
    """Return whether strict mode was never set, or refuses embedd's writes, as a hosted server's default may.

    Settings that an operator chose are left unchanged.
    """
    found = config.get("strict_mode_config")
    if found is None or found.get("unindexed_filtering_retrieve") is None:
        return True
    return bool(found.get("enabled")) and found.get("unindexed_filtering_update") is False
