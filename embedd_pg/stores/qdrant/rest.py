"""A Qdrant server over REST."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import orjson

from embedd_pg.stores.qdrant.engine import Answered, require_version

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
#: Connections that stay open, and the seconds for which they do: fewer than the five after which a server closes them.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=3)


class RestEngine:
    """A server. Its version is checked before the first call, and again after a failure, because the server may have
    been replaced. `timeout` bounds a whole call, in seconds."""

    local = False

    def __init__(self, url: str, *, api_key: str | None, trust: ssl.SSLContext | None, timeout: float) -> None:
        """Raise ValueError if address or key is malformed."""
        self._root = root_of(url if "://" in url else f"{'https' if api_key else 'http'}://{url}")
        headers = {"content-type": "application/json"} | ({"api-key": api_key} if api_key else {})
        # Certificates take time to load, and without TLS nobody looks at them.
        verify = (trust or True) if self._root.startswith("https:") else False
        self._client = httpx.AsyncClient(headers=headers, verify=verify, limits=LIMITS, timeout=timeout)
        self._timeout = timeout
        self._checked = False

    async def call(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        method, path = OPERATIONS[operation]
        content = None if body is None else orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        try:
            async with asyncio.timeout(self._timeout):
                if not self._checked:
                    require_version((await self._answer("GET", "/", None, {}))["version"])
                    self._checked = True
                answer = await self._answer(method, path.format(quote(collection, safe="")), content, parameters)
        except Exception:
            self._checked = False
            raise
        return answer["result"]

    async def _answer(self, method: str, path: str, content: bytes | None, parameters: Mapping[str, str]) -> Any:
        response = await self._client.request(method, self._root + path, content=content, params=parameters or None)
        if not response.is_success:
            raise Answered(response.status_code, response.content)
        return orjson.loads(response.content)

    async def close(self) -> None:
        await self._client.aclose()


def root_of(url: str) -> str:
    """Return the address below which the paths of operations are. Raise ValueError if it is malformed."""
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("the address is none of http or https")
    host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
    return f"{address.scheme}://{host}:{address.port or PORT}{address.path.rstrip('/')}"
