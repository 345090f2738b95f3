"""The address of an embedder: its own base_url, else the vendor's, and the path after it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.providers.registry import ADAPTERS

#: Variables that set a vendor's address for the whole installation. An embedder's own base_url takes precedence.
ADDRESS_VARIABLES = {provider: adapter.variable for provider, adapter in ADAPTERS.items() if adapter.variable}
#: The vendors' addresses. TEI has none: each server of it is the operator's own.
VENDORS = {provider: adapter.address for provider, adapter in ADAPTERS.items() if adapter.address}
#: The path that an embedder of the GoodMem API gets when none is given.
_DEFAULT_PATH = "/embeddings"
#: Providers with their own protocol whose servers also speak OpenAI's, at paths that end in /embeddings.
_BILINGUAL = frozenset({"cohere", "tei"})
#: The path under which Cohere speaks OpenAI's protocol.
_COMPATIBLE = "/compatibility/v1"


def address_of(provider: str, base_url: str | None = None) -> str | None:
    """Return the embedder's own address, else the vendor's variable, else None for the default."""
    return base_url or os.environ.get(ADDRESS_VARIABLES.get(provider, "")) or None


def target_of(config: EmbedderConfig) -> str:
    """Return the URL to post to.

    A configured path is appended to the address unchanged; without one, the vendor's own path is used. The path
    /embeddings is the default of the GoodMem API. It counts as no path if the vendor's own path has a version and the
    address has no other path. A version at the end of the address is not repeated.
    """
    address = address_of(config.provider, config.base_url) or VENDORS[config.provider]
    address, own = address.rstrip("/"), ADAPTERS[config.provider].path
    version = "/" + own.split("/")[1] if own.count("/") > 1 else ""
    left_out = config.path == _DEFAULT_PATH and version and urlsplit(address).path in ("", version)
    if config.path and not left_out:
        return address + config.path
    return address + (own.removeprefix(version) if address.endswith(version) else own)


def rerank_target_of(config: EmbedderConfig) -> str:
    """Return the URL for reranking, next to the one for embeddings.

    Cohere's API for OpenAI clients cannot rerank, so the URL of Cohere's own version is used in its place.
    """
    place = target_of(config).rpartition("/")[0]
    if config.provider == "cohere":
        place = place.removesuffix(_COMPATIBLE) + "/v2" if place.endswith(_COMPATIBLE) else place
    return place + "/rerank"


def speaks_openai(config: EmbedderConfig) -> bool:
    """Return whether a server that also has its own protocol is used with OpenAI's."""
    return config.provider in _BILINGUAL and urlsplit(target_of(config)).path.endswith("/embeddings")
