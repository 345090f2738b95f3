"""Random requests to each operation of the API: those its description allows, and those it forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from embedd_api.app import OPERATIONS
from embedd_api.openapi import document

Case = schemathesis.Case[Any]
Operation = APIOperation[Any, Any, Any, Any]


def each_operation(*, without: str) -> pytest.MarkDecorator:
    """Parametrize a test with `operation`: all but those whose path matches the expression `without`.

    Schemathesis' own decorator gives the tests of all operations one id, and xdist runs an id once.
    """
    schema = schemathesis.openapi.from_dict(document(OPERATIONS)).exclude(path_regex=without)
    operations = [result.ok() for result in schema.get_all_operations()]
    return pytest.mark.parametrize("operation", operations, ids=[operation.label for operation in operations])


def send_random(operation: Operation, check: Callable[[Case], None], *, examples: int, valid: bool) -> None:
    """Check up to so many requests: invalid ones and, if `valid`, also valid ones with those of the description."""
    kinds = [operation.as_strategy(GenerationMode.NEGATIVE)]
    if valid:
        kinds += [operation.as_strategy(), *operation.get_strategies_from_examples()]

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(kinds))
    def run(case: Case) -> None:
        check(case)

    run()
