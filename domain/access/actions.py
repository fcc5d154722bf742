"""Actions: the names of what can be granted. They come from the rules that use them; there is no other list."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Granted


class Right(NamedTuple):
    """A right to read: what it shows, and whether primary administrators have it anyhow."""

    shows: str
    administrators: bool


READS: dict[str, Right] = {}
"""Rights to read by their names; `reads` enters them."""


class UnknownAction(Refusal, frozen=True):
    """No rule knows such an action, so granting it would mean nothing."""

    action: Annotated[str, "What was named."]


def reads(action: str, shows: str, *, administrators: bool) -> str:
    """Declares a right to read, which read models ask for by this name. Raises TypeError where it is declared otherwise."""
    right = Right(shows, administrators)
    if READS.setdefault(action, right) != right:
        raise TypeError(f"the right {action} is declared twice")
    return action


def writes() -> dict[str, list[str]]:
    """Every action that a rule asks for, with the names of the commands that it allows."""
    found: dict[str, list[str]] = {}
    for command, decider in DECIDERS.items():
        for action in sorted({check.action for check in decider.rule.checks() if isinstance(check, Granted)}):
            found.setdefault(action, []).append(command.__name__)
    return found


def writes_of(action: str) -> list[type[Command]]:
    """The commands that an action allows, by name."""
    asking = [(command, decider.rule.checks()) for command, decider in DECIDERS.items()]
    found = [command for command, checks in asking if any(isinstance(c, Granted) and c.action == action for c in checks)]
    return sorted(found, key=lambda command: command.__name__)


def known() -> frozenset[str]:
    """The names of all actions."""
    return frozenset(READS) | frozenset(writes())


def unknown_action(actions: Iterable[str]) -> UnknownAction | None:
    """The refusal that names the first of these that is no action, if any."""
    every = known()
    return next((UnknownAction(action=action) for action in actions if action not in every), None)
