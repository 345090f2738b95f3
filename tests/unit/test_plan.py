"""The action that a claimed key needs: all branches, including the rule on the previous token."""

from __future__ import annotations

import pytest

from embedd_pg.stores.base import Mark
from embedd_pg.sync.row.plan import Action, Belief, Job, believed, decide, needs_mark
from embedd_pg.sync.row.text import Document

HELD = Belief(5, "t", "m")


def row(text_hash: str = "t", metadata_hash: str = "m") -> Document:
    return Document("text" if text_hash else "", text_hash, {}, b"{}", metadata_hash, None, False)


def job(previous: int = 0, belief: Belief | None = HELD) -> Job:
    return Job("1", 1, previous, 0, belief)


@pytest.mark.parametrize("previous", [0, 5])
@pytest.mark.parametrize(
    ("belief", "document", "action"),
    [
        (HELD, row(), Action.NOTHING),
        (HELD, row(metadata_hash="other"), Action.METADATA),
        (HELD, row(text_hash="other"), Action.EMBED),
        (HELD, row(text_hash="other", metadata_hash="other"), Action.EMBED),
        (HELD, row(text_hash=""), Action.EMBED),
        (HELD, None, Action.DELETE),
    ],
)
def test_a_recorded_state_without_a_later_attempt_is_trusted(
    previous: int, belief: Belief, document: Document | None, action: Action
) -> None:
    assert not needs_mark(job(previous, belief))
    # Whatever the store says is not asked for.
    assert decide(job(previous, belief), document, Mark(9, "x", "x", False)) is action


def test_a_new_row_is_embedded_and_one_that_never_was_needs_nothing() -> None:
    assert decide(job(belief=None), row(), None) is Action.EMBED
    assert decide(job(belief=None), None, None) is Action.NOTHING


@pytest.mark.parametrize("belief", [None, HELD, Belief(8, "t", "m")])
@pytest.mark.parametrize(
    ("mark", "document", "action"),
    [
        (Mark(7, "t", "m", False), row(), Action.METADATA),
        (Mark(7, "t", "other", False), row(), Action.METADATA),
        (Mark(7, "other", "m", False), row(), Action.EMBED),
        (Mark(7, None, None, True), row(), Action.EMBED),
        (None, row(), Action.EMBED),
        (Mark(7, "t", "m", False), None, Action.DELETE),
        (Mark(7, None, None, True), None, Action.DELETE),
        (None, None, Action.DELETE),
    ],
)
def test_after_an_unacknowledged_attempt_the_mark_is_read_and_the_row_is_always_written(
    belief: Belief | None, mark: Mark | None, document: Document | None, action: Action
) -> None:
    """Even what looks right is written under the new token, so that the earlier attempt's late effect is refused."""
    assert needs_mark(job(7, belief))
    assert decide(job(7, belief), document, mark) is action


def test_a_row_without_text_is_held_as_such() -> None:
    assert decide(job(belief=Belief(5, "", "m")), row(text_hash=""), None) is Action.NOTHING
    assert decide(job(belief=Belief(5, "", "x")), row(text_hash=""), None) is Action.METADATA
    assert believed(job(7), Mark(7, None, None, False)) == Belief(7, "", "")
    assert believed(job(7), Mark(7, None, None, True)) is None
