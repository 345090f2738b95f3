"""A Qdrant server over REST."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import orjson

from embedd_pg.stores.qdrant.engine import Answered, require_version
from embedd_pg.stores.qdrant.http import Client

#: The port of an address without one.
PORT = 6333
#: Method and path of each operation. `{}` is the collection.
OPERATIONS = {
    "get_collections": ("GET", "/collections"),
    "get_aliases": ("GET", "/aliases"),
    "update_collection_aliases": ("POST", "/collections/aliases"),
    "collection_exists": ("GET", "/collections/{}/exists"),
    "get_collection": ("GET", "/collections/{}"),
    "create_collection": ("PUT", "/collections/{}"),
    "update_collection": ("PATCH", "/collections/{}"),
    "delete_collection": ("DELETE", "/collections/{}"),
    "create_payload_index": ("PUT", "/collections/{}/index"),
    "upsert": ("PUT", "/collections/{}/points"),
    "delete": ("POST", "/collections/{}/points/delete"),
    "retrieve": ("POST", "/collections/{}/points"),
    "scroll": ("POST", "/collections/{}/points/scroll"),
    "query_points": ("POST", "/collections/{}/points/query"),
    "count": ("POST", "/collections/{}/points/count"),
}


#: Statuses with which a proxy answers for a server that is away. With any other the server itself has answered.
GATEWAY = (502, 503, 504)


class RestEngine:
    """A server. Its version is checked before the first call, and again when it was away, because it may have been
    replaced. `timeout` bounds a whole call, in seconds."""

    local = False

    def __init__(self, url: str, *, api_key: str | None, trust: ssl.SSLContext | None, timeout: float) -> None:
        """Raise ValueError if address or key is malformed."""
        self._address = address_of(url if "://" in url else f"{'https' if api_key else 'http'}://{url}")
        self._client = Client(self._address, {"api-key": api_key} if api_key else {}, trust)
        self._timeout = timeout
        self._checked = False

    async def call(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        method, path = OPERATIONS[operation]
        path = path.format(quote(collection, safe="")) + (f"?{urlencode(parameters)}" if parameters else "")
        content = b"" if body is None else orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        try:
            async with asyncio.timeout(self._timeout):
                if not self._checked:
                    require_version((await self._answer("GET", "/", b""))["version"])
                    self._checked = True
                answer = await self._answer(method, path, content)
        except Exception as error:
            if not isinstance(error, Answered) or error.status in GATEWAY:
                self._checked = False
            raise
        return answer["result"]

    async def _answer(self, method: str, path: str, content: bytes) -> Any:
        status, answer = await self._client.ask(method, self._address.path + path, content)
        if not 200 <= status < 300:
            raise Answered(status, answer)
        return orjson.loads(answer)

    async def close(self) -> None:
        await self._client.close()


def address_of(url: str) -> SplitResult:
    """Return the address below which the paths of operations are, with a port. Raise ValueError if it is malformed."""
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("the address is none of http or https")
    host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
    return SplitResult(address.scheme, f"{host}:{address.port or PORT}", address.path.rstrip("/"), "", "")
