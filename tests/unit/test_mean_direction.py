"""The vector of a search by rows: what it is made of, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from embedd_pg.search.like import Like, mean_direction

ONE, OTHER, THIRD = (np.eye(3, dtype=np.float32)[[n]] for n in range(3))


def test_each_row_counts_the_same_whatever_the_length_of_its_vector_and_the_number_of_its_passages() -> None:
    passages = np.concatenate([OTHER, 7 * THIRD, OTHER, THIRD])
    made = mean_direction(Like(["a", "b"], []), {"a": 100 * ONE, "b": passages})
    assert made == pytest.approx([1, 0.5**0.5, 0.5**0.5])


def test_negative_rows_are_subtracted_once() -> None:
    vectors = {"a": ONE, "b": OTHER, "c": 5 * THIRD}
    assert mean_direction(Like(["a"], ["c"]), vectors) == pytest.approx([2, 0, -1])
    assert mean_direction(Like(["a"], ["b", "c"]), vectors) == pytest.approx([2, -0.5, -0.5])


def test_rows_that_cancel_each_other_out_have_no_direction() -> None:
    assert mean_direction(Like(["a", "b"], []), {"a": ONE, "b": -3 * ONE}) is None
    assert mean_direction(Like(["a"], []), {"a": np.concatenate([ONE, -ONE])}) is None
