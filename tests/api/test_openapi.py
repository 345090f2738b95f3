"""The OpenAPI description matches the application, also for random requests."""

from __future__ import annotations

import httpx
import pytest
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Route

from embedd_api.app import OPERATIONS, create_app
from embedd_api.auth import Needs
from embedd_api.goodmem.face import GOODMEM
from tests.api.conftest import COLUMNS, Served, Service
from tests.support.random_requests import Case, Operation, each_operation, send_random


async def test_the_description_covers_all_routes_and_nothing_else(service: Service) -> None:
    described_by = await service.get("/openapi.json")
    assert described_by["openapi"].startswith("3.1")
    app = create_app(service.clients)
    assert {route.path for route in app.routes if isinstance(route, Route)} == described_by["paths"].keys()
    described = {(path, method.upper()) for path, item in described_by["paths"].items() for method in item}
    assert described == {(o.path, o.method) for o in OPERATIONS} | {("/openapi.json", "GET"), ("/docs", "GET")}
    assert {"/health", "/openapi.json", "/docs"} < described_by["paths"].keys()


async def test_every_operation_names_its_security_and_its_errors(service: Service) -> None:
    described_by = await service.get("/openapi.json")
    for operation in OPERATIONS:
        described = described_by["paths"][operation.path][operation.method.lower()]
        assert described["operationId"] == operation.name and described["summary"].endswith(".")
        statuses = set(described["responses"])
        assert str(operation.status) in statuses and "500" in statuses
        if operation.needs is not Needs.NOTHING:
            assert described["security"] == [{"bearer": []}, {"apiKey": []}]
            assert {"401", "403", "429", "503"} <= statuses
            assert "404" in statuses or not operation.in_environment
        if operation.body is not None:
            assert {"413", "400" if operation.face is GOODMEM else "422"} <= statuses
    secrets = described_by["components"]["schemas"]
    assert secrets["PostgresqlCredentials"]["properties"]["password"]["writeOnly"] is True
    assert "password" not in secrets["Connection"]["properties"]


#: Without a worker the service is not ready, which is no server error: tests/api/test_health.py.
@each_operation(without="/health/ready$")
def test_random_requests_meet_only_what_is_described(operation: Operation, served: Served, ids: dict[str, str]) -> None:
    url, key, _ = served

    def check(case: Case) -> None:
        if case.method != "DELETE":
            case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
        if isinstance(case.body, dict):
            case.body = {
                name: ids[name] if name in ids and value and isinstance(value, str) else value
                for name, value in case.body.items()
            }
        response = case.call(base_url=url, headers={"Authorization": f"Bearer {key}"})
        case.validate_response(
            response,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_headers_conformance,
                response_schema_conformance,
                negative_data_rejection,
            ],
        )

    send_random(operation, check, examples=15, valid=True)


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, str]:
    """Things that exist, so that random requests get past the question whether they do."""
    url, key, _ = served
    with httpx.Client(base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"}) as http:
        body = {
            "name": "fuzzed",
            "connection_id": "conn_local",
            "source_table": "public.products",
            "embedding_provider_id": http.get("/embedding-providers").json()["data"][0]["id"],
            "primary_key_column": "id",
            "embedding_dimensions": 384,
            "columns": COLUMNS,
        }
        table = http.post("/vector-tables", json=body).json()["id"]
        task = http.post(f"/vector-tables/{table}/backfill").json()["id"]
    return {
        "connection_id": "conn_local",
        "embedding_provider_id": str(body["embedding_provider_id"]),
        "vector_table_id": table,
        "task_id": task,
    }


def test_a_real_server_handles_head_and_bodies_that_are_not_read(served: Served) -> None:
    url, key, _ = served
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as http:
        for _ in range(2):
            assert http.head("/v1/connections").status_code == 200
            refused = http.post("/v1/api-keys", content=b" " * 3_000_000)
            assert refused.status_code == 413 and refused.json()["error"]["code"] == "request_too_large"
            assert http.post("/v1/connections/conn_none/test", content=b"x").status_code == 404
