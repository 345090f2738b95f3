"""The cutting of texts into passages."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedd_pg.embedding.chunking import Chunking, max_passages
from embedd_pg.embedding.providers.base import InputRefused
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.sync.row.passages import Gathering, Passages
from embedd_pg.sync.row.pieces import Piece

STRATEGIES = ("recursive", "sentences", "markdown")
WORDS = st.sampled_from(["word", "Käse", "漢字", "end.", "\n\n", "# Title\n", "- one\n", "\r\n", "  ", "x" * 300, "🙂"])
TEXTS = st.lists(WORDS, min_size=1, max_size=80).map(" ".join).filter(str.strip)


def spans(text: str, strategy: str = "recursive", size: int = 16, overlap: int = 0, most: int = 8000) -> list[str]:
    return [text[start:end] for start, end in Chunking(strategy, size, overlap).spans(text, max_tokens=most)]


@given(text=TEXTS, strategy=st.sampled_from(STRATEGIES), size=st.integers(16, 64), overlap=st.integers(0, 8))
def test_passages_hold_the_whole_text_in_order_and_none_is_too_long(
    text: str, strategy: str, size: int, overlap: int
) -> None:
    found = Chunking(strategy, size, overlap).spans(text, max_tokens=8000)
    assert all(estimate_tokens(text[start:end]) <= size for start, end in found)
    assert found == sorted(found)
    covered = bytearray(len(text))
    for start, end in found:
        covered[start:end] = b"\1" * (end - start)
    assert not [character for character, seen in zip(text, covered, strict=True) if not seen and character.strip()]
    if not overlap:
        assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_recursive_keeps_paragraphs_together_and_sentences_treats_line_breaks_as_blanks() -> None:
    text = "First one. Second one\nis broken over two lines.\n\nA paragraph of its own."
    assert spans(text, size=16)[-1] == "A paragraph of its own."
    assert "Second one\nis broken over two lines." in "|".join(spans(text, "sentences", size=16))
    assert spans("A list\nof lines\nwithout\nany\nend", "sentences", size=16) == ["A list\nof lines\nwithout\nany\nend"]


def test_markdown_begins_a_passage_at_a_heading() -> None:
    text = "# Coffee\n\nBeans and water, hot enough.\n\n# Tea\n\nLeaves and water, not boiling."
    assert [one.splitlines()[0] for one in spans(text, "markdown")] == ["# Coffee", "# Tea"]


def test_a_passage_repeats_the_end_of_the_one_before() -> None:
    text = " ".join(f"Sentence number {n}." for n in range(40))
    found = Chunking("recursive", 32, 8).spans(text, max_tokens=8000)
    assert all(other[0] < one[1] for one, other in pairwise(found))


def test_no_passage_is_longer_than_the_model_allows() -> None:
    assert max(map(len, spans("word " * 1000, size=512, most=32))) <= 4 * 32


def test_a_short_text_is_one_passage() -> None:
    assert spans("Just this.", size=512) == ["Just this."]


def test_one_point_of_qdrant_has_a_limit_of_numbers() -> None:
    assert max_passages(384) == 1000 and max_passages(3072) == 341


# Vectors put together again


def vectors(*numbers: int) -> np.ndarray:
    return np.array([[number, number] for number in numbers], np.float32)


def test_a_row_is_complete_when_all_its_passages_arrived_in_any_order() -> None:
    gathering = Gathering([Passages(["a", "b"], [(0, 1), (1, 2)]), Passages(["c"]), Passages(["d"], [(0, 1)])])
    assert gathering.texts == ["a", "b", "c", "d"]
    assert dict(gathering.take(Piece([1], vectors(1)), 0)) == {}
    # The second request begins with the third text.
    found = gathering.take(Piece([0, 1], vectors(2, 3)), 2)
    assert found[1].tolist() == [2, 2] and found[2].tolist() == [[3, 3]]
    assert gathering.take(Piece([0], vectors(0)), 0)[0].tolist() == [[0, 0], [1, 1]]


def test_a_row_with_a_refused_passage_is_never_complete() -> None:
    gathering = Gathering([Passages(["a", "b"], [(0, 1), (1, 2)])])
    assert gathering.take(Piece([0], None, InputRefused()), 0) == {}
    assert gathering.take(Piece([1], vectors(1)), 0) == {}


@pytest.mark.parametrize("other", [("sentences", 16, 0), ("recursive", 17, 0), ("recursive", 16, 1)])
def test_other_chunking_has_another_fingerprint(other: tuple[str, int, int]) -> None:
    assert Chunking(*other).fingerprint() != Chunking("recursive", 16, 0).fingerprint()
