"""Requests to Voyage AI, whatever is asked of it.

They go through the SDK's resource classes, not through its AsyncClient: the client drops the `index` of
each vector, turns them into lists of Python floats and opens a new connection for every request. It also
retries (its `max_retries` counts attempts); the resource classes do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import voyageai
from voyageai import error as voyage_error
from voyageai.api_resources import Embedding, Reranking

from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.providers import reply
from embedd_pg.providers.address import address_of
from embedd_pg.providers.base import EmbedderConfig, ProviderMisconfigured

T = TypeVar("T")

# Given types here, as the package has none.
Create = Callable[..., Awaitable[Any]]
embed: Create = Embedding.acreate
rerank: Create = Reranking.acreate
_status_error: Callable[..., voyage_error.VoyageError] = voyage_error.APIError

reply.keep_texts_out_of_logs("voyage")


class VoyageSession:
    """One session for all requests of an embedder. ProviderMisconfigured if its key or address cannot be used."""

    def __init__(self, config: EmbedderConfig) -> None:
        self._options: dict[str, Any] = {
            "api_key": reply.key_of(config),
            "base_url": _without_slash(_base(config)),
            "request_timeout": (reply.CONNECT_SECONDS, reply.TOTAL_SECONDS),
        }
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, config: EmbedderConfig, create: Create, read: Callable[[Any], T], /, **body: Any) -> T:
        """What `read` makes of the reply; `config` is named in failures, which are EmbeddingProviderErrors."""
        failure: Exception
        lent = voyageai.aiosession.set(self._opened())
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await create(**body, **self._options)
            return read(answer)
        except (TimeoutError, voyage_error.Timeout):
            failure = reply.unreachable(config, timed_out=True)
        except voyage_error.APIConnectionError:
            failure = reply.unreachable(config)
        except voyage_error.VoyageError as error:
            failure = _refusal(config, error)
        except aiohttp.ClientError:
            failure = reply.unreachable(config)
        except (ValueError, KeyError, TypeError, AttributeError):
            failure = reply.unreadable(config)
        finally:
            voyageai.aiosession.reset(lent)
        # Raised out here, the failure has neither cause nor context: no traceback prints the vendor's text.
        raise failure

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Opened where a loop runs; the SDK takes it from `aiosession`."""
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_redirect.append(_refuse_redirect)
            self._session = aiohttp.ClientSession(trust_env=False, trace_configs=[tracing])
        return self._session


async def _refuse_redirect(_session: Any, _context: Any, redirect: aiohttp.TraceRequestRedirectParams) -> None:
    """Redirects are not followed: the next address was never checked."""
    raise _status_error(http_status=redirect.response.status)


def _base(config: EmbedderConfig) -> str | None:
    """The address up to /embeddings, in place of which the SDK puts what is asked for. It sends the key as a bearer
    key and in no other way."""
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
