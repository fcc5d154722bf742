"""What messages said at other moments: before each change of their words, and what they showed of elsewhere when they did.

A page of messages asks for all of it at once.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

from application.exports.conversation import Forwarded, Outside, Wording
from interfaces.graphql.conversations.asking import Asking
from interfaces.graphql.conversations.documents import FORWARDED, WORDS, moments
from interfaces.graphql.conversations.parts import forwarded, key, moment
from interfaces.graphql.ids import global_id

AT_ONCE = 30
"""How many moments one query asks for: each is a subquery of its own."""


class Wanted(NamedTuple):
    """A message as of a position, and what of it."""

    message: str
    position: int
    what: str


class Then:
    """What was found of a page of messages."""

    def __init__(self, found: dict[Wanted, Any]) -> None:
        self._found = found

    def wordings(self, node: Any) -> tuple[Wording, ...]:
        """All words of a message: what it said just before each change, and what it says now."""
        texts = [self._text(each) for each in _edits(node)]
        if not node["retracted"]:
            texts.append(node["text"])
        begins = [moment(node["sentAt"]), *(moment(each["editedAt"]) for each in node["edits"] if not each["retracted"])]
        return tuple(Wording(at, text) for at, text in zip(begins, texts or [None], strict=False))

    def forwarded(self, node: Any) -> Forwarded | Outside | None:
        """What a message shows of elsewhere, as it was when it was forwarded."""
        if not node["forwarding"]:
            return None
        found = self._found[_shown(node)]
        return forwarded(found["forwards"]) if found and found["forwards"] else Outside.SCOPE

    def _text(self, wanted: Wanted) -> str | None:
        found = self._found[wanted]
        return found["text"] if found else None


async def then(asking: Asking, nodes: Iterable[Any]) -> Then:
    """What is to be known of these messages, whose edits are all there. Raises NotAnswered."""
    wanted = [each for node in nodes for each in (*_edits(node), *([_shown(node)] if node["forwarding"] else []))]
    return Then({each: found async for each, found in _read(asking, wanted)})


async def _read(asking: Asking, wanted: list[Wanted]) -> AsyncIterator[tuple[Wanted, Any]]:
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        given: dict[str, Any] = {f"p{n}": {"position": str(each.position)} for n, each in enumerate(part)}
        given |= {f"m{n}": each.message for n, each in enumerate(part)}
        answer = await asking.all(moments([each.what for each in part]), given)
        for n, each in enumerate(part):
            yield each, answer[f"w{n}"]["message"]


def _edits(node: Any) -> list[Wanted]:
    return [Wanted(_id(node), int(each["position"]) - 1, WORDS) for each in node["edits"]]


def _shown(node: Any) -> Wanted:
    return Wanted(_id(node), int(node["position"]), FORWARDED)


def _id(node: Any) -> str:
    return global_id("Message", key(node["id"]))
