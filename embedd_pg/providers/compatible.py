"""Any other server that speaks OpenAI's protocol, at an address of the user's own: plain HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson

from embedd_pg.providers import reply
from embedd_pg.providers.base import EmbedderConfig, Limits
from embedd_pg.providers.catalogue import address_of
from embedd_pg.providers.openai_protocol import OpenAIProtocol, refusal, target_of

reply.keep_texts_out_of_logs("httpx")

_TIMEOUTS = {"timeout": httpx.Timeout(reply.TOTAL_SECONDS, connect=reply.CONNECT_SECONDS).as_dict()}


class CompatibleProvider(OpenAIProtocol):
    """Provider over one pool of HTTP connections; no redirects, no proxy from the environment."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        super().__init__(config, limits)
        address = address_of("openai", config.base_url)
        assert address is not None
        self._target = target_of(config, address)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if config.api_key:
            self._headers[config.header] = config.prefix + reply.key_of(config)
        # The client above it would look after cookies, redirects and proxies, which take as long as the rest.
        self._transport = httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100), trust_env=False
        )

    async def close(self) -> None:
        await self._transport.aclose()

    async def _post(self, body: dict[str, Any]) -> bytes:
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await self._sent(orjson.dumps(body))
            if answer.is_success:
                return answer.content
            failure = refusal(self._config, answer.status_code, answer.headers, _error_of(answer.content))
        except (TimeoutError, httpx.TimeoutException):
            failure = reply.unreachable(self._config, timed_out=True)
        except (httpx.HTTPError, httpx.InvalidURL):
            failure = reply.unreachable(self._config)
        raise failure  # out here it has no context

    async def _sent(self, content: bytes) -> httpx.Response:
        request = httpx.Request("POST", self._target, headers=self._headers, content=content, extensions=_TIMEOUTS)
        answer = await self._transport.handle_async_request(request)
        try:
            await answer.aread()
        finally:
            await answer.aclose()
        return answer


def _error_of(content: bytes) -> Any:
    """The error object of a refusal, if the server sends one."""
    try:
        body = orjson.loads(content)
    except ValueError:
        return None
    return body.get("error", body) if isinstance(body, dict) else None
