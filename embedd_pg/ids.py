"""Opaque ids with a type prefix, as in the API (contract, section 1.7)."""

from __future__ import annotations

import secrets
import uuid

#: Namespace of point ids: a key of a vector table always has the same point.
POINTS = uuid.UUID("6f1d7c0a-52a1-5c0e-9a43-0f2c53c35e6b")


def new_id(prefix: str) -> str:
    """Return `prefix_` with 32 hex digits: 128 random bits."""
    return f"{prefix}_{secrets.token_hex(16)}"


def point_id(vector_table_id: str, key: str) -> str:
    """Return the UUID of the point for the source row `key` of a vector table."""
    return str(uuid.uuid5(POINTS, f"{vector_table_id}/{key}"))
