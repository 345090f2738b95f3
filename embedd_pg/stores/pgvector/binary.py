"""PostgreSQL's binary formats of vectors and points, so that the server parses no text."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

from embedd_pg.stores.base import Point, StoreTable, check_vectors, metadata_json, storable_text

#: The columns, in the order of the fields below.
COLUMNS = ("pk_value", "embedding", "embedded_text", "metadata", "token", "text_hash", "metadata_hash", "truncated")

_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_END = struct.pack("!h", -1)
_FIELDS = struct.pack("!h", len(COLUMNS))
_NULL = struct.pack("!i", -1)
#: A jsonb value is sent as its text after a version.
_JSONB_VERSION = b"\x01"
_BOOLEAN = {value: struct.pack("!i?", 1, value) for value in (False, True)}
_length = struct.Struct("!i").pack


def encode_copy(table: StoreTable, token: int, points: Sequence[Point]) -> bytes:
    """Return the complete data of a COPY of these points. Raise StoreError for an unusable vector."""
    given = [point.vector for point in points if point.vector is not None and not table.chunked]
    size = 4 * table.dimensions
    vectors = check_vectors(table, given).astype(">f4").tobytes()
    # Length of the field, then of the vector, then two unused bytes.
    vector_header = struct.pack("!ihh", 4 + size, table.dimensions, 0)
    stamp = struct.pack("!iq", 8, token)
    parts, place = [_HEADER], 0
    for point in points:
        key, text = point.key.encode(), storable_text(point.text).encode()
        metadata = metadata_json(table, point)
        text_hash, metadata_hash = point.text_hash.encode(), point.metadata_hash.encode()
        parts += (_FIELDS, _length(len(key)), key)
        if point.vector is None or table.chunked:
            parts.append(_NULL)
        else:
            parts += (vector_header, vectors[place : place + size])
            place += size
        parts += (
            _length(len(text)),
            text,
            _length(len(metadata) + 1),
            _JSONB_VERSION,
            metadata,
            stamp,
            _length(len(text_hash)),
            text_hash,
            _length(len(metadata_hash)),
            metadata_hash,
            _BOOLEAN[point.truncated],
        )
    parts.append(_END)
    return b"".join(parts)


class Binary(bytes):
    """A value in PostgreSQL's binary format. The cast in the statement gives its type."""


class BinaryDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return bytes(obj)


def binary_vector(vector: NDArray[np.float32]) -> bytes:
    return struct.pack("!hh", len(vector), 0) + vector.astype(">f4").tobytes()


def binary_vectors(oid: int, vectors: Sequence[NDArray[np.float32] | None]) -> Binary:
    """Return a one-dimensional array of vectors in PostgreSQL's binary format."""
    parts = [struct.pack("!iiIii", 1, 1, oid, len(vectors), 1)]
    for vector in vectors:
        if vector is None:
            parts.append(struct.pack("!i", -1))
        else:
            binary = binary_vector(vector)
            parts += [struct.pack("!i", len(binary)), binary]
    return Binary(b"".join(parts))
