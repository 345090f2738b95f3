"""How many tokens a text is, where nobody who knows has said."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

CHARACTERS_A_TOKEN = 4


def estimate_tokens(text: str) -> int:
    """Tokens of a text, estimated: four ASCII characters a token, other scripts a token a character."""
    ascii_count = len(text) if text.isascii() else sum(1 for character in text if character < "\x80")
    return -(-ascii_count // CHARACTERS_A_TOKEN) + len(text) - ascii_count


def truncate(text: str, tokens: int) -> str:
    """The longest start of a text that is estimated at no more tokens; one pass, as long texts may be many."""
    text = text[: CHARACTERS_A_TOKEN * tokens]
    if estimate_tokens(text) <= tokens:
        return text
    quarters = accumulate(1 if character < "\x80" else CHARACTERS_A_TOKEN for character in text)
    return text[: bisect_right(list(quarters), CHARACTERS_A_TOKEN * tokens)]
