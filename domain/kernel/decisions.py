"""Decisions: how a command is decided, declared by the signature of a pure function."""

import inspect
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.gathering import PENDING, Missing, View, step, versions
from domain.kernel.identifiers import PersonId, day_id, module_id
from domain.kernel.loads import GIVEN, Load
from domain.kernel.plans import plan
from domain.kernel.refusals import NotFound, NotPermitted, Refusal
from domain.kernel.rules import NOBODY, PLATFORM, Check, Claim, Finding, Granted, Late, Rule, picker, together
from domain.kernel.states import Events

F = TypeVar("F", bound=Callable[..., Any])


def context_of(command: type[Command]) -> str:
    """The context that a command belongs to: the package below `domain` that its file is in."""
    return command.__module__.split(".")[1] if "." in command.__module__ else command.__module__


class Decision(NamedTuple):
    """What a command comes to: events or a refusal; why it was allowed; what it rests on.

    `guards` are the streams that were read, with their versions; `not_after` is the moment at which the authority ends;
    `lacking` says which rule failed, for the record of refusals; `claim` what a grant would have to give then.
    """

    answer: Events | Refusal
    authority: Authority | None
    guards: dict[str, int]
    not_after: datetime | None = None
    lacking: str | None = None
    claim: Claim | None = None


