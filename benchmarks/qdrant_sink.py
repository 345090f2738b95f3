"""A Qdrant server that keeps nothing but the number of points and the first ten of them, so that the cost of a writer
or of a reader stands alone: each search finds these ten.

    python -m benchmarks.qdrant_sink --port 16333

It speaks as much of Qdrant's REST API as a first backfill and searches need.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from typing import Any

import uvicorn

VERSION = "1.19.0"
DONE = {"operation_id": 1, "status": "completed"}
HNSW = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000}
OPTIMIZERS = {
    "deleted_threshold": 0.2,
    "vacuum_min_vector_number": 1000,
    "default_segment_number": 0,
    "flush_interval_sec": 5,
}


class Sink:
    """An ASGI application and the requested collections."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Any]] = {}
        self.points = Counter[str]()
        #: The answer to each search of a collection.
        self.found: dict[str, bytes] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = [], True
        while more:
            message = await receive()
            body.append(message.get("body", b""))
            more = message.get("more_body", False)
        content = self.found.get(scope["path"])
        if content is None:
            content = json.dumps(self._answer(scope["method"], scope["path"], b"".join(body))).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: str, body: bytes) -> Any:
        if path == "/":
            return {"title": "qdrant - vector search engine", "version": VERSION, "commit": ""}
        return {"result": self._result(method, path, body), "status": "ok", "time": 0.0}

    def _result(self, method: str, path: str, body: bytes) -> Any:
        known = re.fullmatch(r"/collections/([^/]+)(/.*)?", path)
        if not known:
            names = [{"name": name} for name in self.collections]
            return {"collections": names, "aliases": []} if method == "GET" else True
        name, below = known[1], known[2] or ""
        if below == "/exists":
            return {"exists": name in self.collections}
        if method == "PUT" and not below:
            self.collections[name] = json.loads(body)
            return True
        if method == "GET" and not below:
            return self._info(name)
        return self._points_result(method, name, below, body) if below else True

    def _points_result(self, method: str, name: str, below: str, body: bytes) -> Any:
        if method == "PUT" and below == "/points":
            self.points[name] += body.count(b'"payload":')  # once in each point
            if (path := f"/collections/{name}/points/query") not in self.found:
                first = [
                    {"id": point["id"], "version": 1, "score": 0.9 - place / 100, "payload": point["payload"]}
                    for place, point in enumerate(json.loads(body)["points"][:10])
                ]
                self.found[path] = json.dumps({"result": {"points": first}, "status": "ok", "time": 0.0}).encode()
        results: dict[str, Any] = {
            "/points/scroll": {"points": [], "next_page_offset": None},
            "/points/count": {"count": self.points[name]},
        }
        return results.get(below, [] if (method, below) == ("POST", "/points") else DONE)

    def _info(self, name: str) -> Any:
        asked = self.collections[name]
        params = {"vectors": asked["vectors"], "sparse_vectors": asked.get("sparse_vectors")}
        config = {"params": params, "hnsw_config": HNSW, "optimizer_config": OPTIMIZERS}
        return {
            "status": "green",
            "optimizer_status": "ok",
            "segments_count": 1,
            "payload_schema": {},
            "config": config,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="A Qdrant server that keeps nothing.")
    parser.add_argument("--port", type=int, default=16333)
    arguments = parser.parse_args()
    uvicorn.run(Sink(), port=arguments.port, lifespan="off", log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
