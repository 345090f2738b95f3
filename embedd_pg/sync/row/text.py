"""What of a row is embedded and what is stored beside it; pure (contract, section 3.3; protocol, section 6)."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from embedd_pg.embedding.providers.base import Limits, Vectors
from embedd_pg.embedding.providers.tokens import estimate_tokens, truncate
from embedd_pg.sources.layout import Layout
from embedd_pg.sources.table import SourceRow
from embedd_pg.stores.base import Point, storable
from embedd_pg.sync.row.passages import Passages

#: Between the parts of a text. Fixed: it is part of every text hash.
SEPARATOR = "\n"
#: Types that are stored as they are. Strings of PostgreSQL hold neither NUL nor lone surrogates.
_PLAIN = frozenset({str, int, float, bool})
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A row made ready: its text (empty: nothing to embed), its metadata, and the hashes that tell changes."""

    text: str
    text_hash: str
    metadata: Mapping[str, Any]
    #: The same as JSON, in the form it is hashed in.
    metadata_json: bytes
    metadata_hash: str
    source_hash: str | None
    truncated: bool


def compose(layout: Layout, row: SourceRow, *, fingerprint: bytes, max_tokens: int) -> Document:
    """The document of a row: parts in order, each behind its prefix; NULL and blank values vanish with theirs."""
    parts = [
        column.prefix + value
        for column, value in zip(layout.text, row.texts, strict=True)
        if value is not None and value.strip()
    ]
    whole = _UNUSABLE.sub("", SEPARATOR.join(parts))
    text = truncate(whole, max_tokens)
    metadata = {name: _storable(value) for name, value in row.values.items() if _present(value)}
    encoded = _canonical(metadata)
    return Document(
        text=text,
        text_hash=_digest(fingerprint, text.encode()) if text else "",
        metadata=metadata,
        metadata_json=encoded,
        metadata_hash=_digest(b"", encoded),
        source_hash=row.hash,
        truncated=len(text) < len(whole),
    )


def point_of(key: str, document: Document, vector: Vectors | None, passages: Passages | None = None) -> Point:
    """What the store is to hold of a row; `vector` of shape (dimensions,), of passages (passages, dimensions)."""
    return Point(
        key=key,
        vector=vector,
        text=document.text,
        text_hash=document.text_hash,
        metadata_hash=document.metadata_hash,
        metadata=document.metadata,
        truncated=document.truncated or (passages is not None and passages.truncated),
        metadata_json=document.metadata_json,
        spans=passages.spans if passages else (),
    )


def request_sizes(texts: Sequence[str], limits: Limits) -> Iterator[tuple[int, int]]:
    """(start, end) of each request, so that every one stays within the provider's items and tokens."""
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        size = estimate_tokens(text)
        if position > start and (position - start >= limits.max_items or tokens + size > limits.max_tokens):
            yield start, position
            start, tokens = position, 0
        tokens += size
    if start < len(texts):
        yield start, len(texts)


def _present(value: Any) -> bool:
    """NULL is stored as absent, and so is what JSON numbers cannot say (contract, section 3.7)."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _storable(value: Any) -> Any:
    """Values of configured types are; what is embedded may be any JSON."""
    return value if type(value) in _PLAIN else storable(value)


def _canonical(metadata: Mapping[str, Any]) -> bytes:
    """JSON with sorted names: the same metadata always gives the same bytes."""
    try:
        return orjson.dumps(metadata, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # What that refuses (an integer beyond 64 bits, a lone surrogate) is rare and has a slower way.
        return json.dumps(metadata, sort_keys=True, default=str).encode()


def _digest(salt: bytes, data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16, key=salt).hexdigest()
