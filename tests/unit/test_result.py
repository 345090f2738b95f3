"""The fields of a query result: declared once, and the same in REST, its description and the commands."""

from __future__ import annotations

from dataclasses import fields

from embedd_api.shapes import QueryResults
from embedd_pg.search.search import Result

PLAIN = Result(id="7", score=0.5, metadata={"price": None}, similarity_score=None, embedded_text="lamp")


def test_a_result_shows_every_field_but_the_passage_even_if_it_is_none() -> None:
    assert PLAIN.as_json() == {
        "id": "7",
        "score": 0.5,
        "metadata": {"price": None},
        "similarity_score": None,
        "embedded_text": "lamp",
    }


def test_the_passage_is_left_out_if_there_is_none() -> None:
    cut = Result(id="7", score=0.5, metadata={}, similarity_score=0.5, embedded_text="a lamp", passage="lamp")
    assert cut.as_json()["passage"] == "lamp"
    assert "passage" not in PLAIN.as_json()


def test_select_leaves_out_the_fields_that_it_does_not_name() -> None:
    cut = Result(id="7", score=0.5, metadata={"price": 1}, similarity_score=0.5, embedded_text="a lamp", passage="lamp")
    always = {"id": "7", "score": 0.5, "metadata": {"price": 1}}
    assert cut.as_json([]) == cut.as_json(["price"]) == always
    assert cut.as_json(["passage", "similarity_score"]) == always | {"similarity_score": 0.5, "passage": "lamp"}
    assert PLAIN.as_json(["passage", "embedded_text"]).keys() == {*always, "embedded_text"}


def test_rest_describes_the_declared_fields_and_no_others() -> None:
    described = QueryResults.model_json_schema()["$defs"]["Result"]
    assert list(described["properties"]) == [field.name for field in fields(Result)]
    assert set(described["required"]) == {"id", "score", "metadata"}
    assert described["additionalProperties"] is False
    assert described["description"].startswith("One row found")
    assert "chunking" in described["properties"]["passage"]["description"]
