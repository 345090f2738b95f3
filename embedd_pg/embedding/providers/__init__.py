"""From a stored embedder to a live client.

A vendor's SDK is imported when its first provider is opened, so an installation carries only what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from embedd_pg.embedding.providers import catalogue
from embedd_pg.embedding.providers.address import speaks_openai
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider
from embedd_pg.errors import ConfigurationError

# provider: (module and class here, the package that must be installed, the extra that installs it)
_ADAPTERS = {
    "local": ("local", "LocalProvider", "tokenizers", "embedded"),
    "openai": ("openai", "OpenAIProvider", "openai", "openai"),
    # A model that is not OpenAI's, at a server that speaks its protocol.
    "compatible": ("compatible", "CompatibleProvider", "httpx", "openai"),
    "voyage": ("voyage", "VoyageProvider", "voyageai", "voyage"),
    "tei": ("tei", "TeiProvider", "httpx", "openai"),
    "cohere": ("cohere", "CohereProvider", "httpx", "openai"),
    "jina": ("jina", "JinaProvider", "httpx", "openai"),
    "gemini": ("gemini", "GeminiProvider", "google.genai", "gemini"),
}


def open_provider(config: EmbedderConfig) -> Provider:
    """A live client, to be closed with `close()`.

    ValidationError if the catalogue knows no such model or size, ConfigurationError if the vendor's package is
    not installed, ProviderMisconfigured if the key is missing.
    """
    limits = catalogue.check_model(
        config.provider, config.model, dimensions=config.dimensions, base_url=config.base_url
    )
    module, adapter, package, extra = _ADAPTERS["compatible" if _is_compatible(config) else config.provider]
    try:
        loaded = import_module(f"{__name__}.{module}")
    except ImportError as error:
        raise ConfigurationError(
            f"The provider {config.provider} needs the package {package}: pip install embedd-pg[{extra}]",
            resolution=f"Run: pip install 'embedd-pg[{extra}]'",
        ) from error
    return cast(Provider, getattr(loaded, adapter)(config, limits))


def _is_compatible(config: EmbedderConfig) -> bool:
    """Whether it is asked in OpenAI's protocol, but is not OpenAI."""
    if config.provider == "openai":
        return not catalogue.is_known("openai", config.model)
    return speaks_openai(config)
