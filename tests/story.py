"""given(what happened).when(a wish, by=somebody).then(what happens): the language of the tests of decisions.

Nothing is needed for it but the kernel: states are folded in memory, and given to a decision as it asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec

import domain.everything  # noqa: F401  it registers all decisions
from domain.access.holding import Grant, Proposal
from domain.access.ids import GrantId
from domain.access.standing import STANDING
from domain.directory.department import Department
from domain.directory.events.person import PersonJoined
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.commands import Command
from domain.kernel.decisions import Decider, Decision, decider_of
from domain.kernel.events import CATALOGUE, Authority, Event
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Claim
from domain.kernel.states import KINDS, Events, Happened, State

WORLD = UUID("6f6e7265-636f-5264-8000-00000000000a")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPERATOR = PersonId(uuid5(WORLD, "operator"))
AT_THE_COMMAND_LINE = Authority("operator at the command line")
S = TypeVar("S", bound=State[Any])
_standing: dict[type[Command], Decider] = {}


def an_id(name: str) -> UUID:
    """The identifier that a name stands for in all tests."""
    return uuid5(WORLD, name)


def person(name: str) -> PersonId:
    """Somebody, by name."""
    return PersonId(an_id(name))


def joined(*people: PersonId) -> Events:
    """These people are in the organisation."""
    return tuple(chain(*(Person.at(p).records(PersonJoined(person=p, name=str(p)[:8])) for p in people)))


@dataclass
class Story:
    """What has happened so far, and what came of the last wish."""

    states: dict[str, State[Any]] = field(default_factory=dict)
    history: list[Happened] = field(default_factory=list)
    now: datetime = NOON
    last: Decision | None = None
    mark: int = 0

    def given(self, *facts: Events) -> Story:
        """Lets it have happened, without asking who might."""
        for happened in chain(*facts):
            self._apply(happened)
        return self

    def at(self, now: datetime) -> Story:
        """Sets the time."""
        self.now = now
        return self

    def when(self, wish: Command, by: PersonId, authority: Authority | None = None) -> Story:
        """Asks for it, and then once more: nothing more happens, and who was refused is refused alike."""
        self.mark = len(self.history)
        self.last = self.decide(wish, by, authority)
        if not isinstance(self.last.answer, Refusal):
            for happened in self.last.answer:
                self._apply(happened)
        again = self.decide(wish, by, authority)
        if isinstance(self.last.answer, Refusal):
            assert again.answer == self.last.answer, f"{wish!r} was refused otherwise when asked again: {again}"
        else:
            assert not again.answer or isinstance(again.answer, Refusal), f"{wish!r} happened twice: {again.answer}"
        return self

    def race(self, *asked: tuple[Command, PersonId], authority: Mapping[type[Command], Authority] | None = None) -> list[bool]:
        """Decides all of these on the same facts, then appends those whose guards still hold; says which did."""
        decisions = [self.decide(wish, by, (authority or {}).get(type(wish))) for wish, by in asked]
        appended: list[bool] = []
        for decision in decisions:
            holds = all(self._version(stream) == version for stream, version in decision.guards.items())
            appended.append(holds and not isinstance(decision.answer, Refusal))
            if holds and not isinstance(decision.answer, Refusal):
                for happened in decision.answer:
                    self._apply(happened)
        return appended

    def _version(self, stream: str) -> int:
        return self.states[stream].version if stream in self.states else 0

    def decide(self, wish: Command, by: PersonId, authority: Authority | None = None) -> Decision:
        """What would come of a wish now. States are handed over only once they were asked for, as from a database."""
        at_hand: dict[str, State[Any]] = {}
        decider = decider_of(type(wish)) if authority else _standing_decider(type(wish))

        def view(_: type[State[Any]], stream: str) -> State[Any] | None:
            return at_hand.get(stream)

        proposals: list[Proposal] | None = None
        while True:
            decision = decider.weigh(wish, by, self.now, view, authority, proposals)
            if isinstance(decision, Claim):
                proposals = [*self._proposals(by)]
                continue
            if not isinstance(decision, set):
                moved = [stream for stream, version in decision.guards.items() if self._version(stream) != version]
                if not moved:
                    return decision
                # What was taken for new and is there: the append finds that out, and it is decided again.
                assert not set(moved) & at_hand.keys()
                at_hand |= {stream: self.states[stream] for stream in moved}
                continue
            assert not {stream for _, stream in decision} & at_hand.keys(), "a state that was given is asked for again"
            at_hand |= {stream: self.states.get(stream) or kind(stream=stream) for kind, stream in decision}

    def _proposals(self, by: PersonId) -> Iterator[Proposal]:
        """Every grant to somebody, whatever it gives: which of them allows anything is for the rule to find."""
        departments = [DepartmentId(state.thing) for state in self.states.values() if isinstance(state, Department)]
        theirs = [one for one in departments if DepartmentMembership.at(one, by).stream in self.states]
        for grant in [state for state in self.states.values() if isinstance(state, Grant)]:
            yield Proposal(GrantId(grant.thing))
            yield from (Proposal(GrantId(grant.thing), one) for one in theirs)

    def happened(self) -> list[Event]:
        """The events of the last wish."""
        return [happened.event for happened in self.history[self.mark :]]

    def then(self, *events: Event) -> Story:
        """Exactly this happened, in this order."""
        assert self.last is not None
        assert not isinstance(self.last.answer, Refusal), f"refused: {self.last.answer}, lacking {self.last.lacking}"
        assert self.happened() == list(events), self.happened()
        return self

    def then_nothing(self) -> Story:
        """It was so already."""
        return self.then()

    def refused(self, refusal: Refusal) -> Story:
        """It was not done, for this reason."""
        assert self.last is not None
        assert self.last.answer == refusal, self.last.answer
        return self

    def allowed_by(self, rule: str) -> Story:
        """It was done on this authority."""
        assert self.last is not None
        assert self.last.authority is not None
        assert self.last.authority.rule == rule, self.last.authority.rule
        return self

    def state(self, first: S) -> S:
        """What a stream has come to, given its first state."""
        found = self.states.get(first.stream, first)
        assert isinstance(found, type(first))
        return found

    def _apply(self, happened: Happened) -> None:
        stream, event = happened
        assert CATALOGUE[event.wire] is type(event)
        assert msgspec.convert(msgspec.to_builtins(event), type(event)) == event, "it doesn't survive being stored"
        before = self.states.get(stream) or KINDS[stream.partition("/")[0]](stream=stream)
        self.history.append(happened)
        self.states[stream] = before.after(event, len(self.history), self.now)


def _standing_decider(command: type[Command]) -> Decider:
    if command not in _standing:
        _standing[command] = decider_of(command).under(STANDING)
    return _standing[command]


def given(*facts: Events) -> Story:
    """A story that begins with these facts."""
    return Story().given(*facts)


def together(facts: Iterable[Events]) -> Events:
    """Several facts as one."""
    return tuple(chain(*facts))
