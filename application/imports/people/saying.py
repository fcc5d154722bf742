"""What becomes of each person, in words, for whoever reads the difference."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal, NamedTuple

from domain.directory.events.person import PersonJoined, PersonOffboarded, PersonReinstated
from domain.directory.events.post import PostAssigned, PostWithdrawn
from domain.directory.ids import PostId
from domain.kernel.events import Event

Turn = Literal["joins", "moves", "changes", "leaves", "opens"]


class Said(NamedTuple):
    """What becomes of one person, for whoever reads the difference: the row is None for who isn't in the table."""

    turn: Turn
    name: str
    row: int | None
    what: tuple[str, ...]


def told(name: str, row: int | None, events: Sequence[Event], post: Callable[[PostId], str]) -> Said:
    """What these events mean for somebody; `post` says what one is called."""
    what = tuple(dict.fromkeys(_words(event, post) for event in events))
    if any(isinstance(event, PersonJoined | PersonReinstated) for event in events):
        return Said("joins", name, row, what)
    if any(isinstance(event, PersonOffboarded) for event in events):
        return Said("leaves", name, row, what)
    return Said("moves" if {"department", "manager"} & set(what) else "changes", name, row, what)


def _words(event: Event, post: Callable[[PostId], str]) -> str:
    match event:
        case PostAssigned():
            return f"assigned {post(event.post)}"
        case PostWithdrawn():
            return f"withdrawn {post(event.post)}"
        case _:
            return _word(event.wire)


@cache
def _word(wire: str) -> str:
    """What an event of this wire name is about, in a word."""
    name = wire.rpartition(".v")[0].rpartition(".")[2]
    for word, kinds in WORDS.items():
        if name in kinds.split():
            return word
    return name.replace("_", " ")


WORDS = {
    "new": "person_joined",
    "back": "person_reinstated",
    "name": "person_renamed",
    "profile": "person_profile_changed",
    "kind": "person_kind_changed",
    "department": "department_joined department_left primary_department_changed",
    "leader": "leader_appointed leader_dismissed",
    "manager": "manager_changed",
    "dotted lines": "dotted_line_drawn dotted_line_erased",
}
