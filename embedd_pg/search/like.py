"""The vectors that callers search by instead of a text: those of rows (`like`), or a vector of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.errors import StoreError, ValidationError
from embedd_pg.generation import Generation
from embedd_pg.stores.base import check_vector

#: The square of the length below which a vector has no direction.
NO_LENGTH = 1e-10


@dataclass(frozen=True, slots=True)
class Like:
    """The keys of rows to search by, as embedd_internal.check_like() returns them."""

    positive: Sequence[str]
    negative: Sequence[str]


async def like_vector(clients: Clients, generation: Generation, like: Like) -> NDArray[np.float32]:
    """Return the vector of a search by rows. Raise ValidationError if one of them has no vector in the store."""
    keys = [*like.positive, *like.negative]
    store = await clients.store(generation)
    vectors = await store.vectors(generation.store.table, keys)
    missing = [key for key in keys if key not in vectors]
    vector = None if missing else mean_direction(like, vectors)
    if vector is None:
        await clients.database.value("refuse_like", p_missing=missing)
    assert vector is not None
    return vector


def mean_direction(like: Like, vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """Return twice the mean of the positive rows less the mean of the negative ones; None if that has no direction.

    `vectors` has a matrix for each key, with a row for each passage. Every vector counts with length 1; that of a text
    of several passages is the mean of theirs. embedd_internal.like_vector() computes the same in SQL.
    """

    def mean(keys: Sequence[str]) -> NDArray[np.float64]:
        rows = [_unit(np.mean([_unit(passage) for passage in vectors[key]], axis=0)) for key in keys]
        middle: NDArray[np.float64] = np.mean(rows, axis=0)
        return middle

    vector = 2 * mean(like.positive)
    if like.negative:
        vector = vector - mean(like.negative)
    return None if float(vector @ vector) < NO_LENGTH else vector.astype(np.float32)


def given_vector(generation: Generation, numbers: Sequence[float]) -> NDArray[np.float32]:
    """Return the vector of a caller, checked. Raise ValidationError if the table cannot be searched by it."""
    table = generation.store.table
    if len(numbers) != table.dimensions:
        raise ValidationError(
            f"query_vector must have {table.dimensions} numbers.",
            resolution=f"Embed the query with the model {generation.embedding.model}.",
        )
    with np.errstate(over="ignore"):
        vector = np.array(numbers, np.float32)
    try:
        return check_vector(table, vector)
    except StoreError as error:
        raise ValidationError(
            "query_vector has no direction: its length is zero or out of range.",
            resolution=f"Embed the query with the model {generation.embedding.model}.",
        ) from error


def _unit(vector: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    vector = vector.astype(np.float64)
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
