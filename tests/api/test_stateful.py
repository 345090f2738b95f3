"""Random sequences of requests, each using the results of the previous ones, get only described answers."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.generation.stateful import APIStateMachine
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ensure_resource_availability,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

from embedd_api.app import OPERATIONS
from embedd_api.openapi import MAKERS, document
from tests.api.conftest import COLUMNS, Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    use_after_free,
    ensure_resource_availability,
]


def described() -> dict[str, Any]:
    """The description; all happens in one environment, so without the header that names another."""
    found = document(OPERATIONS)
    for item in found["paths"].values():
        for operation in item.values():
            operation["parameters"] = [p for p in operation["parameters"] if p["name"] != "X-Environment-Id"]
    return found


#: Embedding a text asks a provider, and what that answers when is not repeatable; test_embed.py and test_openapi.py do.
SCHEMA = schemathesis.openapi.from_dict(described()).exclude(path_regex="/embed$")
SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
#: Only the description's own links: what a list answers depends on the sequences before, and they are to be repeatable.
SCHEMA.config.phases.stateful.inference.algorithms = []

#: Objects that a sequence can name without creating them: a connection, and an embedder that needs no network.
BUILT_IN_CONNECTION, LOCAL_DIMENSIONS = "conn_local", 384

#: Names of environments do not repeat, whatever the sequences before have made.
NUMBERS = itertools.count()


@dataclass
class Sequence:
    """The objects that one sequence of requests has created, in order: ids by the name of their parameter."""

    made: dict[str, list[str]] = field(default_factory=dict)

    def latest(self, parameter: str, default: str) -> str:
        return self.made.get(parameter, [default])[-1]

    def note(self, name: str, answer: Any) -> None:
        """Remember what the answer says was made and can be named in bodies later on."""
        parameter, place = MAKERS[name]
        for step in place.split("/"):
            answer = answer[step]
        self.made.setdefault(parameter, []).append(answer)

    def uses(self, case: schemathesis.Case[Any]) -> bool:
        """Whether the request names something made before it."""
        named = [*case.path_parameters.values(), *(case.body.values() if isinstance(case.body, dict) else [])]
        return any(value in ids for ids in self.made.values() for value in named)


@dataclass
class Tally:
    """Counts over all sequences, by operation: requests that used a created object, and those that succeeded."""

    requests: Counter[str] = field(default_factory=Counter)
    malformed: int = 0
    using: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)


def name_of(case: schemathesis.Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def is_malformed(case: schemathesis.Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE


def make_plausible(case: schemathesis.Case[Any], sequence: Sequence, served: Served, embedder: str) -> None:
    """Values that random generation never hits: reachable addresses, and names of existing objects."""
    name, body = name_of(case), case.body
    if not isinstance(body, dict):
        return
    if name == "create_environment":
        body["name"] = f"{body['name'][:30]}-{next(NUMBERS)}"
    elif name == "create_connection":
        body["credentials"] = served.credentials
    elif name == "update_connection" and body.get("credentials"):
        body["credentials"] |= {key: served.credentials[key] for key in ("host", "port")}
    elif name == "create_embedding_provider":
        case.body = {"name": body["name"], "provider": "local"}
    elif name == "create_vector_table":
        case.body = {
            "name": body["name"],
            "connection_id": sequence.latest("connection_id", BUILT_IN_CONNECTION),
            "embedding_provider_id": sequence.latest("embedding_provider_id", embedder),
            "source_table": "public.products",
            "primary_key_column": "id",
            "embedding_dimensions": LOCAL_DIMENSIONS,
            "columns": COLUMNS,
        }
    elif name == "update_vector_table":
        known = {
            "columns": COLUMNS[1:],
            "embedding_dimensions": LOCAL_DIMENSIONS,
            "embedding_provider_id": sequence.latest("embedding_provider_id", embedder),
        }
        case.body = {key: known.get(key, value) for key, value in body.items() if key != "embedding_model"}


def machine(served: Served, embedder: str, tally: Tally) -> type[APIStateMachine]:
    """One instance of it is one sequence."""

    class Requests(SCHEMA.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.sequence = Sequence()

        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"base_url": served.url, "headers": {"Authorization": f"Bearer {served.key}"}}

        def before_call(self, case: schemathesis.Case[Any]) -> None:
            if not is_malformed(case):
                make_plausible(case, self.sequence, served, embedder)
            super().before_call(case)

        def after_call(self, response: Any, case: schemathesis.Case[Any]) -> None:
            super().after_call(response, case)
            name = name_of(case)
            tally.requests[name] += 1
            tally.malformed += is_malformed(case)
            if self.sequence.uses(case):
                tally.using[name] += 1
                tally.succeeded[name] += response.status_code < 300
            if name in MAKERS and response.status_code < 300:
                self.sequence.note(name, response.json())

        def validate_response(self, response: Any, case: schemathesis.Case[Any], *_: Any, **kwargs: Any) -> None:
            case.validate_response(response, checks=CHECKS, transport_kwargs=kwargs, recorder=self.recorder)

    return Requests


def test_sequences_of_requests_meet_only_what_is_described(served: Served) -> None:
    listed = httpx.get(f"{served.url}/v1/embedding-providers", headers={"Authorization": f"Bearer {served.key}"})
    tally = Tally()
    requests = machine(served, listed.json()["data"][0]["id"], tally)
    requests.run(
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    print(tally)
    # Sequences really are sequences: what one request makes, later ones use, often with success.
    assert tally.requests.total() > 300
    assert tally.using.total() > 100
    assert tally.succeeded.total() > 50
    assert tally.malformed > 10
    assert {"get_vector_table", "query_vector_table", "delete_vector_table", "get_task"} <= set(tally.using)
