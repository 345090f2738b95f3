"""Filters of the list of embedders, in every spelling that published clients send them in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from embedd_api.goodmem.bodies import UUID_FORM, ProviderType
from embedd_pg.errors import ValidationError

_BRACKETS = re.compile(r"label\[(.*)\]", re.DOTALL)
#: What generated clients send for want of a name: the filters themselves are in its value.
_PLACEHOLDER = "label.*"


@dataclass(frozen=True, slots=True)
class EmbedderFilters:
    """Which embedders are asked for; labels all have to match."""

    owner_id: str | None = None
    provider_type: str | None = None
    labels: tuple[tuple[str, str], ...] = ()


def parse_filters(query: QueryParams) -> EmbedderFilters:
    """From `ownerId`, `providerType`, `label.KEY` and their other spellings. ValidationError."""
    pairs = query.multi_items()
    owner = next((value for name, value in pairs if name in ("ownerId", "owner_id")), None)
    provider = next((value for name, value in pairs if name in ("providerType", "provider_type")), None)
    if owner is not None and not re.fullmatch(UUID_FORM, owner):
        raise ValidationError("ownerId must be a UUID.")
    if provider is not None and provider not in get_args(ProviderType):
        raise ValidationError(f"providerType must be one of {', '.join(get_args(ProviderType))}.")
    labels = []
    for name, value in pairs:
        if name == _PLACEHOLDER:
            labels += _inside(value)
        elif (key := _label(name)) is not None:
            labels.append((key, value))
    if any(not key or "\x00" in key + value for key, value in labels):
        raise ValidationError("A label filter must be written label.KEY=VALUE or label[KEY]=VALUE.")
    return EmbedderFilters(owner, provider, tuple(labels))


def _label(name: str) -> str | None:
    """The key of a label filter: everything behind the first `label.`, or what is in the brackets."""
    if name.startswith("label."):
        return name.removeprefix("label.")
    found = _BRACKETS.fullmatch(name)
    return found[1] if found else None


def _inside(value: str) -> list[tuple[str, str]]:
    """The filters in the value of the placeholder: `[?]label.K=V&label.K2=V2`."""
    pairs = parse_qsl(value.removeprefix("?"), keep_blank_values=True)
    found = [(key, inner) for name, inner in pairs if (key := _label(name)) is not None and name != _PLACEHOLDER]
    if value.strip() and not found:
        raise ValidationError("label.* must hold label.KEY=VALUE.")
    return found
