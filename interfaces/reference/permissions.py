"""The page of permissions: every action, what it allows, and which role has it."""

from collections.abc import Iterator

import domain.everything  # noqa: F401  it registers every rule
from domain.access.actions import READS, known, writes, writes_of
from domain.access.administration import DEPARTMENT_ADMINISTRATOR
from domain.access.built_in import BUILT_IN
from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS
from projections.engine.members import Declared
from projections.engine.registry import models

_INTRODUCTION = """\
# Permissions: actions and roles

<!-- Made by `make docs`. -->

What can be granted, taken from the rules that ask for it. *Everywhere* is what a primary administrator has, *in their
departments* what a department's administrator has for that department and those below, but for the commands that are beyond
them. The other columns are the roles that are always there; what roles of your own allow is shown by
`roles { nodes { name actions { nodes { action } } } }`. Beside this, people may do what they are in a thing: its member, owner,
author or leader ([who may do what](rules.md)).

"""


def permissions_page() -> str:
    """The matrix of actions per role, and what each action allows."""
    heads = ["action", "primary administrator", "department administrator", *BUILT_IN]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *(_row(action) for action in sorted(known()))]
    return _INTRODUCTION + "\n".join(lines) + "\n\n## What each allows\n\n" + "".join(_allows()) + "".join(_visible())


def _row(action: str) -> str:
    given = ["x" if action in actions else "" for actions in BUILT_IN.values()]
    right = READS.get(action)
    primary = "everywhere" if right is None or right.administrators else ""
    return f"| {' | '.join([f'`{action}`', primary, _in_departments(action), *given])} |"


def _in_departments(action: str) -> str:
    """What of an action the administrators of a department have, by the rules of its commands."""
    theirs = {command.__name__: _administered(command) for command in writes_of(action)}
    if not any(theirs.values()):
        return ""
    beyond = ", ".join(f"`{name}`" for name, has in theirs.items() if not has)
    return f"in their departments, but not {beyond}" if beyond else "in their departments"


def _administered(command: type[Command]) -> bool:
    return any(check.says == DEPARTMENT_ADMINISTRATOR for check in DECIDERS[command].rule.checks())


def _allows() -> Iterator[str]:
    yield "| action | commands, or what is shown |\n|---|---|\n"
    changes = writes()
    for action in sorted(known()):
        commands = (f"`{command}`" for command in sorted(changes.get(action, ())))
        yield f"| `{action}` | {READS[action].shows if action in READS else ', '.join(commands)} |\n"


def _visible() -> Iterator[str]:
    yield "\n## Who sees what\n\nEverything that is read, and who may see it.\n\n"
    yield "| what | who sees it |\n|---|---|\n"
    for model in sorted(models().values(), key=lambda model: model.name):
        yield f"| {model.name} | {_seen(model)} |\n"


def _seen(model: Declared) -> str:
    if model.visible_through:
        return f"whoever sees its {model.visible_through.replace('_', ' ')}"
    return "; ".join(model.ways) or ("everybody of the organisation" if model.visible == "true" else "as its declaration says")
