"""The protocol with key ranges, as a machine with one key: a backfill into a co-located store leases a range of keys
instead of queueing a job for each, while jobs of the same keys come and go (sync protocol, section 16).

A write and its acknowledgement are one transaction here, so an attempt that lost its lease writes nothing. Jobs are
claimed in two steps, because a range may change between them: first the job is locked and a token drawn, then the
recorded state is read and the claim committed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, NamedTuple

from embedd_pg.sync.row.plan import Action
from tests.protocol.planning import Held, decide, needs_mark
from tests.protocol.search import Found, Step, explore

WORKERS = 2
#: Requests of a worker at the range.
RANGES = ("FILL", "DISSOLVE")
#: want, token, leased; () means no job.
Job = tuple[int, int, bool] | tuple[()]
#: token (0: never claimed), leased; () means no range.
Range = tuple[int, bool] | tuple[()]


class Attempt(NamedTuple):
    """A worker with one claimed job."""

    phase: Literal["early", "drawn", "claimed", "read"]
    token: int = 0
    want: int = 0
    previous: int = 0
    belief: Held = ()
    suspect: bool = False
    value: str = ""


class Filler(NamedTuple):
    """A worker at the range. `value` is the value it read too early, if a rule is broken."""

    phase: Literal["early", "drawn", "leased"]
    token: int = 0
    value: str | None = None


class Transaction(NamedTuple):
    """The request of a worker, which may be carried out at any time or never. `begun` is the belief it found, if it
    reads before it writes."""

    action: str
    token: int
    value: str
    want: int = 0
    begun: Held | None = None


class State(NamedTuple):
    row: str
    changes: int
    claims: int
    fills: int
    #: Whether the range is still to be added.
    ahead: bool = True
    range: Range = ()
    unread: bool = False
    outbox: int = 0
    job: Job = ()
    belief: Held = ()
    store: Held = ()
    high: int = 0
    fence: int = 1
    attempts: tuple[Attempt, ...] = ()
    fillers: tuple[Filler, ...] = ()
    sent: tuple[Transaction, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The rules on which backfill by ranges depends. False breaks a rule."""

    #: A range is committed before its token is drawn: a claim that does not see it has an older token, not a newer one.
    range_before_token: bool = True
    token_before_read: bool = True
    checks_range_token: bool = True
    range_compares_tokens: bool = True
    #: The states it records are of the rows it wrote, not of those the store refused.
    records_what_it_wrote: bool = True
    #: While a range is there, a job's attempt writes under its own token whatever is believed, …
    suspects_write: bool = True
    #: … including a deletion of an unknown key, …
    suspects_leave_tombstones: bool = True
    #: … also when the last attempt is the one that is believed, …
    suspicion_beats_previous: bool = True
    #: … and the range counts as long as it exists, even without a lease.
    lost_ranges_count: bool = True
    #: Ranges are looked up after the job is locked, and states not before the ranges.
    looks_after_lock: bool = True
    states_with_ranges: bool = True
    #: A transaction writes to the store before it looks at the states, so that it waits for a range that closes.
    writes_before_states: bool = True
    prunes_below_ranges: bool = True
    #: Two that are not kept today, for they are not needed: an attempt that found no row and wrote nothing leaves the
    #: state alone; the transaction of an attempt that lost its job writes nothing.
    idle_absence_keeps_state: bool = False
    lost_jobs_write_nothing: bool = False


