"""Search requests: sessions ask, workers take and answer; bounds by organization, roles, and what is forgotten when."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sql.calls import Pg, acting_as, embedding, refused, row, rows, value, vector_table
from tests.sql.test_search_plan import GENERATION, REQUEST, generation

ANSWER = {"results": [{"id": "1", "score": 0.5}]}


def asking(query: str = "lamp", **changes: Any) -> dict[str, Any]:
    """Return the parameters of request_search()."""
    nothing = dict.fromkeys(("filters", "min_similarity_score", "rerank"))
    request = {"query": query, "limit": 10, "search_mode": "vector"} | nothing | changes
    return {"p_vector_table": "v", "p_request": json.dumps(request), "p_timeout": "10 s"}


def ask(pg: Pg, query: str = "lamp", **changes: Any) -> str:
    return json.dumps(value(pg, "request_search", **asking(query, **changes)))


def claim(pg: Pg, worker: str = "w", *, stores: str = "qdrant", limit: int = 100) -> list[dict[str, Any]]:
    return rows(pg, "claim_searches", p_worker=worker, p_stores=[stores], p_lease="30 s", p_limit=limit)


def answer(pg: Pg, claimed: dict[str, Any], worker: str = "w", **changes: Any) -> bool:
    made = {"p_generation_id": claimed["generation_id"], "p_answer": json.dumps(ANSWER), "p_vector": None}
    named = {"p_digest": claimed["digest"], "p_ask": claimed["ask"], "p_worker": worker, "p_refusal": None}
    return bool(value(pg, "answer_search", **(named | made | changes)))


def answered(pg: Pg, asked: str) -> bool:
    return bool(value(pg, "await_search", p_asked=asked))


def prepared(pg: Pg, generation_id: int, query: str = "lamp") -> list[Any]:
    need = {"answer": json.loads(asking(query)["p_request"])}
    found = rows(pg, "prepared_search", p_generation_id=generation_id, p_need=json.dumps(need))
    return [one["answer"] for one in found]


def test_a_search_needs_a_vector_an_answer_or_nothing(pg: Pg) -> None:
    def need(made: str = GENERATION, **changes: Any) -> Any:
        return value(pg, "search_need", p_generation=made, p_request=json.dumps(REQUEST | changes))

    assert need() == need(search_mode="hybrid") == need(rerank=None) == {"vector": "lamp"}
    assert need(search_mode="lexical") is need(query_vector=True) is need(like={"positive": ["1"]}) is None
    for asked in ({"rerank": {"embedder": "x"}}, {"search_mode": "lexical"}, {"filters": {"price": 1}}):
        for store in (generation(co_located=False, kind="qdrant"), generation(co_located=False)):
            assert need(store, **asked) == {"answer": REQUEST | asked}
    assert need(rerank={"embedder": "x"}) == {"answer": REQUEST | {"rerank": {"embedder": "x"}}}


def test_one_worker_takes_a_request_and_its_answer_is_found(pg: Pg, generation: int) -> None:
    asked = ask(pg)
    assert claim(pg, stores="pgvector") == []
    (claimed,) = claim(pg)
    assert claim(pg, "another") == [] and not answered(pg, asked)
    assert prepared(pg, generation) == []
    assert not answer(pg, claimed), "no more requests wait"
    assert answered(pg, asked) and prepared(pg, generation) == [ANSWER]
    assert prepared(pg, generation, "hose") == []


def test_sessions_share_an_answer_that_no_worker_had_begun_when_they_asked(pg: Pg, generation: int) -> None:
    first, second = ask(pg), ask(pg)
    (claimed,) = claim(pg)
    third = ask(pg)
    assert claim(pg, "another") == [], "the same is not searched twice at once"
    assert answer(pg, claimed), "more requests wait"
    assert answered(pg, first) and answered(pg, second) and not answered(pg, third)
    (claimed,) = claim(pg, "another")
    answer(pg, claimed, "another")
    assert answered(pg, third)


def test_only_the_worker_that_holds_a_request_answers_it(pg: Pg, generation: int) -> None:
    asked = ask(pg)
    (claimed,) = claim(pg)
    answer(pg, claimed, "a stranger")
    answer(pg, claimed | {"ask": 2})
    answer(pg, claimed | {"digest": b"x"})
    assert not answered(pg, asked) and prepared(pg, generation) == []
    pg.execute("update embedd.search_requests set leased_until = clock_timestamp()")
    (again,) = claim(pg, "another")
    answer(pg, claimed)
    assert not answered(pg, asked), "the lease ran out"
    answer(pg, again, "another")
    assert answered(pg, asked)


def test_requests_of_a_worker_that_ended_are_free(pg: Pg, table: str) -> None:
    ask(pg)
    assert claim(pg) and not claim(pg, "another")
    value(pg, "record_look", p_worker="w", p_error=None)
    (look,) = pg.execute("select looked_at from embedd.looks where worker = 'w'").fetchall()
    assert value(pg, "end_leases", p_worker="w", p_looked_at=look["looked_at"])
    assert claim(pg, "another")
    value(pg, "release_searches", p_worker="another")
    assert claim(pg)


def test_an_answer_from_other_vectors_is_refused(pg: Pg, generation: int) -> None:
    asked = ask(pg)
    (claimed,) = claim(pg)
    answer(pg, claimed | {"generation_id": generation + 1})
    told = refused(pg, "await_search", p_asked=asked)
    assert (told.sqlstate, prepared(pg, generation)) == ("EBR02", [])


def test_a_refusal_reaches_those_who_wait_and_is_not_kept(pg: Pg, generation: int) -> None:
    asked = ask(pg)
    (claimed,) = claim(pg)
    refusal = {"message": "The provider is down.", "hint": "Wait.", "sqlstate": None}
    answer(pg, claimed, p_answer=None, p_refusal=json.dumps(refusal))
    told = refused(pg, "await_search", p_asked=asked)
    assert (told.sqlstate, told.message, told.hint) == ("EBS03", "The provider is down.", "Wait.")
    asked = ask(pg)
    (claimed,) = claim(pg)
    answer(pg, claimed)
    assert answered(pg, asked) and prepared(pg, generation) == [ANSWER]


def tenant(pg: Pg, *, tier: str = "enterprise") -> str:
    """Act for another organization, with a vector table `v`."""
    organization = str(value(pg, "create_organization", name="acme", tier=tier))
    acting_as(pg, organization=organization)
    value(pg, "create_local_connection")
    value(pg, "create_embedder", name="local", provider="local")
    vector_table(pg, name="v", columns=embedding("name"))
    pg.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now()")
    return organization


def test_the_requests_of_one_organization_do_not_keep_out_another(pg: Pg, table: str) -> None:
    for number in range(100):
        ask(pg, f"query {number}")
    told = refused(pg, "request_search", **asking())
    assert told.sqlstate == "EBS03" and "100 searches" in str(told.message)
    assert ask(pg, "query 7"), "it waits already"
    tenant(pg)
    ask(pg)
    assert {one["organization_id"] for one in claim(pg, limit=2)} == {
        "org_self_hosted",
        value(pg, "acting_organization"),
    }
    assert len(claim(pg)) == 31, "32 of an organization are answered at once"
    assert claim(pg) == []


def test_searches_count_with_the_requests_of_the_tier(pg: Pg, table: str) -> None:
    organization = tenant(pg, tier="free")
    for _ in range(25):
        ask(pg)
    told = refused(pg, "request_search", **asking())
    assert told.sqlstate == "EBS03" and "25 requests per minute" in str(told.message)
    assert not row(pg, "take_request", p_organization_id=organization, p_limit=25)["admitted"]


def test_a_disabled_organization_is_refused_and_its_requests_rest(pg: Pg, table: str) -> None:
    tenant(pg)
    ask(pg)
    pg.execute("update embedd.organizations set status = 'disabled' where id <> 'org_self_hosted'")
    assert claim(pg) == []
    told = refused(pg, "request_search", **asking("hose"))
    assert told.sqlstate == "EBS03" and "disabled" in str(told.message)


def test_a_request_that_nobody_waits_for_is_not_taken_and_forgotten(pg: Pg, table: str) -> None:
    asked = ask(pg)
    pg.execute("update embedd.search_requests set wanted_until = clock_timestamp(), kept_until = clock_timestamp()")
    assert claim(pg) == []
    value(pg, "forget_searches")
    told = refused(pg, "await_search", p_asked=asked)
    assert (told.sqlstate, told.message) == ("EBS02", "No worker answered in time.")


def test_answers_are_kept_for_minutes_within_bounds(pg: Pg, generation: int) -> None:
    ask(pg)
    (claimed,) = claim(pg)
    answer(pg, claimed)
    (kept,) = pg.execute(
        "select kept_until - now() between '4 min' and '6 min' as minutes from embedd.search_requests"
    ).fetchall()
    assert kept["minutes"]
    pg.execute(
        "insert into embedd.search_requests (digest, organization_id, generation_id, need, claimed, answered, vector,"
        " wanted_until, kept_until) select sha256(n::text::bytea), 'org_self_hosted', %s, '{}', 1, 1, '{1}', now(),"
        " now() + make_interval(secs => n) from generate_series(1, 1000) n",
        [generation],
    )
    ask(pg)
    (claimed,) = claim(pg)
    answer(pg, claimed)
    (left,) = pg.execute("select count(*) as rows from embedd.search_requests").fetchall()
    assert left["rows"] == 1000 and prepared(pg, generation) == [ANSWER]
    # Large answers push out the older ones.
    pg.execute("alter table embedd.search_requests alter answer set storage external")
    for query in ("one", "two"):
        ask(pg, query)
        (claimed,) = claim(pg)
        answer(pg, claimed, p_answer=json.dumps({"results": ["x" * 40_000_000]}))
    assert prepared(pg, generation, "two") and not prepared(pg, generation, "one")
    pg.execute("update embedd.search_requests set kept_until = clock_timestamp()")
    assert not prepared(pg, generation, "two")


def test_requests_have_a_bound_in_bytes_and_in_time(pg: Pg, table: str) -> None:
    told = refused(pg, "request_search", **asking("x", filters={"price": {"in": [0.123456789] * 100_000}}))
    assert told.sqlstate == "EBV01"
    for timeout in (None, "0 s", "-1 s", "11 min"):
        told = refused(pg, "request_search", **(asking() | {"p_timeout": timeout}))
        assert told.sqlstate == "EBV01" and "timeout must be between" in str(told.message)


@pytest.mark.parametrize("worker", ["none", "stopped"])
def test_without_a_worker_nothing_is_asked(pg: Pg, table: str, worker: str) -> None:
    pg.execute(
        "delete from embedd.looks" if worker == "none" else "update embedd.looks set looked_at = now() - interval '1 h'"
    )
    told = refused(pg, "request_search", **asking())
    (reason,) = pg.execute("select reason from embedd.standstill").fetchall()
    assert (told.sqlstate, told.hint) == ("EBS02", reason["reason"])
    assert pg.execute("select from embedd.search_requests").fetchall() == []
