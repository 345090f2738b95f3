"""How many tokens a text is, where nobody who knows has said."""

from __future__ import annotations

CHARACTERS_A_TOKEN = 4


def estimate_tokens(text: str) -> int:
    """Tokens of a text, estimated: four ASCII characters a token, other scripts a token a character."""
    ascii_count = len(text) if text.isascii() else sum(1 for character in text if character < "\x80")
    return -(-ascii_count // CHARACTERS_A_TOKEN) + len(text) - ascii_count
