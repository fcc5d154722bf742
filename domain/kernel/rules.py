"""Rules: what allows a command, as a sentence and a check of states. They combine with `&` and `|`."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple, get_args, get_type_hints
from uuid import UUID

from domain.kernel.refusals import Refusal


class Held(NamedTuple):
    """Yes: until a moment, where it ends; by something that was given over a scope, named by its stream."""

    until: datetime | None = None
    scope: str | None = None


Verdict = bool | datetime | Held | Refusal
"""What a check answers: no, yes, or yes until a moment (a grant that ends), or by which scope; or no, for a reason with a name of
its own."""


class Finding(NamedTuple):
    """What came of a rule: whether it holds and until when, by which checks; or the checks that failed.

    `hidden` says that who failed is answered as if the thing were not there; `scope` is what the authority was given over;
    `refusal` names the reason where it has a name of its own.
    """

    holds: bool
    until: datetime | None
    by: tuple["Check", ...]
    hidden: bool = False
    scope: str | None = None
    refusal: Refusal | None = None


def picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """A function that takes the values of these parameters, in this order."""
    match names:
        case ():
            return lambda _: ()
        case (name,):
            return lambda values: (values[name],)
        case _:
            return itemgetter(*names)


class Rule:
    """What allows a command. With `hides`, whoever fails it may be answered as if the thing were not there."""

    says: str
    hides: bool = False

    def __and__(self, other: "Rule") -> "Rule":
        return Every(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return Either(self, other)

    def known_to(self, seen: "Rule") -> "Rule":
        """The same rule, which whoever does not pass `seen` is not even told to have failed."""
        return Discreet(self, seen)

    def checks(self) -> Iterator["Check"]:
        """Every check that this rule is made of, in order."""
        raise NotImplementedError

    def parts(self) -> tuple["Rule", ...]:
        """The rules that must all hold for this one to hold."""
        return (self,)

    def find(self, values: Mapping[str, Any]) -> Finding:
        """Whether the rule holds for these loaded values."""
        raise NotImplementedError

    def bare(self) -> "Rule | None":
        """The rule without what is asked late, as whether it was granted; None where nothing is left."""
        return self


class Check(Rule):
    """One sentence and one test of states; the test's parameters are loaded as those of a decision are.

    A test whose states can't be named (an id on the way is None) does not hold, unless it takes `X | None`. With `hides`,
    somebody for whom it doesn't hold is answered as if the thing were not there, so that guessing ids tells nothing.
    A `tacit` one isn't named where it holds, though what it read is.
    """

    def __init__(self, says: str, test: Callable[..., Verdict], *, hides: bool = False, tacit: bool = False) -> None:
        self.says, self.test, self.hides, self.tacit = says, test, hides, tacit
        self.parameters: tuple[str, ...] = tuple(inspect.signature(test).parameters)
        hints = get_type_hints(test)
        self._needed = tuple(name for name in self.parameters if NoneType not in get_args(hints.get(name)))
        self._pick = picker(self.parameters)
        self._holds = Finding(True, None, (self,))
        self._fails = Finding(False, None, (self,), hides)

    def checks(self) -> Iterator["Check"]:
        yield self

    def find(self, values: Mapping[str, Any]) -> Finding:
        for name in self._needed:
            if values[name] is None:
                return self._fails
        verdict = self.test(*self._pick(values))
        if isinstance(verdict, bool):
            return self._holds if verdict else self._fails
        if isinstance(verdict, Refusal):
            return Finding(False, None, (self,), refusal=verdict)
        until, scope = (verdict, None) if isinstance(verdict, datetime) else verdict
        holds = until is None or values["now"] <= until
        return Finding(holds, until if holds else None, (self,), self.hides and not holds, scope)


class Late(Check):
    """A check that is asked only where a rule fails without it: what it reads is loaded for nobody else."""

    def bare(self) -> None:
        return None


class Claim(NamedTuple):
    """What somebody would have to be granted: an action on a resource, or in a department; neither: everywhere."""

    action: str
    resource: UUID | None = None
    department: UUID | None = None


class Granted(Late):
    """A check that only somebody's grant can fulfil. It is asked last, with one proposed grant after another.

    `on` and `within` are the paths of the resource and of the department that it belongs to. Its test may ask for the `claim`
    and for what is `proposed`.
    """

    def __init__(
        self, action: str, test: Callable[..., Verdict], *, on: str | None = None, within: str | None = None, hides: bool = False
    ) -> None:
        super().__init__(f"grant of {action}", test, hides=hides)
        self.action, self.paths = action, tuple(path for path in (on, within) if path is not None)
        self._on, self._within = _getter(on), _getter(within)

    def claim(self, values: Mapping[str, Any]) -> Claim:
        """What must be granted, by the values at hand."""
        return Claim(self.action, self._on(values), self._within(values))

    def find(self, values: Mapping[str, Any]) -> Finding:
        return super().find({**values, "claim": self.claim(values)})


def _nobody() -> bool:
    return False


PLATFORM = Check("part of the platform", _nobody)
"""The rule of commands that only policies and timers issue, on their own authority. No client is offered them."""


class Every(Rule):
    """All of several rules; the first that fails is the answer."""

    def __init__(self, *rules: Rule) -> None:
        self.rules: tuple[Rule, ...] = tuple(part for rule in rules for part in rule.parts())
        self.says = " and ".join(_enclosed(rule, Either) for rule in self.rules)
        self.hides = any(rule.hides for rule in self.rules)

    def parts(self) -> tuple[Rule, ...]:
        return self.rules

    def checks(self) -> Iterator[Check]:
        for rule in self.rules:
            yield from rule.checks()

    def find(self, values: Mapping[str, Any]) -> Finding:
        held: list[Finding] = []
        for rule in self.rules:
            finding = rule.find(values)
            if not finding.holds:
                return finding
            held.append(finding)
        return together(held)

    def bare(self) -> Rule | None:
        left = [rule.bare() for rule in self.rules]
        return None if None in left else Every(*(rule for rule in left if rule is not None))


class Either(Rule):
    """Any one of several rules; the first that holds is the authority."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.says = " or ".join(_enclosed(rule, Every) for rule in rules)
        self.hides = any(rule.hides for rule in rules)

    def checks(self) -> Iterator[Check]:
        for rule in self.rules:
            yield from rule.checks()

    def find(self, values: Mapping[str, Any]) -> Finding:
        failed: list[Finding] = []
        for rule in self.rules:
            finding = rule.find(values)
            if finding.holds:
                return finding
            failed.append(finding)
        told = [finding for finding in failed if not finding.hidden]
        refusal = next((finding.refusal for finding in failed if finding.refusal is not None), None)
        return Finding(False, None, tuple(c for f in told or failed for c in f.by), hidden=not told, refusal=refusal)

    def bare(self) -> Rule | None:
        left = [rule for rule in (each.bare() for each in self.rules) if rule is not None]
        return Either(*left) if left else None


