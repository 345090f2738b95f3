"""Where an embedder is asked: its own address, else the vendor's, and the path behind it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.registry import ADAPTERS

#: Each moves a vendor's address for the whole installation; an embedder's own base_url goes first.
ADDRESS_VARIABLES = {provider: adapter.variable for provider, adapter in ADAPTERS.items() if adapter.variable}
#: The vendors' addresses. There is no TEI but one's own.
VENDORS = {provider: adapter.address for provider, adapter in ADAPTERS.items() if adapter.address}
#: What an embedder of the GoodMem face has when its path was left out.
_DEFAULT_PATH = "/embeddings"
#: Providers with a protocol of their own whose servers speak OpenAI's too, at paths that end like its.
_BILINGUAL = frozenset({"cohere", "tei"})
#: Where Cohere speaks OpenAI's.
_COMPATIBLE = "/compatibility/v1"


def address_of(provider: str, base_url: str | None = None) -> str | None:
    """Where requests go: the embedder's own address, else the vendor's variable, else None: the default."""
    return base_url or os.environ.get(ADDRESS_VARIABLES.get(provider, "")) or None


def target_of(config: EmbedderConfig) -> str:
    """The URL that is posted to.

    A path is put behind the address as it is. Without one it is the vendor's own path, and so with /embeddings, which
    an embedder of the GoodMem face has if it was given none, when the vendor serves that under a version and the
    address names no other path. A version that the address ends in already is not repeated.
    """
    address = address_of(config.provider, config.base_url) or VENDORS[config.provider]
    address, own = address.rstrip("/"), ADAPTERS[config.provider].path
    version = own.rpartition("/")[0]
    left_out = config.path == _DEFAULT_PATH and version and urlsplit(address).path in ("", version)
    if config.path and not left_out:
        return address + config.path
    return address + (own.removeprefix(version) if address.endswith(version) else own)


def rerank_target_of(config: EmbedderConfig) -> str:
    """The URL that reranking is posted to: beside the one for embeddings. What Cohere has for OpenAI's clients knows no
    reranking; that is at its own version."""
    place = target_of(config).rpartition("/")[0]
    if config.provider == "cohere":
        place = place.removesuffix(_COMPATIBLE) + "/v2" if place.endswith(_COMPATIBLE) else place
    return place + "/rerank"


def speaks_openai(config: EmbedderConfig) -> bool:
    """Whether a server that also has a protocol of its own is asked in OpenAI's."""
    return config.provider in _BILINGUAL and urlsplit(target_of(config)).path.endswith("/embeddings")
