"""OpenAI, and other servers that speak its protocol.

The requests are plain HTTP: loading OpenAI's SDK would double the start-up time of a worker.
"""

from __future__ import annotations

from embedd_pg.embedding.providers.address import address_of
from embedd_pg.embedding.providers.base import EmbedderConfig, Limits
from embedd_pg.embedding.providers.http import HttpCarrier
from embedd_pg.embedding.providers.openai_protocol import OpenAIProtocol, asks_size, refusal


class OpenAIProvider(OpenAIProtocol):
    """A provider over plain HTTP. A server at a user's own address may need no key."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        own = address_of(config.provider, config.base_url) is not None
        carrier = HttpCarrier(config, refusal, needs_key=not own)
        super().__init__(config, limits, carrier, asks_size=asks_size(config.model))
