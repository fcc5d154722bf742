"""Rules: what allows a command, as a sentence and a check of states. They combine with `&` and `|`."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Verdict = bool | datetime
"""What a check answers: no, yes, or yes until a moment (a grant that ends)."""


class Finding(NamedTuple):
    """What came of a rule: whether it holds and until when, by which checks; or the checks that failed.

    `hidden` says that who failed is answered as if the thing were not there.
    """

    holds: bool
    until: datetime | None
    by: tuple["Check", ...]
    hidden: bool = False


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


class Check(Rule):
    """One sentence and one test of states; the test's parameters are loaded as those of a decision are.

    A test whose states can't be named (an id on the way is None) does not hold. With `hides`, somebody for whom it
    doesn't hold is answered as if the thing were not there, so that guessing ids tells nothing.
    """

    def __init__(self, says: str, test: Callable[..., Verdict], *, hides: bool = False) -> None:
        self.says, self.test, self.hides = says, test, hides
        self.parameters: tuple[str, ...] = tuple(inspect.signature(test).parameters)

    def checks(self) -> Iterator["Check"]:
        yield self

    def find(self, values: Mapping[str, Any]) -> Finding:
        given = {name: values[name] for name in self.parameters}
        verdict = all(value is not None for value in given.values()) and self.test(**given)
        if isinstance(verdict, datetime):
            holds = values["now"] <= verdict
            return Finding(holds, verdict if holds else None, (self,), self.hides and not holds)
        return Finding(verdict, None, (self,), self.hides and not verdict)


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
        return Finding(False, None, tuple(c for f in told or failed for c in f.by), hidden=not told)


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


def _enclosed(rule: Rule, kind: type[Rule]) -> str:
    """What a rule says, in brackets where it is of a kind that would be read wrongly without."""
    bare = rule.rule if isinstance(rule, Discreet) else rule
    return f"({rule.says})" if isinstance(bare, kind) else rule.says


def together(held: list[Finding]) -> Finding:
    """Findings that all hold, as one: it ends when the first of them ends."""
    ends = [finding.until for finding in held if finding.until is not None]
    return Finding(True, min(ends, default=None), tuple(check for finding in held for check in finding.by))
