"""All declared errors of every installed module."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import embedd_api
import embedd_pg
from embedd_pg.errors import EmbeddError


@cache
def all_errors() -> frozenset[type[EmbeddError]]:
    for package in (embedd_pg, embedd_api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return frozenset(_with_subclasses(EmbeddError))


def declared(code: str) -> type[EmbeddError]:
    """Return an error with this code. All of them have the same status, as tests/rules/test_errors.py checks."""
    return next(error for error in all_errors() if error.code == code)


def _with_subclasses(error: type[EmbeddError]) -> set[type[EmbeddError]]:
    return {error}.union(*(_with_subclasses(child) for child in error.__subclasses__()))
