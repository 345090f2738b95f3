"""Voyage AI.

Requests go through the SDK's resource class, not through its AsyncClient: the client drops the `index` of
each vector, turns them into lists of Python floats and opens a new connection for every request. It also
retries (its `max_retries` counts attempts); the resource class does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import voyageai
from voyageai import error as voyage_error
from voyageai.api_resources import Embedding

from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.providers import reply
from embedd_pg.providers.address import address_of
from embedd_pg.providers.base import Embedded, EmbedderConfig, InputKind, Limits, ProviderMisconfigured, Vectors

# Given types here, as the package has none.
_create: Callable[..., Awaitable[Any]] = Embedding.acreate
_status_error: Callable[..., voyage_error.VoyageError] = voyage_error.APIError

reply.keep_texts_out_of_logs("voyage")


class VoyageProvider:
    """Provider over the voyageai package; the size is always asked for, as the vendor's defaults differ."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        self._config = config
        self.limits = limits
        self._options: dict[str, Any] = {
            "model": config.model,
            # Cutting long texts is the text composer's decision, which flags it; here it would go unseen.
            "truncation": False,
            "output_dtype": "float",
            "output_dimension": config.dimensions,
            "encoding_format": "base64",
            "api_key": reply.key_of(config),
            "base_url": _without_slash(_base(config)),
            "request_timeout": (reply.CONNECT_SECONDS, reply.TOTAL_SECONDS),
        }
        self._session: aiohttp.ClientSession | None = None

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        if not texts:
            return reply.embedded(self._config, [], None)
        answer, found = await self._request(texts, kind)
        return reply.embedded(self._config, found, reply.counted(answer, "usage.total_tokens"))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _request(self, texts: Sequence[str], kind: InputKind) -> tuple[Any, list[Vectors | None]]:
        reply.check_unicode(self._config, texts)
        failure: Exception
        lent = voyageai.aiosession.set(self._open_session())
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await _create(input=list(texts), input_type=kind, **self._options)
            items = [(item["index"], item["embedding"]) for item in answer["data"]]
            return answer, reply.placed(self._config, items, len(texts))
        except (TimeoutError, voyage_error.Timeout):
            failure = reply.unreachable(self._config, timed_out=True)
        except voyage_error.APIConnectionError:
            failure = reply.unreachable(self._config)
        except voyage_error.VoyageError as error:
            failure = _refusal(self._config, error)
        except aiohttp.ClientError:
            failure = reply.unreachable(self._config)
        except (ValueError, KeyError, TypeError, AttributeError):
            failure = reply.unreadable(self._config)
        finally:
            voyageai.aiosession.reset(lent)
        # Raised out here, the failure has neither cause nor context: no traceback prints the vendor's text.
        raise failure

    def _open_session(self) -> aiohttp.ClientSession:
        """One session for all requests, opened where a loop runs; the SDK takes it from `aiosession`."""
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_redirect.append(_refuse_redirect)
            self._session = aiohttp.ClientSession(trust_env=False, trace_configs=[tracing])
        return self._session


async def _refuse_redirect(_session: Any, _context: Any, redirect: aiohttp.TraceRequestRedirectParams) -> None:
    """Redirects are not followed: the next address was never checked."""
    raise _status_error(http_status=redirect.response.status)


def _base(config: EmbedderConfig) -> str | None:
    """The address up to /embeddings, which the SDK adds. It sends the key as a bearer key and in no other way."""
    address, path = address_of("voyage", config.base_url), config.path or "/embeddings"
    if not path.endswith("/embeddings"):
        raise ProviderMisconfigured("The embedding provider voyage needs an apiPath that ends in /embeddings.")
    if config.header.lower() != "authorization" or config.prefix != "Bearer ":
        raise ProviderMisconfigured("The embedding provider voyage takes its key only as Authorization: Bearer.")
    return address + path.removesuffix("/embeddings") if address else None


def _without_slash(address: str | None) -> str | None:
    return address.rstrip("/") if address else None


def _refusal(config: EmbedderConfig, error: voyage_error.VoyageError) -> EmbeddingProviderError:
    if not isinstance(error.http_status, int) or error.http_status < 300:
        return reply.unreadable(config)
    return reply.refusal(config, error.http_status, headers=error.headers)
