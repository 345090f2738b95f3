"""Breadth-first search of all states of a model, so that the first violation found has a shortest trace."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
#: The step, and the state after it.
Step = tuple[str, S]


@dataclass(frozen=True, slots=True)
class Found(Generic[S]):
    """The number of visited states and, if one of them is wrong, the fault and its trace."""

    states: int
    violation: str | None
    trace: tuple[Step[S], ...]

    def __str__(self) -> str:
        lines, before = [f"{self.states} states, {self.violation or 'no violation'}"], None
        for number, (what, state) in enumerate(self.trace):
            lines.append(f"{number:3} {what:36} {_changed(before, state)}")
            before = state
        return "\n".join(lines)


def _changed(before: object, state: object) -> str:
    """Return the fields of a state that the step changed, or all of the first one."""
    fields = getattr(state, "_fields", ())
    return ", ".join(
        f"{name} {value!r}"
        for name in fields
        if (value := getattr(state, name)) != (getattr(before, name) if before else None)
    )


def explore(
    starts: Iterable[S], steps: Callable[[S], Iterator[Step[S]]], violation: Callable[[S], str | None]
) -> Found[S]:
    """Visit all reachable states. Stop at the first one for which `violation` reports a fault."""
    with _no_collection():
        return _explored(starts, steps, violation)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Collect no garbage: there are no cycles, and to look through all states that are kept takes a while."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _explored(
    starts: Iterable[S], steps: Callable[[S], Iterator[Step[S]]], violation: Callable[[S], str | None]
) -> Found[S]:
    came_from: dict[S, S | None] = dict.fromkeys(starts)
    level = list(came_from)
    while level:
        for state in level:
            if wrong := violation(state):
                return Found(len(came_from), wrong, _trace(came_from, state, steps))
        following: list[S] = []
        for state in level:
            for _, after in steps(state):
                if after not in came_from:
                    came_from[after] = state
                    following.append(after)
        level = following
    return Found(len(came_from), None, ())


def _trace(came_from: dict[S, S | None], state: S, steps: Callable[[S], Iterator[Step[S]]]) -> tuple[Step[S], ...]:
    found: list[Step[S]] = []
    before = came_from[state]
    while before is not None:
        found.append((next(what for what, after in steps(before) if after == state), state))
        state, before = before, came_from[before]
    return (("start", state), *reversed(found))
