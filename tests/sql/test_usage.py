"""Usage: requests to embedders add up by day, have a price, and can be limited."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sql.calls import Pg, acting_as, generation_of, refused, row, rows, value

LOCAL = "all-MiniLM-L6-v2"
LAST_MONTH = """
insert into embedd.daily_usage
select (date_trunc('month', day) - interval '1 day')::date, organization_id, vector_table_id, embedder_id, provider,
       model, kind, 1, 1000
  from embedd.daily_usage where kind = 'document'"""


def record(pg: Pg, generation: int, tokens: int, kind: str = "document", requests: int = 1) -> None:
    value(pg, "record_usage", p_generation_id=generation, p_kind=kind, p_requests=requests, p_tokens=tokens)


def test_usage_adds_up_by_day_and_kind(pg: Pg, table: str, generation: int) -> None:
    record(pg, generation, 100)
    record(pg, generation, 50, requests=2)
    record(pg, generation, 7, "query")
    found = {each["kind"]: each for each in rows(pg, "list_usage")}
    assert {kind: (each["requests"], each["tokens"]) for kind, each in found.items()} == {
        "document": (3, 150),
        "query": (1, 7),
    }
    (today,) = pg.execute("select (now() at time zone 'utc')::date as day").fetchall()
    one = found["document"]
    assert (one["day"], one["vector_table_id"], one["vector_table_name"]) == (today["day"], table, "v")
    assert (one["embedder_name"], one["provider"], one["model"], one["cost_usd"]) == ("local", "local", LOCAL, 0)


def test_usage_is_listed_by_day_and_by_vector_table(pg: Pg, generation: int) -> None:
    record(pg, generation, 1)
    pg.execute("update embedd.daily_usage set day = date_trunc('month', day)::date - 3")
    record(pg, generation, 2)
    assert [each["tokens"] for each in rows(pg, "list_usage")] == [2], "this month"
    assert [each["tokens"] for each in rows(pg, "list_usage", from_day="2000-01-01")] == [2, 1], "newest first"
    (first,) = pg.execute("select min(day) as day from embedd.daily_usage").fetchall()
    assert [each["tokens"] for each in rows(pg, "list_usage", from_day=first["day"], to_day=first["day"])] == [1]
    assert [each["tokens"] for each in rows(pg, "list_usage", vector_table="v")] == [2]
    assert refused(pg, "list_usage", from_day="2026-02-01", to_day="2026-01-01").sqlstate == "EBV01"
    assert refused(pg, "list_usage", vector_table="nothing").sqlstate == "EBN04"


def test_usage_outlives_its_objects_and_belongs_to_one_organization(pg: Pg, table: str, generation: int) -> None:
    record(pg, generation, 9)
    pg.execute("delete from embedd.generations; delete from embedd.vector_tables")
    (one,) = rows(pg, "list_usage")
    assert (one["vector_table_id"], one["vector_table_name"], one["tokens"]) == (table, None, 9)
    record(pg, generation, 1)  # of a generation that is gone nothing is known
    assert [each["tokens"] for each in rows(pg, "list_usage")] == [9]
    other = value(pg, "create_organization", name="acme", owner_name="ann")
    acting_as(pg, organization=other)
    assert rows(pg, "list_usage") == []


def test_a_price_can_be_set_and_removed(pg: Pg, generation: int) -> None:
    record(pg, generation, 2_500_000)
    value(pg, "set_price", provider="local", model=LOCAL, usd_per_million="0.5")
    assert row(pg, "list_usage")["cost_usd"] == Decimal("1.25")
    value(pg, "set_price", provider="local", model=LOCAL, usd_per_million="0.02")
    assert row(pg, "list_usage")["cost_usd"] == Decimal("0.05")
    value(pg, "set_price", provider="local", model=LOCAL, usd_per_million=None)
    assert row(pg, "list_usage")["cost_usd"] is None
    assert refused(pg, "set_price", provider="local", model=LOCAL, usd_per_million="-1").sqlstate == "EBV01"
    assert refused(pg, "set_price", provider="local", model=None, usd_per_million="1").sqlstate == "EBV01"


def test_a_budget_counts_the_documents_of_this_month(pg: Pg, generation: int) -> None:
    remaining = "remaining_tokens"
    record(pg, generation, 30)
    assert value(pg, remaining, p_generation_id=generation) is None, "no bound"
    value(pg, "set_token_budget", embedder="local", monthly_tokens=100)
    assert value(pg, remaining, p_generation_id=generation) == 70
    record(pg, generation, 500, "query")
    pg.execute(LAST_MONTH)
    assert value(pg, remaining, p_generation_id=generation) == 70, "neither queries nor last month"
    record(pg, generation, 80)
    assert value(pg, remaining, p_generation_id=generation) == 0, "never below"
    value(pg, "set_token_budget", embedder="local", monthly_tokens=None)
    assert value(pg, remaining, p_generation_id=generation) is None
    assert refused(pg, "set_token_budget", embedder="local", monthly_tokens=-1).sqlstate == "EBV01"
    assert refused(pg, "set_token_budget", embedder="nobody", monthly_tokens=1).sqlstate == "EBN03"


@pytest.mark.parametrize("held", ["budget", "busy"])
def test_a_changed_budget_releases_waiting_rows(pg: Pg, generation: int, held: str) -> None:
    value(pg, "enqueue_keys", p_generation_id=generation, p_keys=["1"], p_lane="live")
    pg.execute("update embedd.jobs set run_at = now() + interval '1 hour', error_class = %s", [held])
    assert rows(pg, "find_work") == []
    value(pg, "set_token_budget", embedder="local", monthly_tokens=5)
    assert len(rows(pg, "find_work")) == (held == "budget")
    assert generation_of(pg, rows(pg, "list_vector_tables")[0]["id"]) == generation
