"""What a vendor's answer means: the same reading of replies and refusals for every vendor.

Messages are fixed sentences of ours with provider, model and HTTP status. The vendor's text is never quoted
and never kept as a cause: it may hold parts of the key or of a customer's row.
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
#: As a request of httpx carries them.
TIMEOUTS = {"timeout": httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS).as_dict()}

_INPUT = frozenset({400, 413, 422})
# 424: a server's own model failed; 499: somebody between us gave up.
_PASSING = frozenset({408, 409, 421, 424, 425, 499})
#: No request holds more; a count beyond it is none.
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
    """The failure that an HTTP status stands for; the flags are what the vendor's own signs add.

    503 is a plea to slow down when it says for how long, otherwise a failure. An unlisted 3xx or 4xx is the
    configuration's fault: the address is not one of this API.
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
    """What kept a request from its answer; an SDK may have put an error of its own around it."""
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
    """The SDKs log whole requests at debug, and a line for each at info; ours never hold a row's text."""
    logging.getLogger(logger).setLevel(logging.WARNING)


def check_unicode(config: EmbedderConfig, texts: Iterable[str]) -> None:
    """InputRefused for a lone surrogate, which one SDK escapes and another stumbles over."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        refused = InputRefused(_sentence(config, "cannot be sent a text that is not valid Unicode"))
    else:
        return
    raise refused  # out here it has no context, so no traceback prints the text


def key_of(config: EmbedderConfig) -> str:
    """The key, if there is one that fits into a header. A vendor's variable in the environment never stands in
    for it: the key of one tenant would be sent to the address of another."""
    key = config.api_key
    if not key:
        raise ProviderMisconfigured(_sentence(config, "needs an API key and none is configured"))
    if not (key.isascii() and key.isprintable()):
        raise ProviderMisconfigured(_sentence(config, "has an API key with characters that no key contains"))
    return key


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from retry-after-ms or either form of Retry-After; None if absent or unusable."""
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


def decoded(value: Any) -> Vectors | None:
    """One vector from base64 or from a list of numbers; None if it is neither."""
    try:
        if isinstance(value, str):
            return np.frombuffer(pybase64.b64decode(value, validate=True), "<f4")
        with np.errstate(over="ignore"):
            vector: Vectors = np.asarray(value, np.float32)
    except (ValueError, TypeError, OverflowError):
        return None
    return vector if vector.ndim == 1 else None


def placed(config: EmbedderConfig, items: Iterable[tuple[Any, Any]], count: int) -> list[Vectors | None]:
    """(index, vector) pairs, put in order; ProviderUnavailable unless there is one for every text."""
    pairs = [(index, decoded(value)) for index, value in items]
    if sorted(index for index, _ in pairs if type(index) is int) != list(range(count)) or len(pairs) != count:
        raise unreadable(config)
    found: list[Vectors | None] = [None] * count
    for index, vector in pairs:
        found[index] = vector
    return found


def all_of_another_size(config: EmbedderConfig, found: list[Vectors | None]) -> bool:
    sizes = {None if vector is None else len(vector) for vector in found}
    return len(sizes) == 1 and None not in sizes and config.dimensions not in sizes and 0 not in sizes


def embedded(config: EmbedderConfig, found: list[Vectors | None], tokens: int | None) -> Embedded:
    """One matrix, with the vendor's count. Unusable vectors make ItemsRefused; when all of several have the same other
    size, that is no row's fault but the configuration's."""
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


def counted(body: Any, *places: str) -> int | None:
    """The vendor's count of tokens: the first usable one at these places (names between dots) of a reply, else None."""
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
