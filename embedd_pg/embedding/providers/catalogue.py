"""The models that are known: their sizes and what one request to their vendor may hold.

The vendors' SDKs check none of these bounds; whoever cuts batches goes by them. At an address of the user's
own, provider `openai` means a server that speaks OpenAI's protocol: any model of any size is accepted there. So it is
with `tei`, and with the models of `cohere` and `jina` that are not known here.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlsplit

from embedd_pg.embedding.providers.address import address_of
from embedd_pg.embedding.providers.base import Limits
from embedd_pg.errors import ValidationError

_OPENAI = Limits(max_items=2048, max_tokens=300_000, max_text_tokens=8192)
_GEMINI = Limits(max_items=100, max_tokens=204_800, max_text_tokens=2048)
# What compatible servers take varies; a batch that is too large for one is refused and then halved.
_COMPATIBLE = Limits(max_items=256, max_tokens=100_000, max_text_tokens=8192)
# --max-client-batch-size, --max-batch-tokens and the usual length of the models it is run with.
_TEI = Limits(max_items=32, max_tokens=16_384, max_text_tokens=512)
_COHERE = Limits(max_items=96, max_tokens=128_000, max_text_tokens=128_000)
_COHERE_3 = Limits(max_items=96, max_tokens=96 * 512, max_text_tokens=512)
_JINA = Limits(max_items=512, max_tokens=100_000, max_text_tokens=8192)
_LOCAL = Limits(max_items=64, max_tokens=16_384, max_text_tokens=256, max_requests=1)


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one provider; `other_sizes` are the sizes it yields on request besides its own."""

    provider: str
    name: str
    dimensions: int
    limits: Limits
    other_sizes: Container[int] = ()

    @property
    def shortens(self) -> bool:
        """Whether vectors shorter than `dimensions` may be asked for."""
        return any(size in self.other_sizes for size in range(1, self.dimensions))

    def accepts(self, dimensions: int) -> bool:
        return dimensions == self.dimensions or dimensions in self.other_sizes


def _voyage(max_tokens: int) -> Limits:
    return Limits(max_items=1000, max_tokens=max_tokens, max_text_tokens=32_000)


_VOYAGE_SIZES = frozenset({256, 512, 1024, 2048})

_MODELS = (
    Model("openai", "text-embedding-3-small", 1536, _OPENAI, range(1, 1536)),
    Model("openai", "text-embedding-3-large", 3072, _OPENAI, range(1, 3072)),
    Model("openai", "text-embedding-ada-002", 1536, _OPENAI),
    Model("gemini", "gemini-embedding-001", 3072, _GEMINI, range(128, 3072)),
    Model("gemini", "text-embedding-005", 768, _GEMINI, range(1, 768)),
    Model("gemini", "text-embedding-004", 768, _GEMINI, range(1, 768)),
    Model("voyage", "voyage-3.5", 1024, _voyage(320_000), _VOYAGE_SIZES),
    Model("voyage", "voyage-3.5-lite", 512, _voyage(1_000_000), _VOYAGE_SIZES),
    Model("voyage", "voyage-code-3", 1024, _voyage(120_000), _VOYAGE_SIZES),
    Model("voyage", "voyage-3-large", 1024, _voyage(120_000), _VOYAGE_SIZES),
    Model("voyage", "voyage-3-lite", 512, _voyage(120_000)),
    Model("cohere", "embed-v4.0", 1536, _COHERE, frozenset({256, 512, 1024})),
    Model("cohere", "embed-english-v3.0", 1024, _COHERE_3),
    Model("cohere", "embed-multilingual-v3.0", 1024, _COHERE_3),
    Model("cohere", "embed-english-light-v3.0", 384, _COHERE_3),
    Model("cohere", "embed-multilingual-light-v3.0", 384, _COHERE_3),
    Model("jina", "jina-embeddings-v3", 1024, _JINA, range(1, 1024)),
    Model("jina", "jina-embeddings-v4", 2048, _JINA, frozenset({128, 256, 512, 1024})),
    Model("jina", "jina-embeddings-v2-base-en", 768, _JINA),
    Model("local", "all-MiniLM-L6-v2", 384, _LOCAL),
)

#: What a request may hold where any other model is accepted, in any size.
_ANY_MODEL = {"openai": _COMPATIBLE, "tei": _TEI, "cohere": _COHERE, "jina": _JINA}


def models() -> tuple[Model, ...]:
    return _MODELS


def providers() -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(model.provider for model in _MODELS), *_ANY_MODEL]))


def model_of(provider: str, model: str) -> Model:
    """The catalogue's entry; ValidationError, naming what is allowed, if there is none."""
    offered = [entry for entry in _MODELS if entry.provider == provider]
    if not offered:
        raise ValidationError(f"Unknown provider {provider[:64]!r}; allowed are: {', '.join(providers())}.")
    for entry in offered:
        if entry.name == model:
            return entry
    names = ", ".join(entry.name for entry in offered)
    raise ValidationError(f"Provider {provider!r} has no model {model[:128]!r}; allowed are: {names}.")


def is_known(provider: str, model: str) -> bool:
    """Whether it is one of the vendor's own models."""
    return any((entry.provider, entry.name) == (provider, model) for entry in _MODELS)


def check_model(provider: str, model: str, *, dimensions: int, base_url: str | None = None) -> Limits:
    """The bounds of one request; ValidationError if provider, model and size do not belong together."""
    address = address_of(provider, base_url)
    if address and not (urlsplit(address).hostname and urlsplit(address).scheme in ("http", "https")):
        raise ValidationError("base_url must be an http or https address with a host.")
    if provider == "tei" and not address:
        raise ValidationError("The provider tei needs a base_url: the address of the server.")
    known = next((entry for entry in _MODELS if (entry.provider, entry.name) == (provider, model)), None)
    foreign = provider == "openai" and address is not None
    if foreign or (known is None and provider in _ANY_MODEL and provider != "openai"):
        if not model or dimensions < 1:
            raise ValidationError("A compatible server needs the name of its model and the size of its vectors.")
        return known.limits if known else _ANY_MODEL[provider]
    entry = known or model_of(provider, model)
    if not entry.accepts(dimensions):
        others = " or certain other sizes" if entry.shortens else ""
        raise ValidationError(f"Model {model!r} yields {entry.dimensions} dimensions{others}, not {dimensions}.")
    return entry.limits