class Discreet(Rule):
    """A rule that, where it fails, is answered as absence to whoever doesn't pass another one."""

    def __init__(self, rule: Rule, seen: Rule) -> None:
        self.rule, self.seen, self.says, self.hides = rule, seen, rule.says, True

    def checks(self) -> Iterator[Check]:
        yield from self.rule.checks()
        yield from self.seen.checks()

    def find(self, values: Mapping[str, Any]) -> Finding:
        finding = self.rule.find(values)
        if finding.holds or self.seen.find(values).holds:
            return finding
        return finding._replace(hidden=True)

    def bare(self) -> Rule | None:
        rule = self.rule.bare()
        return None if rule is None else Discreet(rule, self.seen.bare() or NOBODY)


def _no() -> bool:
    return False


NOBODY = Check("nobody", _no, hides=True)
"""What no one is."""


def _enclosed(rule: Rule, kind: type[Rule]) -> str:
    """What a rule says, in brackets where it is of a kind that would be read wrongly without."""
    bare = rule.rule if isinstance(rule, Discreet) else rule
    return f"({rule.says})" if isinstance(bare, kind) else rule.says


def together(held: list[Finding]) -> Finding:
    """Findings that all hold, as one: it ends when the first of them ends."""
    by: tuple[Check, ...] = ()
    until: datetime | None = None
    scope: str | None = None
    for finding in held:
        by += finding.by
        scope = finding.scope if scope is None else scope
        if finding.until is not None and (until is None or finding.until < until):
            until = finding.until
    return Finding(True, until, by, scope=scope)


def _getter(path: str | None) -> Callable[[Mapping[str, Any]], UUID | None]:
    """Reads the id that a path names; None where something on the way isn't there."""
    if path is None:
        return lambda _: None
    head, _, tail = (path if path == "actor" or "." in path else f"command.{path}").partition(".")

    def get(values: Mapping[str, Any]) -> UUID | None:
        found = values.get(head)
        return getattr(found, tail, None) if tail else found

    return get
