"""JSON request bodies. The size is limited before parsing; depth, characters and numbers are checked before use, since
PostgreSQL and floats cannot hold all of them."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any, TypeVar

import pydantic
from starlette.requests import ClientDisconnect, Request

from embedd_api.errors import RequestTimeout, RequestTooLarge
from embedd_pg.errors import ValidationError

MAX_BODY = 1_000_000
MAX_DEPTH = 32
#: Seconds within which the whole body must arrive.
PATIENCE = 30.0

M = TypeVar("M", bound=pydantic.BaseModel)


def check_length(request: Request) -> None:
    """Raise RequestTooLarge by the announced size, before anything is read."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > 12 or int(length) > MAX_BODY):
        raise RequestTooLarge


async def read_json(request: Request) -> Any:
    """Read and parse the body. Raise RequestTooLarge, RequestTimeout or ValidationError."""
    chunks, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_BODY:
                    raise RequestTooLarge
                chunks.append(chunk)
    except TimeoutError as error:
        raise RequestTimeout from error
    except ClientDisconnect as error:
        raise ValidationError("The request body ended early.") from error
    value = parse(b"".join(chunks))
    _check(value)
    return value


def parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_float=_float, parse_constant=_float)
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            "The request body is not valid JSON." if body else "The request body is missing.",
            resolution="Send one JSON object in UTF-8, with the header Content-Type: application/json.",
        ) from error


def validate(model: type[M], value: Any) -> M:
    """Return the body as a model, or raise ValidationError. The message names the field and never repeats the value,
    which may be a secret."""
    if not isinstance(value, dict):
        raise ValidationError("The request body must be a JSON object.")
    try:
        return model.model_validate(value, strict=True)
    except pydantic.ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        shown = "; ".join(_fault(fault["type"], fault["loc"], fault["msg"]) for fault in faults[:5])
        raise ValidationError(f"{shown}.") from None


def _fault(kind: str, location: tuple[int | str, ...], message: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{_short(part)}" for part in location)[1:]
    if kind == "missing":
        return f"{path} is required"
    if kind == "extra_forbidden":
        return f"{path} is not a known field"
    return f"{path}: {message[0].lower()}{message[1:]}"


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _check(value: Any) -> None:
    """Check depth and characters, without recursion: a hostile body must not exhaust the stack."""
    level = [("the request body", value)]
    for _ in range(MAX_DEPTH):
        deeper = []
        for path, inner in level:
            if isinstance(inner, str):
                _check_text(inner, path)
            elif isinstance(inner, dict):
                for name, member in inner.items():
                    _check_text(name, "a field name")
                    deeper.append((name, member))
            elif isinstance(inner, list):
                deeper += [(path, member) for member in inner]
        if not deeper:
            return
        level = deeper
    raise ValidationError(f"The request body is nested deeper than {MAX_DEPTH} levels.")


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise ValidationError(f"{_short(path)} must not contain the character NUL.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(f"{_short(path)} must not contain half a surrogate pair.") from None
