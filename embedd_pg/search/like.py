"""The vectors that callers search by instead of a text: those of rows (`like`), or a vector of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.errors import StoreError, ValidationError
from embedd_pg.generation import Generation
from embedd_pg.stores.base import check_vector


async def like_vector(clients: Clients, generation: Generation, like: Mapping[str, Any]) -> NDArray[np.float32]:
    """Return the vector of a search by rows. Raise ValidationError if one of them has no vector in the store."""
    store = await clients.store(generation)
    vectors = await store.vectors(generation.store.table, [*like["positive"], *like["negative"]])
    made = await clients.database.value(
        "mean_direction",
        p_like=json.dumps(like),
        p_keys=list(vectors),
        p_vectors=_array(_array(map("%.9g".__mod__, vector.tolist())) for vector in vectors.values()),
    )
    return np.array(made, np.float32)


def _array(elements: Iterable[str]) -> str:
    """Write an array of PostgreSQL. A list of Python takes several times as long to write."""
    return f"{{{','.join(elements)}}}"


def given_vector(generation: Generation, numbers: Sequence[float]) -> NDArray[np.float32]:
    """Return the vector of a caller, checked. Raise ValidationError if the table cannot be searched by it."""
    table = generation.store.table
    try:
        with np.errstate(over="ignore"):
            vector = np.array(numbers, np.float32)
    except (TypeError, ValueError):
        vector = np.empty(0, np.float32)
    if vector.shape != (table.dimensions,):
        raise ValidationError(
            f"query_vector must have {table.dimensions} numbers.",
            resolution=f"Embed the query with the model {generation.embedding.model}.",
        )
    try:
        return check_vector(table, vector)
    except StoreError as error:
        raise ValidationError(
            "query_vector has no direction: its length is zero or out of range.",
            resolution=f"Embed the query with the model {generation.embedding.model}.",
        ) from error
