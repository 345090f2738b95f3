"""A client of the REST API, which searches while everything breaks, through a pooler like some workers."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

from embedd_api.app import create_app
from embedd_pg.clients import Clients
from embedd_pg.resources import access
from tests.chaos.writers import WORDS

#: What the API may answer while database, store or provider are away.
UNAVAILABLE = {"database_unavailable", "vector_store_error", "embedding_provider_error"}


@dataclass
class Client:
    """A client with a key."""

    app: Starlette
    key: str
    vector_table: str
    answers: Counter[str] = field(default_factory=Counter)

    async def run(self, stop: asyncio.Event) -> None:
        for word in itertools.cycle(WORDS):
            if stop.is_set():
                return
            await self.search(word)
            await asyncio.sleep(0.1)

    async def search(self, word: str) -> list[dict[str, Any]] | None:
        """Return the rows found; None if the API says in a declared way that it cannot answer."""
        transport = httpx.ASGITransport(app=self.app)
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=headers) as http:
            path = f"/v1/vector-tables/{self.vector_table}/query"
            answer = await http.post(path, json={"query": word, "limit": 100}, timeout=60)
        body = answer.json()
        if answer.status_code == 200:
            self.answers["found"] += 1
            found: list[dict[str, Any]] = body["results"]
            return found
        assert body["error"]["code"] in UNAVAILABLE, f"searching for {word}: {answer.status_code} {body}"
        self.answers[body["error"]["code"]] += 1
        return None


async def make_client(clients: Clients, vector_table: str) -> Client:
    """Return a client of an API that uses `clients`."""
    made = await access.create_api_key(clients.database, name="chaos")
    return Client(create_app(clients), made.key, vector_table)
