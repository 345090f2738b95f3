"""Requests over plain HTTP, for vendors and servers that need no SDK: no redirects, no proxy from the environment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import orjson

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.address import target_of
from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.transport import ReplyTooLarge, ReplyUnreadable, Transport
from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.targets import TargetRefused

#: What an answer that is not 2xx means, by its status, headers and body (empty if that is no JSON object).
Refusal = Callable[[EmbedderConfig, int, Mapping[str, str], Mapping[str, Any]], EmbeddingProviderError]


class HttpCarrier:
    """Carrier over one pool of connections; the key travels in the embedder's header."""

    def __init__(self, config: EmbedderConfig, refusal: Refusal, *, needs_key: bool, target: str | None = None) -> None:
        self._config = config
        self._refusal = refusal
        self._target = target or target_of(config)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if needs_key or config.api_key:
            self._headers[config.header] = config.prefix + reply.key_of(config)
        # The client above it would look after cookies, redirects and proxies, which take as long as the rest.
        self._transport = Transport(config.targets, tls=not self._target.startswith("http://"))

    async def close(self) -> None:
        await self._transport.aclose()

    async def post(self, body: dict[str, Any], config: EmbedderConfig | None = None) -> bytes:
        """`config` is named in failures, if it is another than the one this was opened for."""
        config = config or self._config
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await self._sent(orjson.dumps(body))
            if answer.is_success:
                return answer.content
            failure = self._refusal(config, answer.status_code, answer.headers, _object(answer.content))
        except (TimeoutError, httpx.TimeoutException):
            failure = reply.unreachable(config, timed_out=True)
        except (httpx.HTTPError, httpx.InvalidURL, TargetRefused, ReplyTooLarge, ReplyUnreadable) as error:
            failure = reply.failure(config, error)
        raise failure  # out here it has no context

    async def _sent(self, content: bytes) -> httpx.Response:
        request = httpx.Request("POST", self._target, headers=self._headers, content=content, extensions=reply.TIMEOUTS)
        answer: httpx.Response = await self._transport.handle_async_request(request)
        return answer


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = orjson.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
