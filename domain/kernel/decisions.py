"""Decisions: how a command is decided, declared by the signature of a pure function."""

import inspect
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, stream_name
from domain.kernel.loads import DEPTH, Load, plan
from domain.kernel.refusals import NotFound, NotPermitted, Refusal
from domain.kernel.rules import Check, Rule
from domain.kernel.states import Events, State

F = TypeVar("F", bound=Callable[..., Any])
Missing = set[tuple[type[State[Any]], str]]
"""States that are not at hand yet, by class and stream."""
View = Callable[[type[State[Any]], str], State[Any] | None]
"""Gives a state that is at hand, or None: then it is loaded, and the decision taken again."""


class Decision(NamedTuple):
    """What a command comes to: events or a refusal; why it was allowed; what it rests on.

    `guards` are the streams that were read, with their versions; `not_after` is the moment at which the authority ends;
    `lacking` says which rule failed, for the record of refusals.
    """

    answer: Events | Refusal
    authority: Authority | None
    guards: dict[str, int]
    not_after: datetime | None = None
    lacking: str | None = None


class Decider:
    """A decide function, the rule that allows it, and what both read."""

    def __init__(self, command: type[Command], decide: Callable[..., Events | Refusal], rule: Rule) -> None:
        self.command, self.decide, self.rule = command, decide, rule
        self.where = f"{decide.__module__}.{decide.__name__}"
        self.parameters = tuple(inspect.signature(decide).parameters)
        self.loads = plan(self.where, command, *(check.test for check in rule.checks()), decide)

    @cached_property
    def refusals(self) -> tuple[type[Refusal], ...]:
        """What the decision itself may answer, as its signature lists it."""
        answer = get_type_hints(self.decide)["return"]
        return () if answer == Events else tuple(t for t in get_args(answer) if t != Events)

    @cached_property
    def subject(self) -> str:
        """What the command is about: the first thing that must exist. An absent and a hidden one are answered alike."""
        required = (x for x in self.loads if not x.shape.maybe and not x.shape.several and x.name in self.parameters)
        return next((x.shape.state.__name__ for x in required), self.command.__name__)

    def under(self, standing: Rule) -> "Decider":
        """The same decision with a rule that comes before its own."""
        return Decider(self.command, self.decide, standing & self.rule)

    def consider(
        self, command: Command, actor: PersonId, now: datetime, view: View, authority: Authority | None = None
    ) -> Decision | Missing:
        """Decides, or says what must be loaded first. With an `authority` given, the rule is not asked."""
        values: dict[str, Any] = {"command": command, "actor": actor, "now": now}
        versions: dict[str, dict[str, int]] = {}
        missing: Missing = set()
        absent: list[Load] = []
        for load in self.loads:
            if load.name in values or any(head not in values for head in load.heads):
                continue
            _gather(load, values, view, versions, missing, absent)
        if missing:
            return missing
        return self._decide(values, versions, absent, authority)

    def _decide(
        self,
        values: dict[str, Any],
        versions: dict[str, dict[str, int]],
        absent: list[Load],
        authority: Authority | None,
    ) -> Decision:
        everything = {stream: version for streams in versions.values() for stream, version in streams.items()}
        if authority is None:
            # What is absent has no rule to ask; the parts of the rule that can be asked still come first.
            for part in self.rule.parts():
                if absent and any(name not in values for check in part.checks() for name in check.parameters):
                    continue
                finding = part.find(values)
                if not finding.holds:
                    said = " or ".join(check.says for check in finding.by)
                    return Decision(self._refused(finding.by), None, everything, lacking=said)
        if absent:
            return Decision(NotFound(kind=self.subject), authority, everything, lacking="existence")
        if authority is None:
            finding = self.rule.find(values)
            used = {name for check in finding.by for name in check.parameters} | {*self.parameters}
            read = tuple(s for check in finding.by for name in check.parameters for s in versions.get(name, ()))
            authority = Authority(", ".join(check.says for check in finding.by), tuple(dict.fromkeys(read)))
            until = finding.until
        else:
            used, until = {*self.parameters}, None
        # A chain of parameters rests on those that named it.
        used |= {head for load in self.loads if load.name in used for head in load.heads}
        guards = {s: v for name in versions if name in used for s, v in versions[name].items()}
        answer = self.decide(**{name: values[name] for name in self.parameters})
        if not isinstance(answer, Refusal) and (strays := [h.stream for h in answer if h.stream not in guards]):
            raise TypeError(f"{self.where} records in {strays}, which it did not load with a guard")
        return Decision(answer, authority, guards, until)

    def _refused(self, failed: tuple[Check, ...]) -> Refusal:
        if all(check.hides for check in failed):
            return NotFound(kind=self.subject)
        return NotPermitted(authority=" or ".join(check.says for check in failed if not check.hides))


