"""The catalogue of models: known facts, entries of operators, and warnings about models that are not in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from embedd_api.goodmem.bodies import ProviderType
from embedd_pg.embedding.providers.registry import ADAPTERS
from embedd_pg.embedding.rerankers import DEFAULT_MODELS
from tests.sql.calls import PRODUCTS, Pg, Refusal, refused, row, rows, value

#: The models of the guide: their vendor is asked for them in this size.
OF_THE_GUIDE = {
    ("openai", "text-embedding-3-small"): 1536,
    ("openai", "text-embedding-3-large"): 3072,
    ("openai", "text-embedding-ada-002"): 1536,
    ("gemini", "gemini-embedding-001"): 3072,
    ("gemini", "text-embedding-005"): 768,
    ("gemini", "text-embedding-004"): 768,
    ("voyage", "voyage-3.5"): 1024,
    ("voyage", "voyage-3.5-lite"): 512,
    ("voyage", "voyage-code-3"): 1024,
    ("voyage", "voyage-3-large"): 1024,
    ("voyage", "voyage-3-lite"): 512,
}


def check(
    pg: Pg, provider: str, model: str | None, dimensions: int | None = None, base_url: str | None = None
) -> dict[str, Any]:
    return {"p_provider": provider, "p_model": model, "p_dimensions": dimensions, "p_base_url": base_url}


def listed(pg: Pg, provider: str, model: str) -> dict[str, Any]:
    (found,) = [one for one in rows(pg, "list_models", of_provider=provider) if one["model"] == model]
    return dict(found)


def added(pg: Pg, **named: Any) -> None:
    value(pg, "add_model", **({"provider": "openai", "model": "text-embedding-4", "dimensions": 2048} | named))


def test_the_adapters_and_the_faces_know_the_same_vendors(pg: Pg) -> None:
    found = rows(pg, "providers")
    assert {one["provider"] for one in found} == set(ADAPTERS)
    types = {one["shown_type"] for one in found}
    assert types | {"VLLM"} == set(get_args(ProviderType)), "VLLM is openai, too"
    allowed = pg.execute(
        "select pg_get_constraintdef(oid) as said from pg_constraint"
        " where conrelid = 'embedd.embedders'::regclass and conname = 'embedders_provider_type_check'"
    ).fetchone()
    assert allowed is not None
    assert all(f"'{one}'" in allowed["said"] for one in get_args(ProviderType))


def test_models_of_all_providers_are_listed_with_their_facts(pg: Pg) -> None:
    assert [one["model"] for one in rows(pg, "list_models", of_kind="rerank")]
    found = rows(pg, "list_models", of_kind="embedding")
    assert [(one["provider"], one["model"]) for one in rows(pg, "models")] == [
        (one["provider"], one["model"]) for one in found
    ]
    assert {one["provider"] for one in found} == set(ADAPTERS) - {"tei"}
    assert {(one["provider"], one["model"]): one["dimensions"] for one in found}.items() >= OF_THE_GUIDE.items()
    small = listed(pg, "openai", "text-embedding-3-small")
    assert (small["sizes"], small["max_text_tokens"], small["usd_per_million"]) == ("1 to 1536", 8192, Decimal("0.02"))
    assert listed(pg, "voyage", "voyage-4-lite")["sizes"] == "256, 512, 1024, 2048"
    assert listed(pg, "gemini", "text-embedding-004")["retired_on"] == date(2026, 1, 14)
    assert {one["origin"] for one in found} == {"shipped"}


def test_every_default_of_a_provider_is_a_known_model(pg: Pg) -> None:
    defaults = {(one["provider"], one["default_model"]) for one in rows(pg, "providers") if one["default_model"]}
    assert defaults <= {(one["provider"], one["model"]) for one in rows(pg, "models")}
    reranking = {(one["provider"], one["model"]) for one in rows(pg, "list_models", of_kind="rerank")}
    assert set(DEFAULT_MODELS.items()) <= reranking


@pytest.mark.parametrize(("known", "size"), OF_THE_GUIDE.items())
def test_models_of_the_guide_have_their_size_at_their_vendor(pg: Pg, known: tuple[str, str], size: int) -> None:
    provider, model = known
    value(pg, "create_embedder", name="e", provider=provider, api_key_ref="env:KEY")
    pg.execute(PRODUCTS)
    columns = '[{"name": "name", "role": "embedding", "ordinal": 1}]'
    named = {"name": "t", "source_table": "products", "columns": columns, "embedder": "e", "embedding_model": model}
    told = refused(pg, "create_vector_table", **named, embedding_dimensions=256)
    assert told.message == f"embedding_dimensions must be {size} for the model {model}."
    made = value(pg, "create_vector_table", **named)
    assert row(pg, "get_vector_table", vector_table=made)["embedding_dimensions"] == size


def test_any_model_is_accepted_with_its_dimensions(pg: Pg) -> None:
    for provider in ("openai", "gemini", "voyage", "cohere", "jina"):
        assert value(pg, "check_model", **check(pg, provider, "of tomorrow", 7)) == 7
        assert refused(pg, "check_model", **check(pg, provider, "of tomorrow")) == Refusal(
            "EBV01",
            "The model 'of tomorrow' is not in the catalogue: the size of its vectors must be given.",
            "Give their size as embedding_dimensions, or as dimensions when embedding a text.",
        )
        for wrong in (0, -1, 16001):
            told = refused(pg, "check_model", **check(pg, provider, "of tomorrow", wrong))
            assert told.message == "embedding_dimensions must be between 1 and 16000."
    assert refused(pg, "check_model", **check(pg, "openai", "", 7)).message == "embedding_model must not be empty."
    assert "all-MiniLM-L6-v2" in (refused(pg, "check_model", **check(pg, "local", "another", 7)).hint or "")


def test_a_known_model_yields_only_its_sizes(pg: Pg) -> None:
    assert value(pg, "check_model", **check(pg, "voyage", "voyage-4", 256)) == 256
    assert value(pg, "check_model", **check(pg, "voyage", "voyage-4")) == 1024
    told = refused(pg, "check_model", **check(pg, "voyage", "voyage-4", 300))
    assert told == Refusal(
        "EBV01", "The model voyage-4 does not yield 300 dimensions.", "Its sizes are 256, 512, 1024, 2048."
    )


def test_a_model_of_another_provider_is_refused_except_at_your_own_server(pg: Pg) -> None:
    told = refused(pg, "check_model", **check(pg, "openai", "voyage-4", 1024))
    assert told.message == "embedding_model 'voyage-4' is not an embedding model of the provider openai."
    assert "voyage" in (told.hint or "")
    assert value(pg, "check_model", **check(pg, "openai", "voyage-4", 1024, "http://gateway")) == 1024
    told = refused(pg, "check_model", **check(pg, "voyage", "rerank-2.5", 1024))
    assert "not an embedding model" in told.message


def test_an_operator_adds_and_removes_a_model(pg: Pg) -> None:
    added(pg, sizes="256 512, 1024-2048", max_items=10, usd_per_million="0.5")
    made = listed(pg, "openai", "text-embedding-4")
    assert (made["dimensions"], made["sizes"], made["origin"]) == (2048, "256, 512, 1024 to 2048", "operator")
    assert value(pg, "get_price", p_provider="openai", p_model="text-embedding-4") == Decimal("0.5")
    limits = value(pg, "model_limits", p_provider="openai", p_model="text-embedding-4")
    assert limits == {"max_text_tokens": 8192, "max_items": 10, "max_tokens": 100000, "max_requests": 4}
    assert value(pg, "check_model", **check(pg, "openai", "text-embedding-4", 1500)) == 1500
    added(pg, dimensions=8)
    assert listed(pg, "openai", "text-embedding-4")["sizes"] == "8", "described anew, as a whole"
    value(pg, "remove_model", provider="openai", model="text-embedding-4")
    assert refused(pg, "remove_model", provider="openai", model="text-embedding-4").sqlstate == "EBV01"
    noted = [one["operation"] for one in rows(pg, "list_audit")]
    assert noted.count("add_model") == 2 and noted.count("remove_model") == 1


def test_an_upgrade_leaves_what_operators_added_and_renews_the_rest(pg: Pg) -> None:
    small = listed(pg, "openai", "text-embedding-3-small")
    added(pg, model="text-embedding-3-small", dimensions=99)
    added(pg)
    pg.execute("update embedd.models set dimensions = 5, sizes = '{[5,5]}' where model = 'voyage-4'")
    pg.execute(
        "insert into embedd.models (provider, model, dimensions, sizes, origin)"
        " values ('voyage', 'no more', 5, '{[5,5]}', 'shipped')"
    )
    value(pg, "seed_models")
    assert listed(pg, "openai", "text-embedding-3-small")["dimensions"] == 99
    assert listed(pg, "openai", "text-embedding-4")["dimensions"] == 2048
    assert listed(pg, "voyage", "voyage-4")["dimensions"] == 1024
    assert "no more" not in {one["model"] for one in rows(pg, "models")}
    value(pg, "remove_model", provider="openai", model="text-embedding-3-small")
    assert listed(pg, "openai", "text-embedding-3-small") == small, "as it was shipped"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"provider": "acme"}, "provider 'acme' is not known."),
        ({"model": ""}, "model must have"),
        ({"dimensions": None}, "dimensions must be between 1 and 16000."),
        ({"dimensions": 16001}, "dimensions must be between 1 and 16000."),
        ({"sizes": "256"}, "sizes must include dimensions"),
        ({"sizes": "1-99999"}, "sizes must include dimensions"),
        ({"sizes": "many"}, "sizes must be numbers"),
        ({"sizes": "1--5"}, "sizes must be numbers"),
        ({"max_items": 0}, "Limits must be positive."),
        ({"usd_per_million": "-1"}, "usd_per_million must not be negative."),
        ({"kind": "chat"}, "kind must be embedding or rerank."),
        ({"kind": "rerank"}, "A reranking model has no dimensions."),
    ],
)
def test_an_invalid_model_is_refused_with_the_reason(pg: Pg, named: dict[str, Any], message: str) -> None:
    defaults = {"provider": "openai", "model": "m", "dimensions": 8}
    told = refused(pg, "add_model", **(defaults | named))
    assert told.sqlstate == "EBV01" and told.message.startswith(message), told


@pytest.mark.parametrize(
    ("provider", "model", "said"),
    [
        ("openai", "text-embedding-3-small", None),
        ("openai", "of tomorrow", "is not in the catalogue: its limits are assumed"),
        ("gemini", "text-embedding-004", "was retired on 2026-01-14. Its vendor recommends gemini-embedding-001."),
        ("openai", "text-embedding-ada-002", "is an older one. Its vendor recommends text-embedding-3-small."),
    ],
)
def test_warnings_about_a_model_are_given(pg: Pg, provider: str, model: str, said: str | None) -> None:
    told = value(pg, "model_warning", p_provider=provider, p_model=model)
    assert told is None if said is None else said in told


def test_a_future_retirement_is_a_warning(pg: Pg) -> None:
    added(pg, retired_on="2999-01-01")
    told = value(pg, "model_warning", p_provider="openai", p_model="text-embedding-4")
    assert told == "The model 'text-embedding-4' of the provider openai will be retired on 2999-01-01."


def test_the_warning_stands_in_the_notices_of_the_vector_table(pg: Pg) -> None:
    value(pg, "create_embedder", name="e", provider="voyage", api_key_ref="env:KEY")
    pg.execute(PRODUCTS)
    columns = '[{"name": "name", "role": "embedding", "ordinal": 1}]'
    named = {"name": "t", "source_table": "products", "columns": columns, "embedder": "e"}
    value(pg, "create_vector_table", **named, embedding_model="of tomorrow", embedding_dimensions=7)
    (told,) = rows(pg, "notices", vector_table="t")
    assert "'of tomorrow' of the provider voyage is not in the catalogue" in told["message"]
    value(pg, "update_vector_table", vector_table="t", embedding_model="voyage-4")
    assert row(pg, "get_vector_table", vector_table="t")["embedding_dimensions"] == 1024
    value(pg, "update_vector_table", vector_table="t", embedding_model="of tomorrow, too")
    assert row(pg, "get_vector_table", vector_table="t")["embedding_dimensions"] == 1024, "nobody says another size"
    assert len(rows(pg, "notices", vector_table="t")) == 2
    value(pg, "create_embedder", name="own", provider="openai", base_url="http://own")
    value(pg, "update_vector_table", vector_table="t", embedder="own", embedding_model="mine")
    assert len(rows(pg, "notices", vector_table="t")) == 2, "no catalogue is expected to know models of one's own"
