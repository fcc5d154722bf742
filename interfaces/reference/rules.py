"""The page of rules: who may wish what, and what else may stand against it."""

from collections import defaultdict
from collections.abc import Iterator

import domain.everything  # noqa: F401  it registers every decision
from domain.directory.person import active_person
from domain.kernel.decisions import DECIDERS, Decider
from domain.kernel.refusals import Refusal
from domain.kernel.rules import PLATFORM

_INTRODUCTION = f"""\
# Who may do what

<!-- Made by `make docs`. -->

Every command, with the rule that allows it and what else may stand against it. Before each of them comes the rule that whoever
asks is an **{active_person.says}**, no guest whose time is over (`GuestTimeOver`) or who may only look (`ViewOnly`), and has the
part of the platform that it is about (`ModuleOff`). A policy, or the operator at the command line, acts on its own authority.
What only a **{PLATFORM.says}** may is offered to no client. What somebody may not know of is answered as if it were not there
(`NotFound`); other rules that fail are answered by `NotPermitted`, which says what was lacking. Each refusal is on record.
"""


def rules_page() -> str:
    """Every command by context, with its rule and refusals."""
    contexts: dict[str, list[Decider]] = defaultdict(list)
    for decider in DECIDERS.values():
        contexts[decider.command.__module__.split(".")[1]].append(decider)
    return _INTRODUCTION + "".join(f"\n## {name}\n\n{''.join(_table(contexts[name]))}" for name in sorted(contexts)) + _refusals()


def _table(deciders: list[Decider]) -> Iterator[str]:
    yield "| command | what it does | who may | refusals |\n|---|---|---|---|\n"
    for decider in sorted(deciders, key=lambda decider: decider.command.__name__):
        refusals = ", ".join(f"`{refusal.__name__}`" for refusal in decider.refusals)
        yield f"| `{decider.command.__name__}` | {_text(decider.command)} | {decider.rule.says} | {refusals} |\n"


def _refusals() -> str:
    found = {refusal.__name__: refusal for decider in DECIDERS.values() for refusal in decider.refusals}
    rows = "".join(f"| `{name}` | {_text(found[name])} |\n" for name in sorted(found))
    return f"\n## Refusals\n\n| name | what it says |\n|---|---|\n{rows}"


def _text(described: type[object] | type[Refusal]) -> str:
    return " ".join((described.__doc__ or "").split())
