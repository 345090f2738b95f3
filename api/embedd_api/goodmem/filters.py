"""Filters of the list of embedders, in every spelling that published clients send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from embedd_api.goodmem.bodies import UUID_FORM, ProviderType
from embedd_pg.errors import ValidationError

_BRACKETS = re.compile(r"label\[(.*)\]", re.DOTALL)
#: The literal parameter name that generated clients send; its value holds the filters.
_PLACEHOLDER = "label.*"


@dataclass(frozen=True, slots=True)
class EmbedderFilters:
    """The requested embedders; all labels must match."""

    owner_id: str | None = None
    provider_type: str | None = None
    labels: tuple[tuple[str, str], ...] = ()


def parse_filters(query: QueryParams) -> EmbedderFilters:
    """Read `ownerId`, `providerType`, `label.KEY` and their other spellings. Raise ValidationError for invalid ones."""
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
            labels += _parse_placeholder(value)
        elif (key := _label(name)) is not None:
            labels.append((key, value))
    if any(not key or "\x00" in key + value for key, value in labels):
        raise ValidationError("A label filter must be written label.KEY=VALUE or label[KEY]=VALUE.")
    return EmbedderFilters(owner, provider, tuple(labels))


def _label(name: str) -> str | None:
    """Return the key of a label filter: the text after the first `label.`, or in the brackets. None for other names."""
    if name.startswith("label."):
        return name.removeprefix("label.")
    found = _BRACKETS.fullmatch(name)
    return found[1] if found else None


def _parse_placeholder(value: str) -> list[tuple[str, str]]:
    """Return the filters in the value of the placeholder: `[?]label.K=V&label.K2=V2`."""
    pairs = parse_qsl(value.removeprefix("?"), keep_blank_values=True)
    found = [(key, inner) for name, inner in pairs if (key := _label(name)) is not None and name != _PLACEHOLDER]
    if value.strip() and not found:
        raise ValidationError("label.* must hold label.KEY=VALUE.")
    return found
