"""Rules: what allows a command, as a sentence and a check of states. They combine with `&` and `|`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Verdict = bool | datetime
"""What a check answers: no, yes, or yes until a moment (a grant that ends)."""


class Finding(NamedTuple):
    """What came of a rule: whether it holds and until when, by which checks; or the check that failed."""

    holds: bool
    until: datetime | None
    by: tuple["Check", ...]


class Rule:
    """What allows a command."""

    says: str

    def __and__(self, other: "Rule") -> "Rule":
        return Every(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return Either(self, other)

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
        self.parameters: tuple[str, ...] = tuple(test.__code__.co_varnames[: test.__code__.co_argcount])

    def checks(self) -> Iterator["Check"]:
        yield self

    def find(self, values: Mapping[str, Any]) -> Finding:
        given = {name: values[name] for name in self.parameters}
        verdict = None not in given.values() and self.test(**given)
        if isinstance(verdict, datetime):
            return Finding(values["now"] <= verdict, verdict, (self,))
        return Finding(verdict, None, (self,))


class Every(Rule):
    """All of several rules; the first that fails is the answer."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = tuple(part for rule in rules for part in rule.parts())
        self.says = ", ".join(rule.says for rule in self.rules)

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
        ends = [finding.until for finding in held if finding.until is not None]
        return Finding(True, min(ends, default=None), tuple(check for finding in held for check in finding.by))


class Either(Rule):
    """Any one of several rules; the first that holds is the authority."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.says = " or ".join(rule.says for rule in rules)

    def checks(self) -> Iterator[Check]:
        for rule in self.rules:
            yield from rule.checks()

    def find(self, values: Mapping[str, Any]) -> Finding:
        failed: list[Check] = []
        for rule in self.rules:
            finding = rule.find(values)
            if finding.holds:
                return finding
            failed.extend(finding.by)
        return Finding(False, None, tuple(failed))
