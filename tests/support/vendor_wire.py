"""The vendors' documented wire formats on the server side: requests, refusals and replies."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.responses import JSONResponse, Response

SECRET = "SECRET-VENDOR-TEXT sk-secret-key"


@dataclass
class Fault:
    """What one request meets. A `status` answers with a body in the vendor's own shape (`code` is its error
    code); otherwise `spoil` names what is wrong with the vectors: short, shuffled, nan, zero, size, all-
    sizes, garbage, no-index, float, duplicate. `hang` waits that many seconds before. `tokens`, if it is not empty,
    is what the reply says for its count."""

    status: int = 0
    code: str = ""
    param: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    details: list[dict[str, Any]] = field(default_factory=list)
    spoil: str = ""
    positions: list[int] = field(default_factory=lambda: [0])
    hang: float = 0.0
    tokens: str = ""


@dataclass(frozen=True)
class Question:
    """A request as a vendor understands it. `wrong` is the status of a request that the vendor would refuse."""

    vendor: str
    texts: list[str]
    dimensions: int | None
    floats: bool
    wrong: int = 0


def openai_question(body: dict[str, Any]) -> Question:
    """Parse a request on the path shared by all vendors with OpenAI's protocol: each has fields of its own."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    if "output_dimension" in body or "input_type" in body:
        return Question("voyage", texts, body.get("output_dimension"), body.get("encoding_format") != "base64")
    if "embedding_type" in body:
        task = body["model"].startswith(("jina-embeddings-v1-", "jina-embeddings-v2-")) and "task" in body
        wrong = 422 if task or len(texts) > 512 else 0
        return Question("jina", texts, body.get("dimensions"), body["embedding_type"] != "base64", wrong)
    return Question("openai", texts, body.get("dimensions"), body.get("encoding_format") != "base64")


def voyage_question(body: dict[str, Any]) -> Question:
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    return Question("voyage", texts, body.get("output_dimension"), body.get("encoding_format") != "base64")


def gemini_question(body: dict[str, Any]) -> Question:
    texts = ["".join(part["text"] for part in entry["content"]["parts"]) for entry in body["requests"]]
    return Question("gemini", texts, body["requests"][0].get("outputDimensionality"), True)


def tei_question(body: dict[str, Any]) -> Question:
    return Question("tei", body["inputs"], body.get("dimensions"), True, 413 if len(body["inputs"]) > 32 else 0)


def cohere_question(body: dict[str, Any]) -> Question:
    known = body.get("input_type") in ("search_document", "search_query") and body.get("embedding_types") == ["float"]
    sized = "output_dimension" in body and body["model"].endswith("-v3.0")
    wrong = 400 if not known or sized or len(body["texts"]) > 96 else 0
    return Question("cohere", body["texts"], body.get("output_dimension"), True, wrong)


_TEI_TYPES = {400: "Empty", 401: "Unauthorized", 413: "Validation", 422: "Tokenizer", 424: "Backend", 429: "Overloaded"}


def refusal(vendor: str, fault: Fault) -> Response:
    """Return an error in the vendor's form, with a text that must never reach a user."""
    text = f"{SECRET} {fault.message}"
    if vendor == "openai":
        error = {"message": text, "type": fault.code or "error", "code": fault.code or None}
        content: dict[str, Any] = {"error": error | {"param": fault.param or None}}
    elif vendor == "gemini":
        content = {"error": {"code": fault.status, "message": text, "status": fault.code or "INVALID_ARGUMENT"}}
        content["error"]["details"] = fault.details
    elif vendor == "tei":
        content = {"error": text, "error_type": _TEI_TYPES.get(fault.status, "Unhealthy")}
    elif vendor == "cohere":
        content = {"id": "0", "message": text}
    else:
        wrong = [{"loc": ["body", fault.param], "msg": text, "type": "value_error"}]
        content = {"detail": wrong if fault.param else text}
    return JSONResponse(content, fault.status, headers=fault.headers)


def reply(question: Question, model: str, vectors: Sequence[NDArray[np.float32]], fault: Fault) -> Response:
    """Return the vectors in the vendor's form."""
    if fault.spoil == "garbage":
        return Response(b'{"nothing": [', media_type="application/json")
    vectors = list(vectors)
    for position in fault.positions if fault.spoil in _SPOILERS else ():
        vectors[position] = _SPOILERS[fault.spoil](vectors[position])
    if fault.spoil == "all-sizes":
        vectors = [vector[:-1] for vector in vectors]
    floats = question.floats or fault.spoil == "float"
    items = [_item(question.vendor, index, vector, floats, fault.spoil) for index, vector in enumerate(vectors)]
    if fault.spoil == "short":
        items = items[:-1]
    elif fault.spoil == "duplicate":
        items[-1] = items[0]
    elif fault.spoil == "shuffled":
        random.Random(len(items)).shuffle(items)
    tokens = (fault.tokens or str(tokens_of(question.texts))).encode()
    content = _envelope(question.vendor, b",".join(items), json.dumps(model).encode(), tokens)
    return Response(content, media_type="application/json")


def tokens_of(texts: Sequence[str]) -> int:
    """Return the token count in a reply, if the vendor counts tokens."""
    return sum(len(text) for text in texts) // 4 + 1


def _item(vendor: str, index: int, vector: NDArray[np.float32], floats: bool, spoil: str) -> bytes:
    written = _written(vector, floats)
    if vendor == "gemini":
        return b'{"values":%b}' % written
    if vendor in ("tei", "cohere"):
        return written.replace(b"NaN", b"null")  # as JSON has it
    place = b"" if spoil == "no-index" else b'"index":%d,' % index
    return b'{%b"object":"embedding","embedding":%b}' % (place, written)


def _envelope(vendor: str, items: bytes, model: bytes, tokens: bytes) -> bytes:
    if vendor == "tei":
        return b"[%b]" % items
    if vendor == "gemini":
        return b'{"embeddings":[%b]}' % items
    if vendor == "cohere":
        billed = b'{"api_version":{"version":"2"},"billed_units":{"input_tokens":%b}}' % tokens
        return b'{"id":"0","embeddings":{"float":[%b]},"response_type":"embeddings_by_type","meta":%b}' % (
            items,
            billed,
        )
    usage = b'"total_tokens":%b' % tokens
    if vendor != "voyage":
        usage += b',"prompt_tokens":%b' % tokens
    return b'{"data":[%b],"object":"list","model":%b,"usage":{%b}}' % (items, model, usage)


_SPOILERS = {
    "nan": lambda vector: np.full_like(vector, np.nan),
    "zero": lambda vector: np.zeros_like(vector),
    "size": lambda vector: vector[:-1],
}


def _written(vector: NDArray[np.float32], floats: bool) -> bytes:
    if not floats:
        return b'"' + base64.b64encode(vector.astype("<f4").tobytes()) + b'"'
    return json.dumps(vector.tolist(), separators=(",", ":")).encode()
