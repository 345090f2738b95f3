"""OpenAI, and any server that speaks its embeddings protocol at an address of the user's own.

The size is asked for (`dimensions`) from the text-embedding-3 family, never from ada-002, which refuses the
field. Other models live on compatible servers, many of which refuse it too: they are sent it only once a reply
has come in another size than configured, since the model may be one that can shorten its vectors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import openai
import orjson

from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.providers import reply
from embedd_pg.providers.base import (
    EmbedderConfig,
    InputKind,
    InputRefused,
    Limits,
    ProviderMisconfigured,
    Vectors,
)
from embedd_pg.providers.catalogue import address_of

_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_CONFIGURATION_CODES = frozenset({"model_not_found", "invalid_api_key", "unsupported_parameter"})
_CONFIGURATION_PARAMETERS = frozenset({"model", "dimensions", "encoding_format"})

reply.keep_texts_out_of_logs("openai")


class OpenAIProvider:
    """Provider over AsyncOpenAI; the SDK's own retries are off, retrying is the sync protocol's business."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        address = address_of("openai", config.base_url)
        # A server at an own address may need no key, but must never get the one in the SDK's environment.
        key = reply.key_of(config) if config.api_key or not address else "none"
        self._config = config
        self.limits = limits
        self._ask_size = config.model.startswith("text-embedding-3")
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=address,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=openai.Timeout(reply.TOTAL_SECONDS, connect=reply.CONNECT_SECONDS),
                trust_env=False,
                follow_redirects=False,
                event_hooks={"request": [_as_configured(config, address)]},
            ),
        )

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Vectors:
        """`kind` makes no difference to these models."""
        if not texts:
            return np.zeros((0, self._config.dimensions), np.float32)
        found = await self._request(texts)
        may_ask = not self._ask_size and "ada-002" not in self._config.model
        if may_ask and reply.all_of_another_size(self._config, found):
            found = await self._request_sized(texts)
        return reply.checked(self._config, found)

    async def close(self) -> None:
        await self._client.close()

    async def _request_sized(self, texts: Sequence[str]) -> list[Vectors | None]:
        try:
            found = await self._request(texts, sized=True)
        except InputRefused as refused:
            raise ProviderMisconfigured(refused.message) from None
        self._ask_size = not reply.all_of_another_size(self._config, found)
        return found

    async def _request(self, texts: Sequence[str], *, sized: bool = False) -> list[Vectors | None]:
        options: dict[str, Any] = {"dimensions": self._config.dimensions} if sized or self._ask_size else {}
        reply.check_unicode(self._config, texts)
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                # Not embeddings.create(), which looks at each text several times to see whether it is a model's field.
                answer = await self._client.post(
                    "/embeddings",
                    cast_to=bytes,
                    body={"input": list(texts), "model": self._config.model, "encoding_format": "base64", **options},
                )
            return reply.placed(self._config, _items(orjson.loads(answer)), len(texts))
        except (TimeoutError, openai.APITimeoutError):
            failure = reply.unreachable(self._config, timed_out=True)
        except openai.APIStatusError as error:
            failure = _refusal(self._config, error)
        except openai.APIConnectionError:
            failure = reply.unreachable(self._config)
        except (openai.OpenAIError, ValueError):
            failure = reply.unreadable(self._config)
        # Raised out here, the failure has neither cause nor context: no traceback prints the vendor's text.
        raise failure


def _as_configured(config: EmbedderConfig, address: str | None) -> Callable[[Any], Awaitable[None]]:
    """A hook that gives each request the path and the header of its embedder, where they are not the SDK's own."""
    target = f"{address.rstrip('/')}{config.path}" if address and config.path not in (None, "/embeddings") else None
    usual = config.header.lower() == "authorization" and config.prefix == "Bearer "

    async def change(request: Any) -> None:
        if target is not None:
            request.url = type(request.url)(target)
        if config.api_key and not usual:
            del request.headers["Authorization"]
            request.headers[config.header] = config.prefix + config.api_key

    return change


def _items(body: Any) -> list[tuple[Any, Any]]:
    """(index, vector) pairs; some compatible servers leave the index out and answer in order."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise ValueError("no list of embeddings")
    return [(item.get("index", position), item.get("embedding")) for position, item in enumerate(data)]


def _refusal(config: EmbedderConfig, error: openai.APIStatusError) -> EmbeddingProviderError:
    codes = {str(error.code), str(error.type)}  # a compatible server may put anything there
    return reply.refusal(
        config,
        error.status_code,
        headers=error.response.headers,
        quota=bool(codes & _QUOTA_CODES),
        misconfigured=str(error.param) in _CONFIGURATION_PARAMETERS or bool(codes & _CONFIGURATION_CODES),
    )
