"""The sync protocol as a state machine with one key (sync protocol, section 4): any number of events, claims, crashes,
lost leases and late, lost or duplicated writes, one small step at a time.

`Rules` switches off one rule after the other. Each step of a worker that others could interrupt is a step of the model;
each transaction of the ledger is one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from embedd_pg.sync.row.plan import Action
from tests.protocol.planning import Held, decide, needs_mark, shown_meanwhile
from tests.protocol.search import Found, Step, explore

WORKERS = 2
#: What an attempt that lost its job may still send if it does not know that.
_STILL_WRITES = ("claimed", "read", Action.METADATA.name)
#: want, token, leased; () means no job.
Job = tuple[int, int, bool] | tuple[()]


class Attempt(NamedTuple):
    """A worker with one claim. `phase` is early, claimed, read, the name of the action whose reply it waits for, or
    applied and same, which both wait for their acknowledgement."""

    phase: str
    token: int = 0
    want: int = 0
    previous: int = 0
    belief: Held = ()
    value: str = ""
    #: The token of its writes: its own, unless a rule is broken.
    write: int = 0


class Write(NamedTuple):
    """A request on its way to the store. `left` is how often it may still arrive."""

    token: int
    action: str
    value: str
    left: int = 2


class State(NamedTuple):
    row: str
    #: How many changes and claims are still to come, and whether the sequence may still fall back.
    changes: int
    claims: int
    falls: int
    #: Whether the row was changed and not read since.
    unread: bool = False
    #: 1 if there are events; their number makes no difference.
    outbox: int = 0
    job: Job = ()
    belief: Held = ()
    store: Held = ()
    #: The highest token that ever had an effect in the store.
    high: int = 0
    fence: int = 1
    attempts: tuple[Attempt, ...] = ()
    sent: tuple[Write, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The rules of the protocol. False breaks a rule."""

    store_compares_tokens: bool = True
    deletes_leave_tombstones: bool = True
    token_before_read: bool = True
    token_from_claim: bool = True
    acknowledges_want: bool = True
    acknowledges_token: bool = True
    waits_for_store: bool = True
    sequence_rises: bool = True
    distrusts_previous: bool = True


