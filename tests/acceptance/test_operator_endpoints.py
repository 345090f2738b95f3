"""The operator's endpoints of real processes: metrics that Prometheus accepts, whether a process lives and is ready."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from embedd_pg.operate.metrics import COUNTERS, FROM_DATABASE, MEASURED, TIMES
from tests.support.database_relay import database_relay
from tests.support.debian import provide_only
from tests.support.environment import clean_environment
from tests.support.served_process import ServedProcess, served_process, url_of
from tests.support.worker import Site, both_stores, wait_until

MONITORING = Path(__file__).parents[2] / "docker" / "monitoring"


class Endpoints:
    """The operator's endpoints of one process."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ready(self) -> tuple[int, dict[str, str]]:
        answer = await self.http.get("/health/ready")
        return answer.status_code, answer.json()["checks"]

    async def text(self) -> str:
        answer = await self.http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def value(self, name: str, **labels: str) -> float | None:
        """Return the sum of the samples with this name and these labels; None if there are none."""
        found = [
            sample.value
            for family in text_string_to_metric_families(await self.text())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found) if found else None


def address_in(log: Path) -> str | None:
    found = re.search(r"operator_endpoints_served\W.*?(http://[\d.:]+)", log.read_text())
    return found and found[1]


@asynccontextmanager
async def worker(site: Site, dsn: str | None = None, **settings: str) -> AsyncIterator[Endpoints]:
    """Run `embedd worker` with the operator's endpoints."""
    log = site.directory / "worker.log"
    own = {
        "EMBEDD_DATABASE_URL": url_of(dsn or site.worker_dsn),
        "EMBEDD_OPERATOR_PORT": "0",
        "EMBEDD_POLL_INTERVAL": "0.1",
        "EMBEDD_ALLOW_SUPERUSER": "1",
        "NO_COLOR": "1",
    }
    if site.mode == "managed" and not site.qdrant_url:
        own["EMBEDD_DATA_DIR"] = str(site.directory)
    if site.qdrant_url:
        own["EMBEDD_QDRANT_URL"] = site.qdrant_url
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "embedd_pg.cli", "worker"),
        stdin=subprocess.DEVNULL,
        stdout=log.open("a"),
        stderr=subprocess.STDOUT,
        env=clean_environment() | own | site.environment | settings,
    )
    try:

        async def served() -> bool:
            assert process.returncode is None, log.read_text()
            return address_in(log) is not None

        await wait_until(served)
        address = address_in(log)
        assert address
        async with httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as http:
            yield Endpoints(http)
    finally:
        process.terminate()
        assert await process.wait() == 0, log.read_text()


@both_stores
async def test_a_worker_counts_and_times_what_it_does(site: Site) -> None:
    await site.set_up(rows=20)
    async with worker(site) as endpoints:
        await wait_until(lambda: is_ready(endpoints))
        await site.synced()
        await site.do("update articles set title = 'new' where id <= 5")
        await site.synced()

        async def counted() -> bool:
            return await endpoints.value("embedd_lag_seconds_count", lane="live") == 5

        await wait_until(counted)
        assert await endpoints.value("embedd_rows_total", result="written") == 25
        assert 0 < (await endpoints.value("embedd_lag_seconds_sum", lane="live") or 0) < 300
        assert await endpoints.value("embedd_provider_requests_total", kind="document", outcome="success")
        assert (await endpoints.value("embedd_provider_tokens_total", kind="document") or 0) > 25
        assert await endpoints.value("embedd_attempts_total", outcome="success")
        assert await endpoints.value("embedd_sessions", state="idle") is not None
        # The database's part is read again after some seconds.
        await wait_until(lambda: has(endpoints, "embedd_vector_tables", 1, state="synced"))
        table = await site.one("select id from embedd.vector_tables")
        await wait_until(lambda: has(endpoints, "embedd_pending_rows", 0, id=table, vector_table="articles"))
        assert await endpoints.value("embedd_alert", subject="workers") == 0
        assert await endpoints.value("process_resident_memory_bytes")
        accepted_by_promtool(["check", "metrics"], await endpoints.text())


async def is_ready(endpoints: Endpoints) -> bool:
    return (await endpoints.ready())[0] == 200


async def has(endpoints: Endpoints, name: str, wanted: float, **labels: str) -> bool:
    return await endpoints.value(name, **labels) == wanted


async def test_failures_are_counted_by_class_and_a_resting_provider_shows(site: Site) -> None:
    await site.set_up(rows=3)
    for _ in range(100):
        site.stub.fault(status=503)
    async with worker(site) as endpoints:

        async def resting() -> bool:
            return await endpoints.value("embedd_providers_resting", cause="transient") == 1

        await wait_until(resting)
        assert await endpoints.value("embedd_provider_requests_total", outcome="unavailable")
        assert await endpoints.value("embedd_attempts_total", outcome="transient")


async def test_a_worker_without_its_database_lives_and_is_not_ready(site: Site) -> None:
    await site.set_up(rows=1)
    async with database_relay(site.worker_dsn) as relay, worker(site, relay.url) as endpoints:
        await wait_until(lambda: is_ready(endpoints))
        assert await endpoints.value("embedd_database_up") == 1
        relay.cut()

        async def noticed() -> bool:
            status, checks = await endpoints.ready()
            return status == 503 and "cannot be reached" in checks["database"] and checks["worker"] != "ok"

        await wait_until(noticed)
        await wait_until(lambda: has(endpoints, "embedd_database_up", 0))
        assert await endpoints.value("embedd_vector_tables") is None
        assert (await endpoints.http.get("/health/live")).status_code == 200
        relay.mend()
        await wait_until(lambda: is_ready(endpoints))


