"""What the rows of sets are, told plainly: of each key, by a function over the rows that touch it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from projections.engine.model import Model
from projections.messaging.thread import Thread

Touching = Mapping[str, Sequence[Any]]
"""Rows by the name of their model."""


class Told(NamedTuple):
    """A set: which key a row of each source touches, and which rows a key has by what touches it."""

    touches: Mapping[str, Callable[[Any], UUID | None]]
    rows: Callable[[UUID, Touching], Iterable[Model]]


def _thread(root: UUID, rows: Touching) -> Iterable[Thread]:
    replies = sorted((each for each in rows["Message"] if not each.retracted), key=lambda each: each.position)
    if replies:
        yield Thread(
            id=root,
            root=root,
            channel=replies[0].channel,
            replies=len(replies),
            people=len({each.author for each in replies}),
            last_reply_at=max(each.sent_at for each in replies),
        )


SETS: dict[str, Told] = {"Thread": Told({"Message": lambda message: message.thread}, _thread)}
