"""Searches in tests."""

from __future__ import annotations

from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.search import SearchResult
from embedd_pg.search.search import search as carry_out


async def search(clients: Clients, vector_table: str, query: str | None = None, **fields: Any) -> SearchResult:
    """Return the rows of a vector table that match best; `fields` are those of SearchRequest."""
    return await carry_out(clients, vector_table, SearchRequest(query, **fields))
