"""How a collection is made in Qdrant, from what its vector table and the installation ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_client import models

from embedd_pg.filters.tree import FieldType
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.qdrant.filter import path

INDEXES = {
    FieldType.KEYWORD: models.PayloadSchemaType.KEYWORD,
    FieldType.INTEGER: models.PayloadSchemaType.INTEGER,
    FieldType.FLOAT: models.PayloadSchemaType.FLOAT,
    FieldType.BOOLEAN: models.PayloadSchemaType.BOOL,
}

#: No search may walk over all payloads: whatever is filtered by has an index. Writes by filter are left alone: but for
#: `prune`, whose fields have one, each of ours names its points, so that the server looks at no others. An index of
#: text hashes, each another, would only cost memory.
STRICT = models.StrictModeConfig(enabled=True, unindexed_filtering_retrieve=False, unindexed_filtering_update=True)

_QUANTIZED = {
    "scalar": models.ScalarQuantization(
        scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, quantile=0.99, always_ram=True)
    ),
    "binary": models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True)),
}
#: How many times as many points as asked for are found by the small vectors, to be ranked by the whole ones.
_OVERSAMPLING = {"scalar": 2.0, "binary": 4.0}


def layout(table: StoreTable, defaults: Mapping[str, int]) -> dict[str, Any]:
    """What create_collection() is told beside the vectors. What neither the table nor `defaults` says is left to the
    server; the replicas that must have taken a write are a majority unless somebody says otherwise."""
    own = table.settings
    chosen: dict[str, Any] = {**defaults, **own}
    if "replication_factor" in own and "write_consistency_factor" not in own:
        chosen.pop("write_consistency_factor", None)  # it was said of another number of replicas
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
        made["hnsw_config"] = models.HnswConfigDiff(**hnsw)
    return made


def majority(replicas: int) -> int:
    return replicas // 2 + 1


def search_params(table: StoreTable) -> models.SearchParams | None:
    """How a quantized collection is searched without losing quality: more are found, and ranked by whole vectors."""
    factor = _OVERSAMPLING.get(table.settings.get("quantization", "none"))
    if factor is None:
        return None
    return models.SearchParams(quantization=models.QuantizationSearchParams(rescore=True, oversampling=factor))


def indexes(table: StoreTable) -> dict[str, models.PayloadSchemaType]:
    """The payload indexes of a collection, by path: all that searches and `prune` filter by."""
    kinds = {"_e.v": FieldType.INTEGER, "_e.dead": FieldType.BOOLEAN}
    kinds |= {path(name): kind for name, kind in table.fields.items()}
    return {name: INDEXES[kind] for name, kind in kinds.items()}


def lacks_strict_mode(config: models.CollectionConfig) -> bool:
    """Whether strict mode was never set, or keeps our own writes out, as the default of a hosted server may. An
    operator who set it otherwise or switched it off is left alone."""
    found = config.strict_mode_config
    if found is None or found.unindexed_filtering_retrieve is None:
        return True
    return bool(found.enabled) and found.unindexed_filtering_update is False
