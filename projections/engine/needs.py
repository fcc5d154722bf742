"""Which fields of an event the functions of read models look at: what is sealed in others needn't be opened for them.

It is read from the functions' source. Where that leaves a doubt, they look at everything.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from domain.kernel.events import Event
from projections.engine.feeds import Feed

Fields = frozenset[str] | None
"""Names of fields; None: all of them."""


def fields_of(feeds: Iterable[Feed]) -> Fields:
    """What these functions look at, and the engine with them: the values whose keys it keeps."""
    found: set[str] = set()
    for feed in feeds:
        read = looked_at(feed.change)
        if read is None or feed.by_function:
            return None
        found |= read
        found.update(source for column in feed.model.personal for source in column.personal)
    return frozenset(found)


def needs(feeds: Iterable[tuple[type[Event], Feed]]) -> dict[type[Event], Fields]:
    """By event, what is looked at by all its functions."""
    by_event: dict[type[Event], list[Feed]] = {}
    for event, feed in feeds:
        by_event.setdefault(event, []).append(feed)
    return {event: fields_of(each) for event, each in by_event.items()}


@cache
def looked_at(change: Callable[..., Any]) -> Fields:
    """The fields of `said.event` that a function names: directly, or by a name that it gives the event first."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(change)))
    except (OSError, TypeError, SyntaxError):
        return None
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found: set[str] = set()
    events = list(_attributes(tree, parents, "said"))
    names: set[str] = set()
    for used in events:
        if used is None:
            return None
        if used.attr != "event":
            continue
        match parents[used]:
            case ast.Attribute(attr=field):
                found.add(field)
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
            case _:
                return None
    for name in names:
        for used in _attributes(tree, parents, name):
            if used is None:
                return None
            found.add(used.attr)
    return frozenset(found)


def _attributes(tree: ast.AST, parents: dict[ast.AST, ast.AST], name: str) -> Iterator[ast.Attribute | None]:
    """Each attribute that is read of a name; None where the name itself is used for anything else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            parent = parents[node]
            yield parent if isinstance(parent, ast.Attribute) else None
