"""Requests over plain HTTP, for vendors and servers that need no SDK. They use no redirects and no proxy."""

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

#: Turns a status other than 2xx, with headers and body (empty unless a JSON object), into an error.
Refusal = Callable[[EmbedderConfig, int, Mapping[str, str], Mapping[str, Any]], EmbeddingProviderError]


class HttpCarrier:
    """A carrier over one pool of connections. The key is sent in the embedder's header."""

    def __init__(self, config: EmbedderConfig, refusal: Refusal, *, needs_key: bool, target: str | None = None) -> None:
        self._config = config
        self._refusal = refusal
        self._target = target or target_of(config)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if needs_key or config.api_key:
            self._headers[config.header] = config.prefix + reply.key_of(config)
        # Use the transport alone: cookies, redirects and proxies of a client would double the time of a request.
        self._transport = Transport(config.targets, tls=not self._target.startswith("http://"))

    async def close(self) -> None:
        await self._transport.aclose()

    async def post(self, body: dict[str, Any], config: EmbedderConfig | None = None) -> bytes:
        """Post a body and return the reply. Errors name the provider of `config` if it is given."""
        config = config or self._config
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await self._send(orjson.dumps(body))
            if answer.is_success:
                return answer.content
            failure = self._refusal(config, answer.status_code, answer.headers, _object(answer.content))
        except (TimeoutError, httpx.TimeoutException):
            failure = reply.unreachable(config, timed_out=True)
        except (httpx.HTTPError, httpx.InvalidURL, TargetRefused, ReplyTooLarge, ReplyUnreadable) as error:
            failure = reply.failure(config, error)
        raise failure  # outside the handlers it has no context

    async def _send(self, content: bytes) -> httpx.Response:
        request = httpx.Request("POST", self._target, headers=self._headers, content=content, extensions=reply.TIMEOUTS)
        answer: httpx.Response = await self._transport.handle_async_request(request)
        return answer


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = orjson.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
