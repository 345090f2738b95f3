"""Rerankers: open a live client of a vendor's reranker with an embedder's credentials.

A vendor's SDK is imported when its first reranker is opened.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.errors import ConfigurationError, ValidationError

if TYPE_CHECKING:
    from embedd_pg.embedding.rerankers.base import Reranker

#: The vendors with rerankers, and their default models.
DEFAULT_MODELS = {"voyage": "rerank-2.5", "cohere": "rerank-v4.0-pro", "jina": "jina-reranker-v3"}


def default_model(provider: str) -> str:
    """Return the provider's default model. Raise ValidationError, which names alternatives, if it cannot rerank."""
    if provider not in DEFAULT_MODELS:
        raise ValidationError(
            f"rerank.embedder: the provider {provider} cannot rerank; {', '.join(DEFAULT_MODELS)} can.",
            resolution="Name an embedder of one of these providers; its key is used for reranking.",
        )
    return DEFAULT_MODELS[provider]


def open_reranker(config: EmbedderConfig) -> Reranker:
    """Open a live client, to be closed with `close()`.

    Raise ValidationError for a provider that cannot rerank, ConfigurationError if the vendor's package is missing, and
    ProviderMisconfigured if the key is missing.
    """
    default_model(config.provider)
    try:
        loaded = import_module(f"{__name__}.{config.provider}")
    except ImportError as error:  # only voyage needs a package
        raise ConfigurationError(
            "Reranking with voyage needs the package voyageai: pip install embedd-pg[voyage]",
            resolution="Run: pip install 'embedd-pg[voyage]'",
        ) from error
    return cast("Reranker", getattr(loaded, f"{config.provider.capitalize()}Reranker")(config))
