"""Errors of Qdrant, over either protocol, in embedd's words: texts of the server and of libraries may contain the
address, payloads or headers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from embedd_pg.errors import RowsRefused, StoreError
from embedd_pg.stores.qdrant.engine import Answered


@contextmanager
def wrapped(operation: str) -> Iterator[None]:
    """Turn every error of an operation into a StoreError."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        # Only the cause keeps the original text.
        if operation == "upsert" and _is_about_rows(error):
            raise RowsRefused("The vector store (Qdrant) refuses this row: it is too large, or not valid.") from error
        reason, resolution = _reason(error)
        text = f"failed at {operation}: {reason}" if reason else f"failed at {operation}"
        raise StoreError(f"The vector store (Qdrant) {text}.", resolution=resolution) from error


def _reason(error: Exception) -> tuple[str, str | None]:
    """Return the reason in embedd's words, and the resolution unless it is to check that the store runs."""
    status = error.status if isinstance(error, Answered) else None
    code = getattr(error, "code", None)  # of gRPC
    name = code().name if callable(code) else ""
    if isinstance(error, TimeoutError) or name == "DEADLINE_EXCEEDED":
        return "it did not answer in time", None
    if _refuses_certificate(error):
        return (
            "its certificate is not signed by a trusted authority",
            "Set EMBEDD_QDRANT_CA_FILE to the certificates of its authority, and check the name in EMBEDD_QDRANT_URL.",
        )
    if isinstance(error, OSError) or name == "UNAVAILABLE":
        return "it cannot be reached, or the connection broke", None
    if status in (401, 403) or name in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
        return "it refuses the API key", "Check EMBEDD_QDRANT_API_KEY and that the key may write."
    if status == 429 or name == "RESOURCE_EXHAUSTED":
        return "it accepts no more requests for now", "Wait, or raise the limits of the Qdrant server."
    if b"Index required but not found" in _said(error):
        return (
            "it has no index yet on a column used in a filter",
            "Wait if a worker runs: it creates the index of an added column. Otherwise start one.",
        )
    if status == 507:
        return "its storage is full", "Give the Qdrant server more disk."
    return (f"it answered with status {status}" if status else ""), None


def _is_about_rows(error: Exception) -> bool:
    """Return whether a server, or a proxy, refuses the body of a request instead of what is asked for."""
    if not isinstance(error, Answered):
        return False
    said = error.content.lower()
    malformed = error.status == 400 and (b"payload error" in said or b"format error" in said)
    return malformed or error.status in (413, 422)


def _said(error: BaseException) -> bytes:
    """Return the server's own text, which is examined but never shown."""
    details = getattr(error, "details", None)  # of gRPC
    return str(details()).encode() if callable(details) else error.content if isinstance(error, Answered) else b""


def _refuses_certificate(error: BaseException | None) -> bool:
    """Return whether embedd refused the server's certificate. The reason is below the error that the library raises."""
    if error is None:
        return False
    if isinstance(error, ssl.SSLCertVerificationError) or b"CERTIFICATE_VERIFY_FAILED" in _said(error):
        return True
    return _refuses_certificate(error.__cause__ or error.__context__)


def check_completed(operation: str, result: Any) -> None:
    """Raise StoreError unless the status is `completed`: in any other status, the write may still be in a queue."""
    status = result.get("status") if isinstance(result, dict) else None
    if status != "completed":
        raise StoreError(f"Qdrant has not completed {operation}: its status is {status}.")
