"""Requests to one HTTP server over connections that stay open, through aiohttp."""

from __future__ import annotations

import ssl
from io import BytesIO
from urllib.parse import SplitResult

import aiohttp
from yarl import URL

#: The seconds for which an unused connection stays open: fewer than the five after which a server closes it.
IDLE = 3.0
#: The bytes from which a body is sent in parts, so that other tasks run meanwhile.
LARGE = 2**20


class Client:
    """A client of the server at an address, which may be behind the proxy that HTTPS_PROXY or HTTP_PROXY names."""

    def __init__(self, address: SplitResult, headers: dict[str, str], trust: ssl.SSLContext | None) -> None:
        """Raise ValueError if a header is malformed."""
        if any(not value.isascii() or not value.isprintable() for value in headers.values()):
            raise ValueError("a header has characters that it cannot have")
        self._root = f"{address.scheme}://{address.netloc}"
        self._headers = {"content-type": "application/json", "user-agent": "embedd-pg", **headers}
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        """Send a request, and return status and body of the answer. Raise OSError if there is none.

        aiohttp repeats a GET, PUT or DELETE once if the server closed a connection that was used before.
        """
        url = URL(self._root + path, encoded=True)
        body = BytesIO(content) if len(content) > LARGE else content or None
        try:
            async with self._opened().request(method, url, data=body, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error) or type(error).__name__) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Return the session, made at the first request because it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._trust or True, limit=0, keepalive_timeout=IDLE),
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                # The caller bounds the time of a whole call.
                timeout=aiohttp.ClientTimeout(),
                trust_env=True,
            )
        return self._session
