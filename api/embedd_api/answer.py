"""JSON out: times as the contract writes them (UTC, seconds, Z), and never a NaN."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response


def json_response(body: Any, status: int = 200) -> Response:
    """An answer; without a body when there is none."""
    if body is None:
        return Response(status_code=status)
    return Response(to_json(body), status_code=status, media_type="application/json")


def to_json(body: Any) -> bytes:
    try:
        text = json.dumps(body, default=_other, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(body), default=_other, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _other(value: Any) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: they become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
