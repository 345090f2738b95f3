"""Requests to Voyage AI, whatever is asked of it.

They go through the SDK's resource classes, not through its AsyncClient: the client drops the `index` of
each vector, turns them into lists of Python floats and opens a new connection for every request. It also
retries (its `max_retries` counts attempts); the resource classes do not. The session they are lent is ours, so requests
leave as those to every other provider do.
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

# Given types here, as the package has none.
Create = Callable[..., Awaitable[Any]]
embed: Create = Embedding.acreate
rerank: Create = Reranking.acreate
_status_error: Callable[..., voyage_error.VoyageError] = voyage_error.APIError
_lend: Callable[[Any], Any] = voyageai.aiosession.set

reply.keep_texts_out_of_logs("voyage")


class VoyageSession:
    """One session for all requests of an embedder. ProviderMisconfigured if its key or address cannot be used."""

    def __init__(self, config: EmbedderConfig) -> None:
        self._options: dict[str, Any] = {
            "api_key": reply.key_of(config),
            "base_url": _without_slash(_base(config)),
            "request_timeout": (reply.CONNECT_SECONDS, reply.TOTAL_SECONDS),
        }
        address = address_of("voyage", config.base_url)
        self._session = _Session(Transport(config.targets, tls=not (address or "").startswith("http://")))

    async def ask(self, config: EmbedderConfig, create: Create, read: Callable[[Any], T], /, **body: Any) -> T:
        """What `read` makes of the reply; `config` is named in failures, which are EmbeddingProviderErrors."""
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
        # Raised out here, the failure has neither cause nor context: no traceback prints the vendor's text.
        raise failure

    async def close(self) -> None:
        await self._session.transport.aclose()


class _Session:
    """What the SDK uses of an aiohttp session, over our transport."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    async def request(self, *, method: str, url: str, headers: dict[str, str], data: bytes | str, **_: Any) -> _Answer:
        """The proxy and the timeouts that the SDK would have are left out: ours apply."""
        request = httpx.Request(method.upper(), url, headers=headers, content=data, extensions=reply.TIMEOUTS)
        answer = await self.transport.handle_async_request(request)
        if answer.is_redirect:  # in which the SDK would look for a reply
            raise _status_error(http_status=answer.status_code)
        return _Answer(answer)


class _Answer:
    """What the SDK uses of an aiohttp response; it was read whole."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status, self.headers, self._content = answer.status_code, answer.headers, answer.content

    async def read(self) -> bytes:
        return self._content

    def release(self) -> None:
        """The connection is free already."""


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
