"""Requests to Voyage AI, for embedding and reranking.

They use the SDK's resource classes, not its AsyncClient. The client drops the `index` of each vector, turns vectors
into lists of Python floats, and opens a new connection for every request. It also retries (its `max_retries` counts
attempts); the resource classes do not. They get embedd's own session, so that requests are sent like those to all other
providers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import voyageai
from voyageai import error as voyage_error
from voyageai.api_resources import Embedding, Reranking

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.address import address_of
from embedd_pg.embedding.providers.base import EmbedderConfig, ProviderMisconfigured
from embedd_pg.embedding.providers.transport import ReplyTooLarge, ReplyUnreadable, Transport
from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.targets import TargetRefused

T = TypeVar("T")

# The package has no types, so they are declared here.
Create = Callable[..., Awaitable[Any]]
embed: Create = Embedding.acreate
rerank: Create = Reranking.acreate
_status_error: Callable[..., voyage_error.VoyageError] = voyage_error.APIError
_lend: Callable[[Any], Any] = voyageai.aiosession.set

reply.keep_texts_out_of_logs("voyage")


class VoyageSession:
    """One session for all requests of an embedder. Raise ProviderMisconfigured if its key or address is unusable."""

    def __init__(self, config: EmbedderConfig) -> None:
        self._options: dict[str, Any] = {
            "api_key": reply.key_of(config),
            "base_url": _without_slash(_base(config)),
            "request_timeout": (reply.CONNECT_SECONDS, reply.TOTAL_SECONDS),
        }
        address = address_of("voyage", config.base_url)
        self._session = _Session(Transport(config.targets, tls=not (address or "").startswith("http://")))

    async def ask(self, config: EmbedderConfig, create: Create, read: Callable[[Any], T], /, **body: Any) -> T:
        """Return the result of `read` for the reply. Raise EmbeddingProviderError, which names `config`."""
        failure: Exception
        lent = _lend(self._session)
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await create(**body, **self._options)
            return read(answer)
        except (TimeoutError, httpx.TimeoutException):
            failure = reply.unreachable(config, timed_out=True)
        except (httpx.HTTPError, httpx.InvalidURL, TargetRefused, ReplyTooLarge, ReplyUnreadable) as error:
            failure = reply.failure(config, error)
        except voyage_error.VoyageError as error:
            failure = _refusal(config, error)
        except (ValueError, KeyError, TypeError, AttributeError):
            failure = reply.unreadable(config)
        finally:
            voyageai.aiosession.reset(lent)
        # Raised outside the handlers, the failure has neither cause nor context that would print the vendor's text.
        raise failure

    async def close(self) -> None:
        await self._session.transport.aclose()


class _Session:
    """The part of an aiohttp session that the SDK uses, over embedd's transport."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    async def request(self, *, method: str, url: str, headers: dict[str, str], data: bytes | str, **_: Any) -> _Answer:
        """Send a request. The SDK's proxy and timeouts are ignored; those of the transport apply."""
        request = httpx.Request(method.upper(), url, headers=headers, content=data, extensions=reply.TIMEOUTS)
        answer = await self.transport.handle_async_request(request)
        if answer.is_redirect:  # the SDK would read it as a reply
            raise _status_error(http_status=answer.status_code)
        return _Answer(answer)


class _Answer:
    """The part of an aiohttp response that the SDK uses, for a reply that is already read."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status, self.headers, self._content = answer.status_code, answer.headers, answer.content

    async def read(self) -> bytes:
        return self._content

    def release(self) -> None:
        """Do nothing: the connection is already free."""


def _base(config: EmbedderConfig) -> str | None:
    """Return the address without /embeddings, because the SDK appends the name of the resource.

    Raise ProviderMisconfigured for another path, or for a header other than the bearer key that the SDK sends.
    """
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