@dataclass
class Model:
    """The protocol with ranges, and its bounds."""

    rules: Rules = field(default_factory=Rules)
    changes: int = 2
    claims: int = 2
    fills: int = 2
    values: tuple[str, ...] = ("", "ax", "bx")
    _settled: dict[State, str | None] = field(default_factory=dict)

    def check(self) -> Found[State]:
        return explore(self.starts(), self.steps, self.violation)

    def starts(self) -> list[State]:
        """Return the initial states: no row, a row without state, and a row that a job has already written."""
        bounds, held = (self.changes, self.claims, self.fills), (1, "ax")
        return [
            State("", *bounds),
            State("ax", *bounds, unread=True),
            State("ax", *bounds, belief=held, store=held, high=1),
        ]

    def violation(self, state: State) -> str | None:
        if state.store and state.store[0] < state.high:
            return "G2: the store went back to a lower token"
        if not (state.outbox or state.job or state.range or state.ahead):
            return self._unequal(state)
        rest = state._replace(attempts=(), fillers=(), sent=(), changes=0, claims=9, fills=9, high=0, unread=False)
        if rest not in self._settled:
            self._settled[rest] = self._settle(rest)
        wrong = self._settled[rest]
        return wrong and f"after all is drained, {wrong}"

    def _unequal(self, state: State) -> str | None:
        held = state.store[1] if state.store else ""
        if held != state.row:
            return f"G1: the row is {state.row or 'missing'}, the store has {held or 'none'}"
        if state.belief != (state.store if held else ()):
            return f"G1: the store has {state.store}, believed is {state.belief}"
        return "G3: the row was never read" if state.unread else None

    def _settle(self, state: State) -> str | None:
        """Return what is wrong if all workers die in this state and one is started."""
        state = ingested(state)
        if state.job:
            state = state._replace(job=(state.job[0], state.job[1], False))
        if state.range:
            state = state._replace(range=(state.range[0], False))
        while step := next(chain(self._live(state), self._fill(state), self._carried_out(state)), None):
            state = step[1]
        if state.job or state.range or state.ahead:
            return "G1: work is left that nobody does"
        return self._unequal(state)

    # The possible next steps.

    def steps(self, state: State) -> Iterator[Step[State]]:
        yield from self._outside(state)
        yield from self._live(state)
        yield from self._fill(state)
        yield from self._carried_out(state)
        for attempt in state.attempts:
            yield "a worker crashes", self._tidied(without_attempt(state, attempt))
        for filler in state.fillers:
            yield "a worker crashes at the range", self._tidied(without_filler(state, filler))

    def _outside(self, state: State) -> Iterator[Step[State]]:
        if state.changes:
            for value in self.values:
                if value != state.row:
                    after = state._replace(row=value, changes=state.changes - 1, unread=True, outbox=1)
                    yield f"the row becomes {value or 'deleted'}", after
        if state.outbox and not is_locked(state):
            yield "events are ingested", self._tidied(ingested(state))
        if state.job and state.job[2]:
            yield "the job's lease is lost", state._replace(job=(state.job[0], state.job[1], False))
        if state.range and state.range[1]:
            yield "the range's lease is lost", state._replace(range=(state.range[0], False))
        if state.store and not state.store[1] and not self._spares(state):
            yield "the tombstone is pruned", state._replace(store=())

    def _spares(self, state: State) -> bool:
        """Return whether a tombstone is kept for a range that may still be written with an older token."""
        claimed = [state.range[0]] if state.range and state.range[0] and self.rules.prunes_below_ranges else []
        # A tombstone is removed after an hour. No claim stays uncommitted and no write on its way that long.
        drawn = [filler.token for filler in state.fillers if filler.phase == "drawn"]
        jobs = [sent.token for sent in state.sent if sent.action not in RANGES]
        tokens = (*claimed, *drawn, *jobs, *(a.token for a in state.attempts if a.token))
        return any(token <= state.store[0] for token in tokens)

    def _live(self, state: State) -> Iterator[Step[State]]:
        """Yield the steps of attempts at the job: claim_jobs() in two steps, read, plan."""
        if state.job and not state.job[2] and state.claims and not is_locked(state):
            yield from self._locked(state)
        for attempt in state.attempts:
            rest, token = without_attempt(state, attempt), attempt.token
            if attempt.phase == "drawn":
                after = rest._replace(job=(attempt.want, token, True))
                yield f"{token} is claimed", self._tidied(joined(after, self._looked_up(state, attempt)))
            elif attempt.phase == "claimed":
                read = attempt._replace(phase="read", value=state.row)
                yield f"{token} reads {state.row or 'no row'}", joined(rest._replace(unread=False), read)
            elif attempt.phase == "read":
                sent = self._planned(attempt, state.store)
                yield f"{token} sends {sent.action} {sent.value}", self._tidied(send(rest, sent))

    def _locked(self, state: State) -> Iterator[Step[State]]:
        early = [attempt for attempt in state.attempts if attempt.phase == "early"]
        if not early and len(state.attempts) < WORKERS:
            looked = Attempt("early", belief=state.belief, suspect=self._is_open(state))
            if self.rules.looks_after_lock:
                yield self._job_drawn(state, looked)
            else:
                yield "the ranges are looked up", joined(state, looked)
        for attempt in early:
            yield self._job_drawn(without_attempt(state, attempt), attempt)

    def _job_drawn(self, state: State, attempt: Attempt) -> Step[State]:
        token, (want, previous, _) = state.fence + 1, state.job
        drawn = attempt._replace(phase="drawn", token=token, want=want, previous=previous)
        if self.rules.looks_after_lock and self.rules.states_with_ranges:
            drawn = drawn._replace(belief=(), suspect=False)
        after = state._replace(fence=token, claims=state.claims - 1)
        return f"{token} is drawn for the job", joined(after, drawn)

    def _is_open(self, state: State) -> bool:
        return bool(state.range) and (self.rules.lost_ranges_count or state.range[1]) and self.rules.suspects_write

    def _looked_up(self, state: State, attempt: Attempt) -> Attempt:
        belief = state.belief if self.rules.states_with_ranges else attempt.belief
        suspect = self._is_open(state) if self.rules.looks_after_lock else attempt.suspect
        if attempt.previous and not self.rules.suspicion_beats_previous:
            suspect = False
        return attempt._replace(phase="claimed", belief=belief, suspect=suspect)

    def _planned(self, attempt: Attempt, store: Held) -> Transaction:
        previous, belief, suspect = attempt.previous, attempt.belief, attempt.suspect
        if suspect and not self.rules.suspects_leave_tombstones and not belief and not attempt.value:
            suspect = False
        mark = store if needs_mark(previous, belief, suspect) else ()
        action = decide(previous, belief, attempt.value, mark, suspect)
        return Transaction(action.name, attempt.token, attempt.value, attempt.want)

    def _fill(self, state: State) -> Iterator[Step[State]]:
        """Yield the steps of attempts at the range: add_range(), claim_range() in two steps, read, sometimes
        dissolve_range()."""
        if state.ahead and self.rules.range_before_token:
            yield "the range is added", state._replace(ahead=False, range=(0, False))
        drawing = any(filler.phase == "drawn" for filler in state.fillers)
        there = bool(state.range) or (state.ahead and not self.rules.range_before_token)
        if there and state.fills and not drawing and not (state.range and state.range[1]):
            yield from self._drawn(state)
        for filler in state.fillers:
            rest, token = without_filler(state, filler), filler.token
            if filler.phase == "drawn":
                after = rest._replace(ahead=False, range=(token, True))
                yield f"{token} has the range", self._tidied(filling(after, filler._replace(phase="leased")))
            elif filler.phase == "leased":
                value = state.row if filler.value is None else filler.value
                rest = rest._replace(unread=False)
                yield f"{token} reads {value or 'no row'}", self._tidied(send(rest, Transaction("FILL", token, value)))
                dissolve = Transaction("DISSOLVE", token, value)
                yield f"{token} dissolves with {value or 'no row'}", self._tidied(send(rest, dissolve))

    def _drawn(self, state: State) -> Iterator[Step[State]]:
        token = state.fence + 1
        after = state._replace(fence=token, fills=state.fills - 1)
        if self.rules.token_before_read:
            if len(state.fillers) < WORKERS:
                yield f"{token} is drawn for the range", filling(after, Filler("drawn", token))
            return
        for early in state.fillers:
            if early.phase == "early":
                drawn = early._replace(phase="drawn", token=token)
                yield f"{token} is drawn for the range", filling(without_filler(after, early), drawn)
        if len(state.fillers) < WORKERS:
            read = Filler("early", value=state.row)
            yield f"{state.row or 'no row'} is read for the range", filling(state._replace(unread=False), read)

    # Transactions.

    def _carried_out(self, state: State) -> Iterator[Step[State]]:
        held = any(filler.phase == "drawn" for filler in state.fillers)
        for sent in state.sent:
            if sent.action in RANGES:
                if not held and not (sent.action == "DISSOLVE" and is_locked(state)):
                    after = self._filled if sent.action == "FILL" else self._dissolved
                    yield f"{sent.action} {sent.value} of {sent.token} is done", self._tidied(after(state, sent))
            elif not any(attempt.phase == "drawn" for attempt in state.attempts):
                if sent.begun is None and not self.rules.writes_before_states:
                    begun = sent._replace(begun=state.belief)
                    yield f"{sent.action} of {sent.token} begins", send(without_sent(state, sent), begun)
                else:
                    yield f"{sent.action} {sent.value} of {sent.token} is done", self._tidied(self._done(state, sent))

    def _done(self, state: State, sent: Transaction) -> State:
        """Finish a job's attempt: write what the store does not refuse, then acknowledge_jobs()."""
        after = without_sent(state, sent)
        held = bool(state.job) and state.job[1] == sent.token
        if not held and self.rules.lost_jobs_write_nothing:
            return after
        refused = bool(state.store) and state.store[0] >= sent.token
        same_text = bool(state.store) and state.store[1][:1] == sent.value[:1]
        if sent.action == Action.METADATA.name and not refused and not same_text:
            return send(after, sent._replace(action=Action.EMBED.name))
        touched = sent.action != Action.NOTHING.name
        if touched and not refused:
            after = stored(after, sent.token, sent.value)
        return self._acknowledged(after, sent, touched=touched) if held else after

    def _acknowledged(self, state: State, sent: Transaction, *, touched: bool) -> State:
        belief = state.belief
        if not belief or belief[0] < sent.token:
            if sent.value:
                belief = (sent.token, sent.value) if touched else belief
            elif (touched or not self.rules.idle_absence_keeps_state) and sent.begun in (None, belief):
                belief = ()
        job = () if state.job[0] == sent.want else (state.job[0], sent.token, False)
        return state._replace(belief=belief, job=job)

    def _filled(self, state: State, sent: Transaction) -> State:
        """Finish a range's attempt: hold_range(), the rows, finish_range()."""
        after = without_sent(state, sent)
        mine = bool(state.range) and state.range[0] == sent.token
        if not mine and self.rules.checks_range_token:
            return after
        if sent.value:
            older = bool(state.store) and state.store[0] >= sent.token
            if not older or not self.rules.range_compares_tokens:
                after = stored(after, sent.token, sent.value)
            if not older or not self.rules.records_what_it_wrote:
                after = after._replace(belief=max(state.belief, (sent.token, sent.value)))
        return after._replace(range=() if mine else state.range)

    def _dissolved(self, state: State, sent: Transaction) -> State:
        after = without_sent(state, sent)
        if not state.range or state.range[0] != sent.token:
            return after
        after = after._replace(range=())
        return ingested(after._replace(outbox=1))._replace(outbox=state.outbox) if sent.value else after

    def _tidied(self, state: State) -> State:
        """Return the state without parts that can have no effect any more, so that there are fewer states."""
        sent = tuple(sent for sent in state.sent if self._may_matter(state, sent))
        attempts, fillers = state.attempts, state.fillers
        job, token = state.job, state.job[1] if state.job else 0
        if self.rules.lost_jobs_write_nothing:
            attempts = tuple(a for a in attempts if a.phase in ("early", "drawn") or a.token == token)
        if self.rules.checks_range_token:
            fillers = tuple(f for f in fillers if f.phase != "leased" or (state.range and f.token == state.range[0]))
        if job and job[0] > 1 and not is_locked(state):
            # It matters only whether the attempt with the lease saw the last event, not how many events there were.
            stale = any(x.token == token and x.want < job[0] for x in attempts + sent)
            attempts = tuple(sorted(a._replace(want=1) for a in attempts))
            sent = tuple(t if t.action in RANGES else t._replace(want=1) for t in sent)
            job = (2 if stale else 1, token, job[2])
        return state._replace(job=job, attempts=attempts, fillers=fillers, sent=sent)

    def _may_matter(self, state: State, sent: Transaction) -> bool:
        if sent.action in RANGES:
            return not self.rules.checks_range_token or bool(state.range and state.range[0] == sent.token)
        if state.job and state.job[1] == sent.token:
            return True
        news = not state.store or state.store[0] < sent.token
        return news and sent.action != Action.NOTHING.name and not self.rules.lost_jobs_write_nothing


