"""Answers of GoodMem's face: names in camelCase, times in milliseconds, absent fields left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from embedd_api.goodmem.bodies import DistributionType, Labels, Modality, ProviderType, Uuid


class GoodmemShape(BaseModel):
    """The base class of GoodMem's answers."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class EmbedderResponse(GoodmemShape):
    embedder_id: Uuid
    display_name: str
    description: str | None = None
    provider_type: ProviderType
    endpoint_url: str
    api_path: str
    model_identifier: str
    dimensionality: int
    distribution_type: DistributionType
    max_sequence_length: int | None = None
    supported_modalities: list[Modality]
    labels: Labels
    version: str | None = None
    monitoring_endpoint: str | None = None
    owner_id: Uuid
    created_at: int
    updated_at: int
    created_by_id: Uuid
    updated_by_id: Uuid


class ListEmbeddersResponse(GoodmemShape):
    embedders: list[EmbedderResponse]


class GoodmemError(GoodmemShape):
    error: str
    message: str


def embedder_response(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer for a row of embedder_records()."""
    return {to_camel(name): _to_json(row[name]) for name in EmbedderResponse.model_fields if row[name] is not None}


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    return str(value) if isinstance(value, UUID) else value
