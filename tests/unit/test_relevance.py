"""The measurement of relevance: both figures, compared with values computed by hand, and their labels."""

from __future__ import annotations

import csv
import re
from math import log2
from pathlib import Path

import pytest

import embedd_pg.embedded
from benchmarks import relevance
from benchmarks.place import NotMeasured
from benchmarks.relevance import Quality, labels, ndcg, recall


@pytest.mark.parametrize(
    ("found", "relevant", "depth", "expected"),
    [
        (["a", "b", "c"], {"a", "c"}, 10, 1.0),
        (["a", "b", "c"], {"a", "c"}, 2, 0.5),
        (["b"], {"a"}, 10, 0.0),
        ([], {"a"}, 10, 0.0),
        (["a", "b"], {"a", "b", "c", "d"}, 2, 0.5),
    ],
)
def test_recall_is_the_share_of_the_relevant_that_is_found(
    found: list[str], relevant: set[str], depth: int, expected: float
) -> None:
    assert recall(found, relevant, depth) == expected


@pytest.mark.parametrize(
    ("found", "relevant", "depth", "expected"),
    [
        (["a", "c", "b"], {"a", "c"}, 10, 1.0),
        (["b", "a"], {"a"}, 10, 1 / log2(3)),
        (["b", "c", "a"], {"a"}, 10, 0.5),
        (["b", "c", "a"], {"a"}, 2, 0.0),
        # Places 1 and 3 of three relevant: (1 + 1/2) / (1 + 1/log2(3) + 1/2).
        (["a", "x", "b"], {"a", "b", "c"}, 10, 1.5 / (1.5 + 1 / log2(3))),
        # No more than two places count, ideally as well.
        (["a", "b", "c"], {"a", "b", "c"}, 2, 1.0),
        ([], {"a"}, 10, 0.0),
    ],
)
def test_ndcg_weights_the_first_places_most(found: list[str], relevant: set[str], depth: int, expected: float) -> None:
    assert ndcg(found, relevant, depth) == pytest.approx(expected)


def test_quality_is_the_mean_over_the_questions() -> None:
    answers = {"first": ["a", "x"], "second": ["y", "b"], "not asked for": ["z"]}
    quality = Quality.of(answers, {"first": {"a"}, "second": {"b", "c"}})
    assert quality.recall == pytest.approx((1 + 1 / 2) / 2)
    assert quality.ndcg == pytest.approx((1 + (1 / log2(3)) / (1 + 1 / log2(3))) / 2)
    assert str(quality) == "0.750, 0.693"


def test_every_label_of_the_catalogue_is_a_product() -> None:
    with Path(embedd_pg.embedded.__file__).with_name("products.csv").open(encoding="utf-8", newline="") as file:
        products = {row["id"] for row in csv.DictReader(file)}
    expected = labels("catalogue")
    unknown = {query: keys - products for query, keys in expected.items() if keys - products}
    assert not unknown
    assert len(expected) >= 120 and sum(map(len, expected.values())) >= 250


def test_every_label_of_the_packages_is_a_name_a_package_can_have() -> None:
    expected = labels("packages")
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for names in expected.values() for name in names)
    assert len(expected) >= 60 and all(len(names) <= 8 for names in expected.values())


@pytest.mark.parametrize(
    "line", ["a question\t1", "another\t1,1", "another\t", "another", "\t1", "another\t1,", ""], ids=repr
)
def test_an_invalid_line_of_questions_is_refused(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line is refused because it repeats a question."""
    (tmp_path / "relevance").mkdir()
    (tmp_path / "relevance" / "made.tsv").write_text(f"# Says how.\na question\t1,2\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(relevance, "__file__", str(tmp_path / "relevance.py"))
    with pytest.raises(ValueError, match=r"made\.tsv, line 3"):
        labels("made")


def test_packages_are_those_with_a_label_and_a_fixed_random_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = labels("packages")
    named = set().union(*expected.values())
    known = dict.fromkeys([*named, *(f"package{n}" for n in range(1000))], "does something") | {"jq": "processes JSON"}
    monkeypatch.setattr(relevance, "known_packages", lambda: known)
    texts, answerable = relevance.chosen_packages(len(named) + 100)
    assert answerable == expected and named < texts.keys() and len(texts) == len(named) + 100
    assert texts["jq"] == "processes JSON"
    assert relevance.chosen_packages(len(named) + 100)[0] == texts


def test_an_unknown_package_name_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    named = set().union(*labels("packages").values()) - {"jq", "gron"}
    monkeypatch.setattr(relevance, "known_packages", lambda: dict.fromkeys(named, "does something"))
    texts, expected = relevance.chosen_packages(len(named))
    assert "jq" not in expected and texts.keys() == named
    assert not expected["pick fields out of JSON in a shell script"] & {"jq", "gron"}


NAMED = dict.fromkeys(set().union(*labels("packages").values()), "something")
OTHERS = {f"package{n}": "something" for n in range(6000)}


@pytest.mark.parametrize("known", [{}, NAMED, OTHERS], ids=["none", "few", "others"])
def test_too_few_known_packages_are_reported(known: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevance, "known_packages", lambda: known)
    with pytest.raises(NotMeasured, match=f"apt-cache knows {len(known):,} packages"):
        relevance.chosen_packages(5000)


def test_a_machine_without_apt_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotMeasured, match="no apt-cache"):
        relevance.known_packages()
