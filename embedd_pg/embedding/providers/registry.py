"""The registry of vendors' adapters: the code of each, the package it needs, and the vendor's address.

A vendor consists of an entry in this file, one adapter file, and its rows in SQL (providers(), shipped_models()), which
describe its models.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adapter:
    """One vendor's adapter."""

    #: The module in this package, and the class in it.
    module: str
    name: str
    #: The package that must be installed, and the extra that installs it.
    package: str
    extra: str
    #: The vendor's address; None if every server is the operator's own.
    address: str | None = None
    #: The variable that sets the address for the whole installation; an embedder's own base_url takes precedence.
    variable: str = ""
    #: The path after the address: the version, if there is one, and the resource.
    path: str = "/embeddings"


ADAPTERS = {
    "local": Adapter("local", "LocalProvider", "tokenizers", "embedded"),
    "openai": Adapter("openai", "OpenAIProvider", "openai", "openai", "https://api.openai.com", "OPENAI_BASE_URL"),
    "voyage": Adapter("voyage", "VoyageProvider", "voyageai", "voyage", "https://api.voyageai.com", "VOYAGE_BASE_URL"),
    "gemini": Adapter(
        "gemini",
        "GeminiProvider",
        "google.genai",
        "gemini",
        "https://generativelanguage.googleapis.com",
        "GOOGLE_GEMINI_BASE_URL",
    ),
    "cohere": Adapter(
        "cohere", "CohereProvider", "httpx", "openai", "https://api.cohere.com", "CO_API_URL", "/v2/embed"
    ),
    "jina": Adapter(
        "jina", "JinaProvider", "httpx", "openai", "https://api.jina.ai", "JINA_BASE_URL", "/v1/embeddings"
    ),
    "tei": Adapter("tei", "TeiProvider", "httpx", "openai", path="/embed"),
}
#: Another server that speaks OpenAI's protocol, with its own models.
COMPATIBLE = Adapter("compatible", "CompatibleProvider", "httpx", "openai")
