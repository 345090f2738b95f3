"""What a search in SQL needs of a worker, as embedd_internal.search_need() says: the vector of a text, or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.search import search, vector_of_query


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made, and the generation that it was made with."""

    generation_id: int
    vector: NDArray[np.float32] | None = None
    answer: dict[str, Any] | None = None


async def prepare(
    clients: Clients, vector_table: str, need: Mapping[str, Any], actor: Actor, *, co_located: bool
) -> Prepared:
    """Return what is needed. Raise what search() raises.

    Of rows whose vectors are in the same database (`co_located`) the answer has only keys and scores: the session reads
    the rows itself, with its own rights, and finds the best passages with the vector.
    """
    if "vector" in need:
        generation, vector = await vector_of_query(clients, vector_table, need["vector"], actor=actor)
        return Prepared(generation.id, vector)
    request = SearchRequest.parse(need["answer"])
    found = await search(clients, vector_table, request, actor=actor)
    if not co_located:
        return Prepared(found.generation.id, answer=found.as_json())
    answer = {"results": [{"id": hit.key, "score": hit.score} for hit in found.hits]}
    if not request.is_embedded:
        return Prepared(found.generation.id, answer=answer)
    generation, vector = await vector_of_query(clients, vector_table, request.text, actor=actor)
    return Prepared(generation.id, vector, answer)