@asynccontextmanager
async def in_thread(context: AbstractContextManager[ServedProcess]) -> AsyncIterator[ServedProcess]:
    entered = await asyncio.to_thread(context.__enter__)
    try:
        yield entered
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def test_an_api_counts_requests_by_route_and_times_the_steps_of_queries(site: Site, tmp_path: Path) -> None:
    await site.set_up(rows=5)
    async with site.worker():
        await site.synced()
    key = "sk_live_" + "k" * 40
    await site.do("select embedd.create_api_key('k', sha256(%s::text::bytea), %s)", key, key[:12])
    table = await site.one("select id from embedd.vector_tables")
    settings = {"EMBEDD_OPERATOR_PORT": "0", "NO_COLOR": "1"} | site.environment
    async with in_thread(served_process(site.dsn, tmp_path, **settings)) as served:
        address = address_in(served.log)
        assert address
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as http:
            assert (await http.get("/v1/connections", headers=served.good.headers)).status_code == 200
            assert (await http.get("/v1/no-such-place/secret")).status_code == 404
            query = f"/v1/vector-tables/{table}/query"
            own = {"Authorization": f"Bearer {key}"}
            answer = await http.post(query, json={"query": "a secret", "search_mode": "hybrid"}, headers=own)
            assert answer.status_code == 200, answer.text
            # Tenants find nothing of it on their port.
            assert (await http.get("/metrics", headers=served.good.headers)).status_code == 404
        async with httpx.AsyncClient(base_url=address, trust_env=False) as http:
            endpoints = Endpoints(http)
            assert await endpoints.value("embedd_http_requests_total", route="/v1/connections", status="200") == 1
            assert await endpoints.value("embedd_http_request_seconds_count", route="/v1/connections")
            assert await endpoints.value("embedd_http_requests_total", route="unknown", status="404")
            for step, times in (("plan", 1), ("embed", 1), ("search", 2)):
                assert await endpoints.value("embedd_query_step_seconds_count", step=step) == times
            assert await endpoints.value("embedd_provider_requests_total", kind="query", outcome="success") == 1
            text = await endpoints.text()
            assert "secret" not in text and key[:16] not in text
            assert (await endpoints.ready())[0] == 200
            for path, method, status in (("/", "GET", 404), ("/metrics", "POST", 405)):
                assert (await endpoints.http.request(method, path)).status_code == status


async def test_a_port_in_use_is_reported_with_its_setting(site: Site, tmp_path: Path) -> None:
    await site.set_up(rows=1)
    async with worker(site) as endpoints:
        port = str(endpoints.http.base_url.port)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "embedd_pg.cli", "worker"),
            env=clean_environment()
            | {"EMBEDD_DATABASE_URL": url_of(site.worker_dsn), "EMBEDD_OPERATOR_PORT": port}
            | {"EMBEDD_ALLOW_SUPERUSER": "1"},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 1
    assert f"port {port}" in said.decode() and "EMBEDD_OPERATOR_PORT" in said.decode()


def accepted_by_promtool(arguments: list[str], given: str = "") -> None:
    provide_only("prometheus")
    ran = subprocess.run(["promtool", *arguments], input=given, capture_output=True, text=True, cwd=MONITORING)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_prometheus_accepts_the_configuration_and_each_alert_fires() -> None:
    accepted_by_promtool(["check", "config", "prometheus.yaml"])
    accepted_by_promtool(["test", "rules", "alerts_test.yaml"])
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    fired = {
        tried["alertname"]
        for test in yaml.safe_load((MONITORING / "alerts_test.yaml").read_text())["tests"]
        for tried in test["alert_rule_test"]
        if tried.get("exp_alerts")
    }
    assert fired == {rule["alert"] for rule in rules}
    used = {name for rule in rules for name in re.findall(r"embedd_\w+", rule["expr"])}
    assert used <= exported()


def test_each_panel_of_the_dashboard_asks_for_metrics_that_exist(tmp_path: Path) -> None:
    panels: list[dict[str, Any]] = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    assert {name for expr in expressions for name in re.findall(r"embedd_\w+", expr)} <= exported()
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions)]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    accepted_by_promtool(["check", "rules", str(tmp_path / "panels.yaml")])


def exported() -> set[str]:
    """Return the names of all series."""
    series = {f"embedd_{name}" for name in (*FROM_DATABASE, *MEASURED)} | {"embedd_database_up"}
    series |= {f"embedd_{name}_total" for name in COUNTERS}
    return series | {f"embedd_{name}_seconds_{end}" for name in TIMES for end in ("bucket", "count", "sum")}


@pytest.mark.parametrize("name", [*COUNTERS, *TIMES, *FROM_DATABASE, *MEASURED])
def test_the_page_lists_each_metric(name: str) -> None:
    page = (MONITORING.parents[1] / "docs" / "how-to" / "monitoring.md").read_text()
    assert f"`embedd_{name}" in page
