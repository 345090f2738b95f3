"""The fields of a query result: declared once, and the same in REST, its description and the commands."""

from __future__ import annotations

from dataclasses import fields

from embedd_api.shapes import QueryResults
from embedd_pg.search.search import Result

PLAIN = Result(id="7", score=0.5, metadata={"price": None}, similarity_score=None, embedded_text="lamp")


def test_a_field_without_a_default_is_shown_even_if_it_is_none() -> None:
    assert PLAIN.as_json() == {
        "id": "7",
        "score": 0.5,
        "metadata": {"price": None},
        "similarity_score": None,
        "embedded_text": "lamp",
    }


def test_a_field_with_a_default_is_left_out_if_it_is_none() -> None:
    cut = Result(id="7", score=0.5, metadata={}, similarity_score=0.5, embedded_text="a lamp", passage="lamp")
    assert cut.as_json()["passage"] == "lamp"
    assert "passage" not in PLAIN.as_json()


def test_rest_describes_the_declared_fields_and_no_others() -> None:
    described = QueryResults.model_json_schema()["$defs"]["Result"]
    assert list(described["properties"]) == [field.name for field in fields(Result)]
    assert set(described["required"]) == {"id", "score", "metadata", "similarity_score", "embedded_text"}
    assert described["additionalProperties"] is False
    assert described["description"].startswith("One row found")
    assert "chunking" in described["properties"]["passage"]["description"]
