"""Embedding providers: open a live client for a stored embedder.

A vendor's SDK is imported when its first provider is opened, so an installation needs only the SDKs it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast
from urllib.parse import urlsplit

from embedd_pg.embedding.providers.address import address_of, speaks_openai
from embedd_pg.embedding.providers.base import EmbedderConfig, Provider
from embedd_pg.embedding.providers.registry import ADAPTERS, COMPATIBLE
from embedd_pg.errors import ConfigurationError, ValidationError


def open_provider(config: EmbedderConfig) -> Provider:
    """Open a live client, to be closed with `close()`. Model and size have been checked in SQL.

    Raise ValidationError for an invalid address, ConfigurationError if the vendor's package is not installed, and
    ProviderMisconfigured if the key is missing.
    """
    _check_address(config)
    adapter = COMPATIBLE if _is_compatible(config) else ADAPTERS[config.provider]
    try:
        loaded = import_module(f"{__name__}.{adapter.module}")
    except ImportError as error:
        raise ConfigurationError(
            f"The provider {config.provider} needs the package {adapter.package}:"
            f" pip install embedd-pg[{adapter.extra}]",
            resolution=f"Run: pip install 'embedd-pg[{adapter.extra}]'",
        ) from error
    return cast(Provider, getattr(loaded, adapter.name)(config, config.limits))


def _check_address(config: EmbedderConfig) -> None:
    if config.provider not in ADAPTERS:
        raise ValidationError(f"Unknown provider {config.provider[:64]!r}; allowed are: {', '.join(sorted(ADAPTERS))}.")
    address = address_of(config.provider, config.base_url)
    if address and not (urlsplit(address).hostname and urlsplit(address).scheme in ("http", "https")):
        raise ValidationError("base_url must be an http or https address with a host.")
    if config.provider == "tei" and not address:
        raise ValidationError("The provider tei needs a base_url: the address of the server.")


def _is_compatible(config: EmbedderConfig) -> bool:
    """Return whether the server speaks OpenAI's protocol but has its own models."""
    if config.provider == "openai":
        own = config.model.startswith("text-embedding-")
        return not own and address_of(config.provider, config.base_url) is not None
    return speaks_openai(config)
