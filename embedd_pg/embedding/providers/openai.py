"""OpenAI's own models, through OpenAI's SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import openai

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.address import address_of, target_of
from embedd_pg.embedding.providers.base import EmbedderConfig, Limits
from embedd_pg.embedding.providers.openai_protocol import OpenAIProtocol, asks_size, refusal
from embedd_pg.embedding.providers.transport import ReplyTooLarge, ReplyUnreadable, Transport, library_of
from embedd_pg.targets import TargetRefused

reply.keep_texts_out_of_logs("openai")


class OpenAIProvider(OpenAIProtocol):
    """A provider over the SDK."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        super().__init__(config, limits, _SdkCarrier(config), asks_size=asks_size(config.model))


class _SdkCarrier:
    """A carrier over AsyncOpenAI, with the SDK's retries switched off."""

    def __init__(self, config: EmbedderConfig) -> None:
        self._config = config
        address = address_of("openai", config.base_url)
        # A server at a user's address may need no key, but must never get the one in the environment.
        key = reply.key_of(config) if config.api_key or not address else "none"
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=address,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=openai.Timeout(reply.TOTAL_SECONDS, connect=reply.CONNECT_SECONDS),
                trust_env=False,
                follow_redirects=False,
                transport=cast(
                    Any,
                    Transport(
                        config.targets,
                        tls=not (address or "").startswith("http://"),
                        library=library_of(openai.DefaultAsyncHttpxClient),
                    ),
                ),
                event_hooks={"request": [_as_configured(config, address)]},
            ),
        )

    async def close(self) -> None:
        await self._client.close()

    async def post(self, body: dict[str, Any]) -> bytes:
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                # embeddings.create() would inspect each text several times for fields of a model.
                return await self._client.post("/embeddings", cast_to=bytes, body=body)
        except (TimeoutError, openai.APITimeoutError):
            failure = reply.unreachable(self._config, timed_out=True)
        except openai.APIStatusError as error:
            named = {"code": error.code, "type": error.type, "param": error.param}
            failure = refusal(self._config, error.status_code, error.response.headers, named)
        except (openai.APIConnectionError, TargetRefused, ReplyTooLarge, ReplyUnreadable) as error:
            failure = reply.failure(self._config, error)
        except (openai.OpenAIError, ValueError):
            failure = reply.unreadable(self._config)
        raise failure  # outside the handlers it has no context


def _as_configured(config: EmbedderConfig, address: str | None) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that sets the path and the header of the embedder on each request, where the SDK's differ."""
    target = target_of(config) if address and config.path not in (None, "/embeddings") else None
    usual = config.header.lower() == "authorization" and config.prefix == "Bearer "

    async def change(request: Any) -> None:
        if target is not None:
            request.url = type(request.url)(target)
        if config.api_key and not usual:
            del request.headers["Authorization"]
            request.headers[config.header] = config.prefix + config.api_key

    return change
