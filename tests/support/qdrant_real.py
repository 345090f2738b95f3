"""A real Qdrant server for tests, if EMBEDD_TEST_QDRANT_URL names one.

EMBEDD_TEST_QDRANT_API_KEY is its key, EMBEDD_TEST_QDRANT_CA_FILE has the certificates to trust, and gRPC is on port
EMBEDD_TEST_QDRANT_GRPC_PORT or 6334. The suites of the stores talk to it directly. All others reach it through
tests/support/qdrant_server.py, which then keeps nothing itself: it passes requests on, and goes on to script faults.
"""

from __future__ import annotations

import json
import os
import ssl
import uuid
from pathlib import Path
from typing import Any

import httpx

from tests.support.qdrant_engine import Refused

URL = os.environ.get("EMBEDD_TEST_QDRANT_URL")
GRPC_PORT = int(os.environ.get("EMBEDD_TEST_QDRANT_GRPC_PORT") or 6334)
API_KEY = os.environ.get("EMBEDD_TEST_QDRANT_API_KEY")
CA_FILE = Path(os.environ["EMBEDD_TEST_QDRANT_CA_FILE"]) if "EMBEDD_TEST_QDRANT_CA_FILE" in os.environ else None
#: Arguments of QdrantStore.server() besides the address.
OPTIONS: dict[str, Any] = {"api_key": API_KEY, "ca_file": CA_FILE}


class Namespace:
    """The collections and aliases of one test on the real server: its own, without the prefix that keeps them apart.
    With a directory they are the same each time."""

    def __init__(self, url: str, directory: Path | None = None) -> None:
        unique = uuid.uuid5(uuid.NAMESPACE_URL, str(directory.absolute())) if directory else uuid.uuid4()
        self._prefix = f"test_{unique.hex}_"
        verify: Any = ssl.create_default_context(cafile=CA_FILE) if CA_FILE else True
        headers = {"api-key": API_KEY} if API_KEY else {}
        self._client = httpx.Client(base_url=url, headers=headers, verify=verify, timeout=60, trust_env=False)

    def result(self, method: str, path: str, query: str, content: bytes) -> Any:
        """Return the result of a request, or raise Refused with the server's own words."""
        if path == "/collections/aliases":
            content = json.dumps(self._prefixed(json.loads(content))).encode()
        elif path.startswith("/collections/"):
            path = "/collections/" + self._prefix + path.removeprefix("/collections/")
        headers = {"content-type": "application/json"} if content else {}
        response = self._client.request(method, f"{path}?{query}", content=content, headers=headers)
        if response.status_code != 200:
            raise Refused(response.status_code, _words(response))
        result = response.json()["result"]
        if method == "GET" and path in ("/collections", "/aliases"):
            return {kind: self._mine(listed) for kind, listed in result.items()}
        return result

    def close(self, *, keep: bool = False) -> None:
        """Remove the objects of the test, unless they will be opened again under the same name."""
        for one in [] if keep else self.result("GET", "/collections", "", b"")["collections"]:
            self.result("DELETE", f"/collections/{one['name']}", "", b"")
        self._client.close()

    def _prefixed(self, body: Any) -> Any:
        """Return a change of aliases with the names that they have on the server."""
        if isinstance(body, list):
            return [self._prefixed(one) for one in body]
        if not isinstance(body, dict):
            return body
        return {
            name: self._prefix + value if name in ("collection_name", "alias_name") else self._prefixed(value)
            for name, value in body.items()
        }

    def _mine(self, listed: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return the collections or aliases of this test, without the prefix."""
        named = [one for one in listed if all(name.startswith(self._prefix) for name in one.values())]
        return [{kind: name.removeprefix(self._prefix) for kind, name in one.items()} for one in named]


def _words(response: httpx.Response) -> str:
    """Return the text of an error response, which is nearly always JSON."""
    try:
        return str(response.json()["status"]["error"])
    except (ValueError, TypeError, KeyError):
        return response.text
