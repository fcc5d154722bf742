"""No order of loads and appends lets a stale guard through, and none is held against a request that isn't stale.

Several writers on one log, each with a memory so small that it forgets all the time; loads that are used at any later moment.
What they do is put in every order that hypothesis thinks of. The log is a list here; the writers' code is the product's own.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.log import Append, Appended, Moved
from infra.postgres.log.look import unknown
from infra.postgres.log.verification import Request, Shown, verify
from infra.postgres.log.versions import Versions
from tests.log.requests import row

STREAMS = "abcd"
Stored = list[tuple[str, int]]


class Exists(Exception):
    """The unique index on (stream, stream_version)."""


class Process:
    """A process with its writer's memory, and what its platform has loaded and not yet used or dropped."""

    def __init__(self, log: Stored) -> None:
        self.log = log
        self.versions = Versions(size=2)
        self.versions.start_at(len(log))
        self.loaded: dict[str, int] = {}

    def load(self, stream: str) -> None:
        """Loads a stream, now; it is used whenever."""
        self.loaded[stream] = version_of(self.log, stream)

    def append(self, wishes: Sequence[tuple[frozenset[str], frozenset[str]]]) -> None:
        """A batch: each request guards some streams as they were loaded, and writes to some of them."""
        requests = [self.request(*wish) for wish in wishes]
        try:
            self.transact(requests, prove_absent=False)
        except Exists:
            self.transact(requests, prove_absent=True)

    def request(self, guarded: frozenset[str], written: frozenset[str]) -> Request:
        """A request on what this process believes; what it never loaded it takes for absent."""
        guards = {stream: self.loaded.get(stream, 0) for stream in sorted(guarded | written)}
        return Request.of(Append(rows=[row(stream, guards[stream] + 1) for stream in sorted(written)], guards=guards))

    def transact(self, requests: Sequence[Request], *, prove_absent: bool) -> None:
        """What Appender does under the lock."""
        probed = {stream: version_of(self.log, stream) for stream in unknown(requests, self.versions, prove_absent=prove_absent)}
        self.versions.advance(len(self.log), dict(self.log[self.versions.head :]))
        self.versions.learn(probed)
        plan = verify(requests, Shown(len(self.log), 1, {}, {}, self.versions.get))
        after = list(self.log)
        truths = []
        for request, answer in zip(requests, plan.answers, strict=True):
            truths.append({stream for stream, guard in request.append.guards.items() if version_of(after, stream) != guard})
            if isinstance(answer, Appended):
                for new in request.append.rows:
                    if (new.stream, new.stream_version) in after:
                        raise Exists
                    after.append((new.stream, new.stream_version))
        for answer, truth in zip(plan.answers, truths, strict=True):
            # A stream whose absence only the insert proves isn't named beside others that have moved; it is at the next try.
            assert answer.streams and answer.streams <= truth if isinstance(answer, Moved) else not truth
        self.log[:] = after
        self.versions.advance(len(after), plan.moved)
        self.versions.trim()


def version_of(log: Stored, stream: str) -> int:
    """The truth."""
    return max((version for name, version in log if name == stream), default=0)


some = st.frozensets(st.sampled_from(STREAMS), max_size=3)
who = st.integers(0, 2)
loads = st.tuples(who, st.sampled_from(STREAMS))
appends = st.tuples(who, st.lists(st.tuples(some, some), min_size=1, max_size=3))


@given(st.lists(loads | appends, max_size=40))
def test_an_append_is_made_exactly_when_its_guards_are_current(steps: list[tuple[int, object]]) -> None:
    log: Stored = [("a", 1), ("b", 1), ("a", 2)]
    processes = [Process(log) for _ in range(3)]
    for number, what in steps:
        if isinstance(what, str):
            processes[number].load(what)
        else:
            processes[number].append(what)  # type: ignore[arg-type]  # what isn't a load is an append


@given(st.lists(loads | appends, max_size=40))
def test_what_is_remembered_is_right(steps: list[tuple[int, object]]) -> None:
    """The invariant of Versions, after every step of every process."""
    log: Stored = []
    processes = [Process(log) for _ in range(3)]
    for number, what in steps:
        if isinstance(what, str):
            processes[number].load(what)
        else:
            processes[number].append(what)  # type: ignore[arg-type]  # as above
        for process in processes:
            for stream in STREAMS:
                remembered = process.versions.get(stream)
                assert remembered is None or remembered == version_of(log[: process.versions.head], stream)


def test_a_head_does_not_go_back() -> None:
    versions = Versions()
    versions.start_at(5)
    with pytest.raises(ValueError, match="can't go back"):
        versions.advance(4, {})


def test_an_unknown_stream_that_nobody_asked_for_counts_as_moved() -> None:
    """Should a probe ever be forgotten, the guard fails rather than holds."""
    request = Request.of(Append(guards={"test.thing/1": 0, "test.thing/2": 3}))
    plan = verify([request], Shown(9, 1, {}, {}, Versions().get))
    assert plan.answers == [Moved(frozenset({"test.thing/1", "test.thing/2"}))]
