"""The vendors' adapters: where the code of each is, what it needs installed, and where the vendor is.

A vendor is an entry here, one adapter file and its rows in SQL (providers(), shipped_models()), which say
what may be asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adapter:
    """One vendor's adapter."""

    #: The module beside this one, and the class in it.
    module: str
    name: str
    #: The package that must be installed, and the extra that installs it.
    package: str
    extra: str
    #: The vendor's address; None: there is none but one's own.
    address: str | None = None
    #: The variable that moves the address for the whole installation; an embedder's own base_url goes first.
    variable: str = ""
    #: Version, if there is one, and resource, behind the address.
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
#: Another server that speaks OpenAI's protocol, with models of its own.
COMPATIBLE = Adapter("compatible", "CompatibleProvider", "httpx", "openai")