class Decider:
    """A decide function, the rule that allows it, and what both read."""

    def __init__(self, command: type[Command], decide: Callable[..., Events | Refusal], rule: Rule) -> None:
        self.command, self.decide, self.rule = command, decide, rule
        self.module = module_id(context_of(command))
        self.where = f"{decide.__module__}.{decide.__name__}"
        self.parameters = tuple(inspect.signature(decide).parameters)
        self.loads = plan(self.where, command, *(check.test for check in rule.checks()), decide)
        self._daily = any({"today", "yesterday"} & {*load.heads} for load in self.loads)
        self._pick = picker(self.parameters)
        self._parts = tuple((part, {name for check in part.checks() for name in check.parameters}) for part in rule.parts())
        self._own = self._with_heads(self.parameters)
        self._steps = tuple(step(load, self.parameters) for load in self.loads)
        self._own_steps = tuple(each for each in self._steps if each.name in self._own)
        self._ways: dict[tuple[Check, ...], _Way] = {}
        for load in self.loads:
            if load.nullable and load.name in self.parameters and not load.shape.optional:
                raise TypeError(f"{self.where}: `{load.nullable}` may be None; say `{load.name}: {load.shape} | None`")

    @cached_property
    def refusals(self) -> tuple[type[Refusal], ...]:
        """What the decision itself and the checks of its rule may answer, as their signatures list it."""
        answers = [get_type_hints(each).get("return") for each in (self.decide, *(check.test for check in self.rule.checks()))]
        found = (kind for answer in answers for kind in get_args(answer))
        # A check that may answer anything (a `Verdict`) names none: what all checks may answer is known to every interface.
        kinds = (kind for kind in found if inspect.isclass(kind) and issubclass(kind, Refusal) and kind is not Refusal)
        return tuple(dict.fromkeys(kinds))

    @property
    def offered(self) -> bool:
        """Whether clients are offered the command: not where only the platform itself issues it."""
        return self.rule is not PLATFORM

    @cached_property
    def granted(self) -> Granted | None:
        """What a grant would have to give, where one can allow the command."""
        return next((check for check in self.rule.checks() if isinstance(check, Granted)), None)

    @cached_property
    def _plain(self) -> "Decider":
        """The same decision without what is asked late: so whoever needs no grant is not asked for any."""
        return Decider(self.command, self.decide, self.rule.bare() or NOBODY) if self._late else self

    @cached_property
    def _late(self) -> bool:
        return any(isinstance(check, Late) for check in self.rule.checks())

    @cached_property
    def subject(self) -> str:
        """What the command is about: the first thing that must exist. An absent and a hidden one are answered alike."""
        required = [load for load in self.loads if not load.shape.maybe]
        return self._first(required) if required else self.command.__name__

    def _first(self, loads: list[Load]) -> str:
        """What the first of these is, in the order of the decision's parameters."""
        order = {name: n for n, name in enumerate(self.parameters)}
        return min(loads, key=lambda load: order.get(load.name, len(order))).shape.state.__name__

    def under(self, standing: Rule) -> "Decider":
        """The same decision with a rule that comes before its own."""
        return Decider(self.command, self.decide, standing & self.rule)

    def weigh(
        self,
        command: Command,
        actor: PersonId,
        now: datetime,
        view: View,
        authority: Authority | None = None,
        proposals: Sequence[Any] | None = None,
    ) -> Decision | Missing | Claim:
        """Decides without a grant, else by the first proposed one that holds; or says what must be loaded, or proposed, first."""
        decision = self._plain.consider(command, actor, now, view, authority)
        if isinstance(decision, set) or not self._late or decision.authority is not None:
            return decision
        for proposal in proposals or (GIVEN["proposed"](),):
            decision = self.consider(command, actor, now, view, proposed=proposal)
            if isinstance(decision, set) or decision.authority is not None:
                return decision
        if proposals is None and decision.claim is not None:
            return decision.claim
        return decision

    def consider(
        self,
        command: Command,
        actor: PersonId,
        now: datetime,
        view: View,
        authority: Authority | None = None,
        proposed: Any = None,
    ) -> Decision | Missing:
        """Decides, or says what must be loaded first. With an `authority` given, the rule is not asked."""
        values: dict[str, Any] = {
            "command": command,
            "actor": actor,
            "module": self.module,
            "now": now,
            "claim": None,
            "proposed": proposed,
        }
        if self._daily:
            values["today"], values["yesterday"] = day_id(now.date()), day_id(now.date() - timedelta(days=1))
        read: dict[str, Any] = {}
        missing: Missing = set()
        absent: list[Load] = []
        for each in self._steps if authority is None else self._own_steps:
            if (missing or absent) and not each.after <= values.keys():
                continue
            found = each.gather(values, view, missing)
            if found is PENDING:
                continue
            if found is None:
                if each.must_be_named:
                    absent.append(each.load)
                else:
                    values[each.name] = None
                continue
            if each.guarded:
                read[each.name] = found
            if each.must_exist and each.lacks(found):
                absent.append(each.load)
            else:
                values[each.name] = found
        if missing:
            return missing
        return self._decide(values, read, absent, authority)

    def _decide(self, values: dict[str, Any], read: dict[str, Any], absent: list[Load], authority: Authority | None) -> Decision:
        held: list[Finding] = []
        unasked = False
        for part, names in self._parts if authority is None else ():
            if not names <= values.keys():
                # What is absent has no rule to ask. What would be asked after it isn't asked either: the answer would
                # differ from that for something hidden.
                unasked = True
                break
            finding = part.find(values)
            if not finding.holds:
                said = " or ".join(check.says for check in finding.by)
                refusal = NotFound(kind=self.subject) if finding.hidden else finding.refusal or NotPermitted(authority=said)
                claims = (check.claim(values) for check in part.checks() if isinstance(check, Granted))
                return Decision(refusal, None, versions(read, read), lacking=said, claim=next(claims, None))
            held.append(finding)
        if absent:
            kind = self.subject if unasked and self.rule.hides else self._first(absent)
            return Decision(NotFound(kind=kind), authority, versions(read, read), lacking="existence")
        if unasked:
            raise TypeError(f"{self.where}: its rule could not be asked, though all that it loads is there")
        used, until = self._own, None
        if authority is None:
            allowed = together(held)
            way = self._ways.get(allowed.by) or self._way(allowed.by)
            authority = Authority(way.says, tuple(versions(read, way.asked)), allowed.scope)
            used, until = way.used, allowed.until
        guards = versions(read, used)
        answer = self.decide(*self._pick(values))
        if not isinstance(answer, Refusal):
            for happened in answer:
                if happened.stream not in guards:
                    raise TypeError(f"{self.where} records in {happened.stream}, which it did not load with a guard")
        return Decision(answer, authority, guards, until)

    def _way(self, held: tuple[Check, ...]) -> "_Way":
        """A way to be allowed. There are few of them for each command, and they are used for ever."""
        asked = frozenset(name for check in held for name in check.parameters)
        way = _Way(" and ".join(check.says for check in held if not check.tacit), asked, self._with_heads(self._own | asked))
        self._ways[held] = way
        return way

    def _with_heads(self, names: Collection[str]) -> frozenset[str]:
        """These parameters, and those that name their streams: a chain rests on all of its links."""
        found = {*names}
        for load in reversed(self.loads):
            if load.name in found:
                found.update(load.heads)
        return frozenset(found)


class _Way(NamedTuple):
    """The checks by which a rule held, in words; the parameters that they read; those that the decision rests on then."""

    says: str
    asked: frozenset[str]
    used: frozenset[str]


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
        if Events not in answers or any(t != Events and not (inspect.isclass(t) and issubclass(t, Refusal)) for t in answers):
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
