"""From an embedder's credentials to a live client of its vendor's reranker.

A vendor's SDK is imported when its first reranker is opened.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from embedd_pg.embedding.providers.base import EmbedderConfig
from embedd_pg.embedding.rerankers.base import Reranker
from embedd_pg.errors import ConfigurationError, ValidationError

#: The vendors that rerank, each with the model asked when none is named.
DEFAULT_MODELS = {"voyage": "rerank-2.5", "cohere": "rerank-v4.0-pro", "jina": "jina-reranker-v3"}


def default_model(provider: str) -> str:
    """ValidationError, naming those that can, for a provider that cannot rerank."""
    if provider not in DEFAULT_MODELS:
        raise ValidationError(
            f"rerank.embedder: the provider {provider} cannot rerank; {', '.join(DEFAULT_MODELS)} can.",
            resolution="Name an embedder of one of these providers; its key is used for reranking.",
        )
    return DEFAULT_MODELS[provider]


def open_reranker(config: EmbedderConfig) -> Reranker:
    """A live client, to be closed with `close()`. ValidationError for a provider that cannot rerank, ConfigurationError
    if the vendor's package is not installed, ProviderMisconfigured if the key is missing."""
    default_model(config.provider)
    try:
        loaded = import_module(f"{__name__}.{config.provider}")
    except ImportError as error:  # the others need none of their own
        raise ConfigurationError(
            "Reranking with voyage needs the package voyageai: pip install embedd-pg[voyage]",
            resolution="Run: pip install 'embedd-pg[voyage]'",
        ) from error
    return cast(Reranker, getattr(loaded, f"{config.provider.capitalize()}Reranker")(config))
