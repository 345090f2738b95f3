"""Estimates of the number of tokens in a text, used where no exact count is known."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

CHARACTERS_A_TOKEN = 4


def estimate_tokens(text: str) -> int:
    """Return the estimated tokens of a text: four ASCII characters a token, other scripts one character a token."""
    ascii_count = len(text) if text.isascii() else sum(1 for character in text if character < "\x80")
    return -(-ascii_count // CHARACTERS_A_TOKEN) + len(text) - ascii_count


def truncate(text: str, tokens: int) -> str:
    """Return the longest start of a text with at most `tokens` estimated tokens, found in one pass."""
    text = text[: CHARACTERS_A_TOKEN * tokens]
    if estimate_tokens(text) <= tokens:
        return text
    quarters = accumulate(1 if character < "\x80" else CHARACTERS_A_TOKEN for character in text)
    return text[: bisect_right(list(quarters), CHARACTERS_A_TOKEN * tokens)]
