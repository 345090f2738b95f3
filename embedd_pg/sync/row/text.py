"""The text and metadata of a row, made without I/O (contract, section 3.3; sync protocol, section 6)."""

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

#: The separator between the parts of a text. It must not change, because it is part of every text hash.
SEPARATOR = "\n"
#: Types that are stored unchanged. Strings of PostgreSQL hold neither NUL nor lone surrogates.
_PLAIN = frozenset({str, int, float, bool})
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A row ready to be stored: its text (empty: nothing to embed), its metadata, and hashes that reveal changes."""

    text: str
    text_hash: str
    metadata: Mapping[str, Any]
    #: The metadata as JSON, in the form that is hashed.
    metadata_json: bytes
    metadata_hash: str
    source_hash: str | None
    truncated: bool


def compose(layout: Layout, row: SourceRow, *, fingerprint: bytes, max_tokens: int) -> Document:
    """Return the document of a row: parts in order, each after its prefix. NULL and blank values are left out."""
    parts = [
        column.prefix + value
        for column, value in zip(layout.text, row.texts, strict=True)
        if value is not None and value.strip()
    ]
    whole = _usable(SEPARATOR.join(parts))
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
    """Return the point of a row. `vector` has shape (dimensions,), or (passages, dimensions) with passages."""
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
    """Yield (start, end) of each request, so that each stays within the provider's limits of items and tokens."""
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        size = estimate_tokens(text)
        if position > start and (position - start >= limits.max_items or tokens + size > limits.max_tokens):
            yield start, position
            start, tokens = position, 0
        tokens += size
    if start < len(texts):
        yield start, len(texts)


def _usable(text: str) -> str:
    """Return the text without NUL and lone surrogates. ASCII has none of the latter, and Python knows whether a text is
    ASCII, so that most texts need no search by the expression, which takes 10 ms a megabyte."""
    return text if text.isascii() and "\0" not in text else _UNUSABLE.sub("", text)


def _present(value: Any) -> bool:
    """Return False for NULL, NaN and infinity, which are not stored (contract, section 3.7)."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _storable(value: Any) -> Any:
    """Return a value that a store accepts. Embedded columns may hold any JSON, configured ones only plain types."""
    return value if type(value) in _PLAIN else storable(value)


def _canonical(metadata: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted names, so that equal metadata gives equal bytes."""
    try:
        return orjson.dumps(metadata, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # orjson refuses integers beyond 64 bits and lone surrogates. They are rare, so the slower module handles them.
        return json.dumps(metadata, sort_keys=True, default=str).encode()


def _digest(salt: bytes, data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16, key=salt).hexdigest()