@dataclass
class Model:
    """A protocol with its bounds: three changes and four claims are enough for every known mistake."""

    rules: Rules = field(default_factory=Rules)
    changes: int = 3
    claims: int = 4
    values: tuple[str, ...] = ("", "ax", "bx")
    _settled: dict[State, str | None] = field(default_factory=dict)
    #: A write that comes too late changes nothing, so a state need not contain it.
    _forgets: bool = field(init=False)

    def __post_init__(self) -> None:
        self._forgets = self.rules == Rules()

    def check(self) -> Found[State]:
        alike = self._forgets and self.values == ("", "ax", "bx")
        return explore(self.starts(), self._steps_by_first_value if alike else self.steps, self.violation)

    def starts(self) -> list[State]:
        """Return the initial states: a key without state, and a row that is in sync with the store."""
        falls = 0 if self.rules.sequence_rises else 1
        held = (1, "ax")
        return [
            State("", self.changes, self.claims, falls),
            State("ax", self.changes, self.claims, falls, belief=held, store=held, high=1),
        ]

    def violation(self, state: State) -> str | None:
        if state.store and state.store[0] < state.high:
            return "G2: the store went back to a lower token"
        if not state.outbox and not state.job:
            return self._unequal(state)
        return None if (wrong := self._when_settled(state)) is None else f"after all is drained, {wrong}"

    def _unequal(self, state: State) -> str | None:
        held = state.store[1] if state.store else ""
        if held != state.row:
            return f"G1: the row is {state.row or 'missing'}, the store has {held or 'none'}"
        return "G3: the last change was never read" if state.unread else None

    def _when_settled(self, state: State) -> str | None:
        """Return what is wrong if all workers die now, one is started, and delayed requests arrive only then."""
        rest = state._replace(attempts=(), sent=(), changes=0, claims=9, falls=0, unread=False, high=0)
        if rest not in self._settled:
            self._settled[rest] = self._settle(rest)
        return self._settled[rest]

    def _settle(self, state: State) -> str | None:
        state = ingested(state)
        if state.job:
            state = state._replace(job=(state.job[0], state.job[1], False))
        while step := next(chain(self._forward(state), self._claimed(state)), None):
            state = step[1]
        return self._unequal(state) or ("G1: a job is left" if state.job else None)

    # The possible next steps.

    def steps(self, state: State) -> Iterator[Step[State]]:
        yield from self._outside(state)
        yield from self._claimed(state)
        yield from self._forward(state)
        for attempt in state.attempts:
            yield "a worker crashes", self._tidied(without(state, attempt))

    def _steps_by_first_value(self, state: State) -> Iterator[Step[State]]:
        """Yield the steps. Two values that differ in everything are equivalent with their names exchanged."""
        for what, after in self.steps(state):
            first = after.row or (after.store and after.store[1]) or (after.belief and after.belief[1])
            yield what, exchanged(after) if first == "bx" else after

    def _outside(self, state: State) -> Iterator[Step[State]]:
        if state.changes:
            for value in self.values:
                if value != state.row:
                    yield (
                        f"the row becomes {value or 'deleted'}",
                        state._replace(row=value, changes=state.changes - 1, unread=True, outbox=1),
                    )
        if state.outbox:
            yield "events are ingested", self._tidied(ingested(state))
        if state.job and state.job[2]:
            yield "the lease is lost", state._replace(job=(state.job[0], state.job[1], False))
        if state.falls and state.fence > 1:
            yield "the sequence falls back", state._replace(fence=1, falls=0)

    def _claimed(self, state: State) -> Iterator[Step[State]]:
        """Claim as in claim_jobs(): the token and the returned job come from one transaction."""
        if not state.job or state.job[2] or not state.claims:
            return
        want, previous, _ = state.job
        token = state.fence + 1
        after = state._replace(fence=token, claims=state.claims - 1, job=(want, token, True))
        attempt = Attempt("claimed", token, want, previous if self.rules.distrusts_previous else 0, state.belief)
        what = f"{token} is claimed"
        if self.rules.token_before_read:
            if len(state.attempts) < WORKERS:
                yield what, self._tidied(joined(after, attempt))
            return
        for early in state.attempts:
            if early.phase == "early":
                read = attempt._replace(phase="read", value=early.value)
                yield what, joined(without(after, early), read)
        if len(state.attempts) < WORKERS:
            yield f"{state.row or 'no row'} is read", joined(read_now(state), Attempt("early", value=state.row))

    def _forward(self, state: State) -> Iterator[Step[State]]:
        """Advance an attempt: it reads, asks the store and decides, or acknowledges; or its request arrives."""
        for attempt in state.attempts:
            token = attempt.token
            if attempt.phase == "claimed":
                read = attempt._replace(phase="read", value=state.row)
                after = exchange(state, attempt, read, unread=False)
                yield f"{token} reads {state.row or 'no row'}", self._tidied(after)
            elif attempt.phase == "read":
                asked = needs_mark(attempt.previous, attempt.belief)
                yield from self._planned(without(state, attempt), attempt, state.store if asked else ())
            elif attempt.phase in ("applied", "same") or (attempt.phase != "early" and not self.rules.waits_for_store):
                yield f"{token} is acknowledged", self._tidied(self._acknowledged(without(state, attempt), attempt))
        for write in state.sent:
            yield f"{write.action} {write.value} arrives under {write.token}", self._tidied(self._arrived(state, write))

    def _planned(self, state: State, attempt: Attempt, mark: Held) -> Iterator[Step[State]]:
        """Return the requests of a plan. The first is the intended one."""
        action = decide(attempt.previous, attempt.belief, attempt.value, mark)
        token = attempt.token
        done = Attempt("same", token, attempt.want, value=attempt.value, write=token)
        if action is Action.NOTHING:
            yield f"{token} has nothing to do", self._tidied(joined(state, done))
            return
        if not self.rules.token_from_claim:
            token = state.fence + 1
            state = state._replace(fence=token)
        waiting = done._replace(phase=action.name, write=token)
        write = Write(token, action.name, attempt.value)
        sent, attempts = sorted((*state.sent, write)), sorted((*state.attempts, waiting))
        after = state._replace(sent=tuple(sent), attempts=tuple(attempts))
        yield f"{token} sends {action.name} {attempt.value}", self._tidied(after)
        shown = shown_meanwhile(attempt.previous, attempt.belief, attempt.value, mark)
        if action is Action.EMBED and shown:
            write = Write(token, Action.METADATA.name, shown)
            yield f"{token} shows {shown} while the provider is down", self._tidied(send(state, write))

    def _arrived(self, state: State, write: Write) -> State:
        """Apply a request unless the store has seen a token as high; the waiting attempt receives the result."""
        sent = [w for w in state.sent if w is not write]
        if write.left > 1:
            sent.append(write._replace(left=write.left - 1))
        after = state._replace(sent=tuple(sorted(sent)))
        missing = False
        refused = bool(state.store) and state.store[0] >= write.token and self.rules.store_compares_tokens
        if write.action == Action.METADATA.name:
            missing = not refused and (not state.store or state.store[1][:1] != write.value[0])
        if not refused and not missing:
            after = after._replace(store=(write.token, write.value), high=max(state.high, write.token))
            if write.action == Action.DELETE.name and not self.rules.deletes_leave_tombstones:
                after = after._replace(store=())
        for attempt in state.attempts:
            if attempt.write == write.token and attempt.phase == write.action:
                if not missing:
                    return exchange(after, attempt, attempt._replace(phase="applied"))
                after = send(after, write._replace(action=Action.EMBED.name, left=2))
                return exchange(after, attempt, attempt._replace(phase=Action.EMBED.name))
        return after

    def _acknowledged(self, state: State, attempt: Attempt) -> State:
        """Acknowledge as in acknowledge_jobs(), with the outcome of the attempt."""
        if not state.job or (state.job[1] != attempt.token and self.rules.acknowledges_token):
            return state
        belief = state.belief
        if not belief or belief[0] < attempt.write:
            if not attempt.value:
                belief = ()
            elif attempt.phase != "same":
                belief = (attempt.write, attempt.value)
        done = state.job[0] == attempt.want or not self.rules.acknowledges_want
        return state._replace(belief=belief, job=() if done else (state.job[0], state.job[1], False))

    def _tidied(self, state: State) -> State:
        """Return the state without parts that can have no effect any more, so that there are fewer states."""
        if not self._forgets:
            return state
        job, seen = state.job, state.store[0] if state.store else 0
        token = job[1] if job else 0
        attempts, sent = state.attempts, state.sent
        if attempts:
            attempts = tuple([a for a in attempts if a.token == token or a.phase in _STILL_WRITES])
        if sent:
            awaited = [attempt.write for attempt in attempts]
            sent = tuple([write for write in sent if write.token > seen or write.token in awaited])
        if job and job[0] > 1:
            # It matters only whether the attempt with the lease saw the last event, not how many events there were.
            stale = any(a.token == token and a.want < job[0] for a in attempts)
            attempts = tuple([a if a.want == 1 else a._replace(want=1) for a in attempts])
            if len(attempts) > 1:
                attempts = tuple(sorted(attempts))
            job = (2 if stale else 1, token, job[2])
        if (job, attempts, sent) == (state.job, state.attempts, state.sent):
            return state
        return state._replace(job=job, attempts=attempts, sent=sent)


