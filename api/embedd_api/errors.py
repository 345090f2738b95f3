"""Errors of the API itself: faults of a request that are found before any operation handles it."""

from __future__ import annotations

from embedd_pg.errors import EmbeddError


class RequestTooLarge(EmbeddError):
    """The request body is larger than 1 MB."""

    code, status = "request_too_large", 413
    resolution = "Send less; a query needs a few kilobytes at most."


class RequestTimeout(EmbeddError):
    """The request body did not arrive in time."""

    code, status = "request_timeout", 408
    resolution = "Send the whole body at once."


class ClientLeft(EmbeddError):
    """The client disconnected before the answer was ready."""

    # The status appears in the log only: the client is gone.
    code, status = "client_left", 499
    resolution = "Send the request again and wait for the answer."


class RateLimitExceeded(EmbeddError):
    """Too many requests."""

    code, status = "rate_limit_exceeded", 429

    def __init__(self, message: str | None = None, *, wait: int = 1) -> None:
        super().__init__(message, resolution=f"Wait {wait} second{'s' * (wait != 1)}, then send the request again.")
        self.wait = wait
