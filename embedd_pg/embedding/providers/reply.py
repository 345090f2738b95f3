"""Replies and refusals, interpreted in the same way for every vendor.

Messages are fixed sentences of embedd with provider, model and HTTP status. The vendor's text is never quoted and never
kept as a cause, because it may contain parts of the key or of a customer's row.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import numpy as np
import pybase64

from embedd_pg.embedding.providers.base import (
    Embedded,
    EmbedderConfig,
    InputRefused,
    ItemsRefused,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderQuotaExhausted,
    ProviderUnavailable,
    Vectors,
)
from embedd_pg.embedding.providers.transport import ReplyTooLarge, ReplyUnreadable
from embedd_pg.errors import EmbeddingProviderError
from embedd_pg.targets import TargetRefused

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 60.0
#: The time limits in the form that a request of httpx carries.
TIMEOUTS = {"timeout": httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS).as_dict()}

_INPUT = frozenset({400, 413, 422})
# 424: the server's own model failed; 499: an intermediary gave up.
_PASSING = frozenset({408, 409, 421, 424, 425, 499})
#: No request has more tokens. A larger count is invalid.
_MOST_TOKENS = 2**31 - 1


def refusal(
    config: EmbedderConfig,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    quota: bool = False,
    misconfigured: bool = False,
    input_refused: bool = False,
) -> EmbeddingProviderError:
    """Return the error for an HTTP status. The flags add the vendor's own signs.

    503 is a request to slow down if it says for how long, otherwise a failure. Any other 3xx or 4xx is a fault of the
    configuration: the address does not belong to this API.
    """
    wait = retry_after(headers or {})
    if quota or status == 402:
        return ProviderQuotaExhausted(_sentence(config, "reports that the account's quota is used up", status))
    if status == 429 or (status in (503, 529) and wait is not None):
        return ProviderBusy(_sentence(config, "asks to slow down", status), retry_after=wait)
    if status >= 500 or status in _PASSING:
        return ProviderUnavailable(_sentence(config, "failed", status))
    if (status in _INPUT or input_refused) and not misconfigured:
        return InputRefused(_sentence(config, "refuses an input of this request", status))
    return ProviderMisconfigured(_sentence(config, "refuses the key, the model or the dimensions", status))


def unreachable(config: EmbedderConfig, *, timed_out: bool = False) -> ProviderUnavailable:
    what = "did not answer in time" if timed_out else "could not be reached"
    return ProviderUnavailable(_sentence(config, what))


def failure(config: EmbedderConfig, error: BaseException) -> EmbeddingProviderError:
    """Return the error for a request without answer. An SDK may have wrapped the original error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TargetRefused):
            return ProviderMisconfigured(
                _sentence(config, "is at an address that is not an allowed target"),
                resolution="Use an address this service may reach; its operator may list it in EMBEDD_ALLOWED_TARGETS.",
            )
        if isinstance(cause, ReplyTooLarge):
            return ProviderUnavailable(_sentence(config, "sent a reply that is larger than it may be"))
        if isinstance(cause, ReplyUnreadable):
            return unreadable(config)
        cause = cause.__cause__ or cause.__context__
    return unreachable(config)


def unreadable(config: EmbedderConfig) -> ProviderUnavailable:
    return ProviderUnavailable(_sentence(config, "sent a reply that cannot be read or is incomplete"))


def keep_texts_out_of_logs(logger: str) -> None:
    """Set the log level of an SDK that logs whole requests at debug and a line for each at info: texts are private."""
    logging.getLogger(logger).setLevel(logging.WARNING)


def check_unicode(config: EmbedderConfig, texts: Iterable[str]) -> None:
    """Raise InputRefused for a lone surrogate, which one SDK escapes and another fails on."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        refused = InputRefused(_sentence(config, "cannot be sent a text that is not valid Unicode"))
    else:
        return
    raise refused  # outside the handler it has no context, so no traceback prints the text


def key_of(config: EmbedderConfig) -> str:
    """Return the key. Raise ProviderMisconfigured if it is missing or does not fit into a header.

    A vendor's environment variable never replaces it: the key of one tenant would be sent to another's address.
    """
    key = config.api_key
    if not key:
        raise ProviderMisconfigured(_sentence(config, "needs an API key and none is configured"))
    if not (key.isascii() and key.isprintable()):
        raise ProviderMisconfigured(_sentence(config, "has an API key with characters that no key contains"))
    return key


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, from retry-after-ms or either form of Retry-After; None if absent or unusable."""
    found = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(found[name]) * unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        return max(0.0, parsedate_to_datetime(found["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def decode_vector(value: Any) -> Vectors | None:
    """Return one vector from base64 or from a list of numbers, or None if it is neither."""
    try:
        if isinstance(value, str):
            return np.frombuffer(pybase64.b64decode(value, validate=True), "<f4")
        with np.errstate(over="ignore"):
            vector: Vectors = np.asarray(value, np.float32)
    except (ValueError, TypeError, OverflowError):
        return None
    return vector if vector.ndim == 1 else None


def place_vectors(config: EmbedderConfig, items: Iterable[tuple[Any, Any]], count: int) -> list[Vectors | None]:
    """Return the vectors in order of their indexes. Raise ProviderUnavailable unless every text has one."""
    pairs = [(index, decode_vector(value)) for index, value in items]
    if sorted(index for index, _ in pairs if type(index) is int) != list(range(count)) or len(pairs) != count:
        raise unreadable(config)
    found: list[Vectors | None] = [None] * count
    for index, vector in pairs:
        found[index] = vector
    return found


def all_of_another_size(config: EmbedderConfig, found: list[Vectors | None]) -> bool:
    sizes = {None if vector is None else len(vector) for vector in found}
    return len(sizes) == 1 and None not in sizes and config.dimensions not in sizes and 0 not in sizes


def check_vectors(config: EmbedderConfig, found: list[Vectors | None], tokens: int | None) -> Embedded:
    """Return one matrix, with the vendor's count of tokens. Raise ItemsRefused for unusable vectors.

    If all of several vectors have the same wrong size, the configuration is at fault: raise ProviderMisconfigured.
    """
    if len(found) > 1 and all_of_another_size(config, found):
        (size,) = {len(vector) for vector in found if vector is not None}
        raise ProviderMisconfigured(_sentence(config, f"yields {size} dimensions, not {config.dimensions}"))
    vectors: Vectors = np.zeros((len(found), config.dimensions), np.float32)
    for row, vector in enumerate(found):
        if vector is not None and len(vector) == config.dimensions:
            vectors[row] = vector
    finite = np.isfinite(vectors).all(axis=1)
    vectors[~finite] = 0
    usable = vectors.any(axis=1)
    if usable.all():
        return Embedded(vectors, tokens)
    positions = np.flatnonzero(~usable).tolist()
    message = _sentence(config, f"returned unusable vectors for {len(positions)} of {len(found)} texts")
    raise ItemsRefused(message, positions=positions, vectors=vectors, tokens=tokens)


def read_tokens(body: Any, *places: str) -> int | None:
    """Return the first usable count of tokens at these places (names between dots) of a reply, or None."""
    for place in places:
        value = body
        for name in place.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if type(value) is int and 0 <= value <= _MOST_TOKENS:
            return value
    return None


def _sentence(config: EmbedderConfig, what: str, status: int | None = None) -> str:
    suffix = "" if status is None else f" (HTTP {status})"
    return f"The embedding provider {config.provider}, model {config.model}, {what}{suffix}."