def ingested(state: State) -> State:
    if not state.outbox:
        return state
    want, token, leased = state.job or (0, 0, False)
    return state._replace(outbox=0, job=(want + state.outbox, token, leased))


def read_now(state: State) -> State:
    return state._replace(unread=False)


def exchanged(state: State) -> State:
    """Return the state with the names of the two values exchanged."""
    other = {"ax": "bx", "bx": "ax"}

    def held(found: Held) -> Held:
        return (found[0], other.get(found[1], "")) if found else ()

    return state._replace(
        row=other.get(state.row, ""),
        belief=held(state.belief),
        store=held(state.store),
        attempts=tuple(sorted(a._replace(belief=held(a.belief), value=other.get(a.value, "")) for a in state.attempts)),
        sent=tuple(sorted(write._replace(value=other.get(write.value, "")) for write in state.sent)),
    )


def joined(state: State, attempt: Attempt) -> State:
    return state._replace(attempts=tuple(sorted((*state.attempts, attempt))))


def without(state: State, attempt: Attempt) -> State:
    return state._replace(attempts=tuple([a for a in state.attempts if a is not attempt]))


def exchange(state: State, attempt: Attempt, by: Attempt, **changes: Any) -> State:
    """Return the state with another attempt instead of one, and these fields changed."""
    return state._replace(attempts=tuple(sorted([by if a is attempt else a for a in state.attempts])), **changes)


def send(state: State, write: Write) -> State:
    return state._replace(sent=tuple(sorted((*state.sent, write))))
