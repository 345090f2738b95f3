"""The wire formats of the vendors' rerankers, on the server side.

The relevance is unrelated to the similarity of vectors, so that a result shows whether it was reranked.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from tests.support.vendor_wire import Fault, tokens_of


@dataclass(frozen=True)
class RerankQuestion:
    """A request as a vendor understands it. `wrong` is the status of a request that the vendor would refuse."""

    vendor: str
    query: str
    texts: list[str]
    limit: int | None
    wrong: int = 0


def relevance_of(query: str, text: str) -> float:
    """Return the stub's relevance, 0 to 1."""
    return zlib.crc32(f"{query}\0{text}".encode()) / 2**32


def question(body: dict[str, Any]) -> RerankQuestion:
    """Parse a request. Two vendors share a path: Voyage counts `top_k`, Jina `top_n`."""
    query, texts = body["query"], body["documents"]
    if "return_documents" in body:
        known = set(body) <= {"model", "query", "documents", "top_n", "return_documents"}
        wrong = not known or _tokens(query, texts) > 131_072
        return RerankQuestion("jina", query, texts, body.get("top_n"), 422 if wrong else 0)
    known = set(body) <= {"model", "query", "documents", "top_k", "truncation"}
    wrong = not known or len(texts) > 1000 or _tokens(query, texts) > 600_000
    return RerankQuestion("voyage", query, texts, body.get("top_k"), 400 if wrong else 0)


def cohere_question(body: dict[str, Any]) -> RerankQuestion:
    known = set(body) <= {"model", "query", "documents", "top_n", "max_tokens_per_doc"}
    wrong = not known or len(body["documents"]) > 10_000
    return RerankQuestion("cohere", body["query"], body["documents"], body.get("top_n"), 400 if wrong else 0)


def reply(asked: RerankQuestion, fault: Fault) -> Response:
    """Return the most relevant first, in the vendor's form. `spoil` may also be null, text or huge, for scores."""
    if fault.spoil == "garbage":
        return Response(b'{"nothing": [', media_type="application/json")
    items = [
        {"index": index, "relevance_score": relevance_of(asked.query, text)} for index, text in enumerate(asked.texts)
    ]
    items.sort(key=lambda item: item["relevance_score"], reverse=True)
    items = _spoilt(items[: asked.limit], fault.spoil)
    if asked.vendor == "cohere":
        billed = {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}}
        content: dict[str, Any] = {"id": "0", "results": items, "meta": billed}
    else:
        named = {"voyage": "data", "jina": "results"}[asked.vendor]
        content = {"object": "list", named: items, "model": "m", "usage": {"total_tokens": "@"}}
    counted = fault.tokens or str(counted_of(asked.query, asked.texts))
    text = json.dumps(content).replace('"@"', counted)  # a NaN is written as vendors' servers write it
    return Response(text, media_type="application/json")


def counted_of(query: str, texts: Sequence[str]) -> int:
    """Return the token count in a reply, if the vendor counts tokens."""
    return tokens_of([query] * len(texts) + [*texts])


def _tokens(query: str, texts: Sequence[str]) -> int:
    return (len(query) * len(texts) + sum(map(len, texts))) // 4


_SCORES: dict[str, Any] = {"nan": float("nan"), "null": None, "text": "0.5", "huge": 10**400, "true": True}


def _spoilt(items: list[dict[str, Any]], spoil: str) -> list[dict[str, Any]]:
    if spoil in _SCORES:
        items[0]["relevance_score"] = _SCORES[spoil]
    elif spoil == "short":
        items = items[:-1]
    elif spoil == "duplicate":
        items[-1] = items[0]
    elif spoil == "one-more":
        items.append(items[0])
    elif spoil == "odd-index":
        items.append(items[0] | {"index": "0"})
    elif spoil == "beyond":
        items[0]["index"] = len(items)
    elif spoil == "no-index":
        del items[0]["index"]
    elif spoil == "shuffled":
        random.Random(len(items)).shuffle(items)
    return items