def is_locked(state: State) -> bool:
    """Return whether a transaction holds the job."""
    return any(a.phase == "drawn" for a in state.attempts) or any(t.begun is not None for t in state.sent)


def ingested(state: State) -> State:
    if not state.outbox:
        return state
    want, token, leased = state.job or (0, 0, False)
    return state._replace(outbox=0, job=(want + state.outbox, token, leased))


def stored(state: State, token: int, value: str) -> State:
    return state._replace(store=(token, value), high=max(state.high, token))


def joined(state: State, attempt: Attempt) -> State:
    return state._replace(attempts=tuple(sorted((*state.attempts, attempt))))


def without_attempt(state: State, attempt: Attempt) -> State:
    return state._replace(attempts=tuple(a for a in state.attempts if a is not attempt))


def filling(state: State, filler: Filler) -> State:
    return state._replace(fillers=tuple(sorted((*state.fillers, filler), key=str)))


def without_filler(state: State, filler: Filler) -> State:
    return state._replace(fillers=tuple(f for f in state.fillers if f is not filler))


def send(state: State, sent: Transaction) -> State:
    return state._replace(sent=tuple(sorted((*state.sent, sent), key=str)))


def without_sent(state: State, sent: Transaction) -> State:
    return state._replace(sent=tuple(t for t in state.sent if t is not sent))
