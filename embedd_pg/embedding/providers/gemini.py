"""Google's Gemini API.

Each text is sent in its own Content, because the API may turn a plain list of strings into one embedding. A bad
key and an exhausted daily quota show only in the details of a 400 or 429, so this module reads them.
The second generation (gemini-embedding-2) has no task_type: a prefix of the text says what the text is for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import httpx
from google import genai
from google.genai import errors, types

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.address import address_of
from embedd_pg.embedding.providers.base import Embedded, EmbedderConfig, InputKind, Limits, Vectors
from embedd_pg.embedding.providers.transport import ReplyTooLarge, ReplyUnreadable, Transport, expecting
from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.targets import TargetRefused

_TASKS = {"document": "RETRIEVAL_DOCUMENT", "query": "RETRIEVAL_QUERY"}
_PREFIXES = {"document": "title: none | text: ", "query": "task: search result | query: "}
_CONFIGURATION_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "SERVICE_DISABLED"})

reply.keep_texts_out_of_logs("google_genai")


class GeminiProvider:
    """A provider over google-genai. It keeps the client, because a dropped client closes itself during a request."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        key = reply.key_of(config)
        address = address_of("gemini", config.base_url)
        self._config = config
        self.limits = limits
        self._prefixed = config.model.startswith("gemini-embedding-2")
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(reply.TOTAL_SECONDS, connect=reply.CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
            transport=cast(
                httpx.AsyncBaseTransport, Transport(config.targets, tls=not (address or "").startswith("http://"))
            ),
        )
        self._client = genai.Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=address,
                # The SDK's default differs between releases; v1beta is documented for embeddings.
                api_version="v1beta",
                timeout=int(reply.TOTAL_SECONDS * 1000),
                httpx_async_client=self._http,
            ),
        )

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        """Embed texts. The reply counts no tokens."""
        with expecting(len(texts) * self._config.dimensions):
            found = await self._request(texts, kind) if texts else []
        return reply.check_vectors(self._config, found, None)

    async def close(self) -> None:
        await self._http.aclose()
        self._client.close()

    async def _request(self, texts: Sequence[str], kind: InputKind) -> list[Vectors | None]:
        reply.check_unicode(self._config, texts)
        prefix, task = (_PREFIXES[kind], None) if self._prefixed else ("", _TASKS[kind])
        failure: Exception
        try:
            async with asyncio.timeout(reply.TOTAL_SECONDS):
                answer = await self._client.aio.models.embed_content(
                    model=self._config.model,
                    contents=[types.Content(parts=[types.Part(text=prefix + text)]) for text in texts],
                    config=types.EmbedContentConfig(task_type=task, output_dimensionality=self._config.dimensions),
                )
            values = [embedding.values for embedding in answer.embeddings or ()]
            return reply.place_vectors(self._config, enumerate(values), len(texts))
        except (TimeoutError, httpx.TimeoutException):
            failure = reply.unreachable(self._config, timed_out=True)
        except (httpx.HTTPError, TargetRefused, ReplyTooLarge, ReplyUnreadable) as error:
            failure = reply.failure(self._config, error)
        except errors.APIError as error:
            failure = _refusal(self._config, error)
        except (ValueError, KeyError, TypeError, AttributeError):
            failure = reply.unreadable(self._config)
        # Raised outside the handlers, the failure has neither cause nor context that would print the vendor's text.
        raise failure


def _refusal(config: EmbedderConfig, error: errors.APIError) -> EmbeddingProviderError:
    if not isinstance(error.code, int) or error.code < 300:
        return reply.unreadable(config)
    headers = dict(getattr(error.response, "headers", None) or {})
    quota = misconfigured = False
    for detail in _details(error.details):
        misconfigured |= str(detail.get("reason")) in _CONFIGURATION_REASONS
        quota |= "PerDay" in str(detail.get("violations", ""))
        delay = detail.get("retryDelay")
        if isinstance(delay, str) and delay.endswith("s"):
            headers.setdefault("retry-after", delay[:-1])
    return reply.refusal(
        config,
        error.code,
        headers=headers,
        quota=quota and error.code == 429,
        misconfigured=misconfigured or error.status == "FAILED_PRECONDITION",
    )


def _details(body: Any) -> Iterator[Mapping[str, Any]]:
    failure = body.get("error", body) if isinstance(body, Mapping) else None
    details = failure.get("details") if isinstance(failure, Mapping) else None
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping):
            yield detail
