"""Other servers that speak OpenAI's protocol, at an address given by the user, over plain HTTP."""

from __future__ import annotations

from embedd_pg.embedding.providers.base import EmbedderConfig, Limits
from embedd_pg.embedding.providers.http import HttpCarrier
from embedd_pg.embedding.providers.openai_protocol import OpenAIProtocol, asks_size, refusal


class CompatibleProvider(OpenAIProtocol):
    """A provider over plain HTTP. Such a server may need no key."""

    def __init__(self, config: EmbedderConfig, limits: Limits) -> None:
        carrier = HttpCarrier(config, refusal, needs_key=False)
        super().__init__(config, limits, carrier, asks_size=asks_size(config.model))