def _gather(
    load: Load,
    values: dict[str, Any],
    view: View,
    versions: dict[str, dict[str, int]],
    missing: Missing,
    absent: list[Load],
) -> None:
    """Puts a parameter's states into `values`, or what isn't at hand into `missing`."""
    streams = load.streams(values)
    if streams is None:
        values[load.name] = None
        return
    found: list[State[Any]] = []
    seen: dict[str, int] = {}
    pending = list(streams)
    while pending:
        stream = pending.pop(0)
        state = view(load.shape.state, stream)
        if state is None:
            missing.add((load.shape.state, stream))
            continue
        seen[stream] = state.version
        found.append(state)
        if load.climb and state.exists and (above := getattr(state, load.climb)) is not None:
            name = stream_name(load.shape.state.kind, (above,))
            if name in seen or len(seen) >= DEPTH:
                raise RecursionError(f"{load.name}: the chain of {stream} runs in a circle or is deeper than {DEPTH}")
            pending.append(name)
    if missing:
        return
    if load.shape.guarded:
        versions[load.name] = seen
    if not load.shape.maybe and not all(state.exists for state in found):
        absent.append(load)
        return
    values[load.name] = tuple(found) if load.shape.several else found[0]


DECIDERS: dict[type[Command], Decider] = {}
"""Every command's decision. Filled on import: `domain.everything` imports all contexts."""


def decides(*, allowed: Rule) -> Callable[[F], F]:
    """Declares how a command is decided and the rule that allows it. The function itself stays as it is, and pure.

    A parameter is loaded by the command's field of the same name, and `by(…)` says otherwise; `Maybe[X]` may be absent;
    `Unguarded[X]` is read without a guard; `X | None` is None where the id is; `tuple[X, ...]` loads one state per id.
    Raises TypeError, in words, at import where the declaration doesn't hold together.
    """

    def declare(decide: F) -> F:
        where, hints = f"{decide.__module__}.{decide.__name__}", get_type_hints(decide)
        command, answer = hints.get("command"), hints.get("return")
        if not isinstance(allowed, Rule):
            raise TypeError(f"{where}: say who may, `@decides(allowed=a_rule)`")
        if not (inspect.isclass(command) and issubclass(command, Command)):
            raise TypeError(f"{where}: the first parameter must be `command: ACommand`")
        if command in DECIDERS:
            raise TypeError(f"{where}: {command.__name__} is decided by {DECIDERS[command].where} already")
        answers = (answer,) if answer == Events else get_args(answer)
        if Events not in answers or any(t != Events and not issubclass(t, Refusal) for t in answers):
            raise TypeError(f"{where}: it must return `Events`, or `Events | ARefusal`")
        DECIDERS[command] = Decider(command, decide, allowed)
        return decide

    return declare


def decider_of(command: type[Command]) -> Decider:
    """The declared decision of a command type; raises KeyError with its name where there is none."""
    try:
        return DECIDERS[command]
    except KeyError:
        raise KeyError(f"nothing decides {command.__name__}: is its context imported?") from None
