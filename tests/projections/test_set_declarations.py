"""What the set form can't keep is refused when it is declared, by an error that says why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from domain.directory.events.person import PersonJoined
from domain.kernel.events import Recorded
from projections.engine import registry
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, one
from projections.engine.follower import Follower
from projections.engine.members import MODELS
from projections.engine.model import Model, ModelMeta
from projections.engine.reading import LISTS
from projections.engine.sets import CannotBeKept, per, together
from projections.messaging.attachment import Attachment
from projections.messaging.channel_member import ChannelMember
from projections.messaging.message import Message
from projections.messaging.thread import Thread

SAID = "select {key} as id, count(*)::integer as count from {message}"
OF = {Message: "{this}.channel_id"}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    registry.models()
    known = dict(MODELS)
    yield
    LISTS.clear()
    MODELS.clear()
    MODELS.update(known)


def declare(derived: Any, *, key: Any = To[Message], extra: dict[str, Any] | None = None, **options: Any) -> None:
    """A set with a key and a count."""
    columns = {"root": key, "count": int}
    body: dict[str, Any] = {"count": column("How many."), "root": one("Of what.") if key is not UUID else column("Of what.")}
    for name, (hint, spec) in (extra or {}).items():
        columns[name], body[name] = hint, spec
    body |= {"__module__": __name__, "__doc__": "How much was said.", "__annotations__": columns}
    ModelMeta("Tally", (Model,), body, visible="true", derived=derived, **options)
    registry.finish()


@pytest.mark.parametrize("key", [To[Message], UUID])
def test_a_set_is_declared_with_the_keys_that_its_sources_touch(key: Any) -> None:
    declare(per("root", SAID, of=OF), key=key)
    assert together([Message.declared])[:2] == [Message.declared, MODELS["Thread"]]
    assert MODELS["Tally"] in together([Thread.declared])


@pytest.mark.parametrize(
    ("derived", "words"),
    [
        (per("count", SAID, of=OF), "its key `count` must be a relation"),
        (per("nothing", SAID, of=OF), "its key `nothing` must be a relation"),
        (per("root", "select from {thread}", of={Thread: "{this}.root_id"}), "Thread is a set itself"),
        (per("root", "select from {channel_member}", of={ChannelMember: "{this}.channel_id"}), "ChannelMember is a view"),
        (per("root", "select from {attachment}", of={Attachment: "{this}.message_id"}), "when their `name` is erased"),
        (per("root", SAID, of={Message: "(select id from {thread})"}), "must follow from its own columns"),
        (per("root", SAID, of={Message: "(select id where id = {this}.id)"}), "must follow from its own columns"),
        (per("root", SAID, of={Message: "{this}.mood"}), "`mood`, which is no column of it"),
        (per("root", SAID, of={Message: "md5({this}.text)::uuid"}), "`text`, which is no column of it, or a personal one"),
        (per("root", SAID + " join {channel} on true", of=OF), "which is none of its sources"),
        (per("root", "select {key} as id, 1 as count", of=OF), "doesn't read its source"),
        (per("root", SAID + " where sent_at < now()", of=OF), "names `now`"),
    ],
)
def test_what_cannot_be_kept_is_refused(derived: Any, words: str) -> None:
    with pytest.raises(CannotBeKept, match=words):
        declare(derived)


@pytest.mark.parametrize(
    ("name", "hint", "spec"),
    [
        ("text", str | None, column("What.", personal=True)),
        ("text", str | None, column("What.", filter=("search",))),
        ("at", datetime, column("When.", born=True)),
    ],
)
def test_columns_that_only_events_can_give_are_refused(name: str, hint: Any, spec: Any) -> None:
    with pytest.raises(CannotBeKept, match=f"Tally.{name}: a set can't have values that are personal, searched in, or `born`"):
        declare(per("root", SAID, of=OF), extra={name: (hint, spec)})


@pytest.mark.parametrize("options", [{"history": False}, {"live": "root"}, {"view": "select"}])
def test_a_set_has_a_history_and_is_not_followed_itself(options: dict[str, Any]) -> None:
    with pytest.raises(CannotBeKept, match="is no view, keeps its history, and is followed by"):
        declare(per("root", SAID, of=OF), **options)


def test_a_key_that_may_be_missing_is_refused() -> None:
    with pytest.raises(CannotBeKept, match="its key `root` must be a relation"):
        declare(per("root", SAID, of=OF), key=Maybe[Message])


def test_a_set_has_no_functions() -> None:
    with pytest.raises(TypeError, match="Thread is a set: what it is made of is fed elsewhere"):

        @feeds()
        def joined(said: Recorded[PersonJoined]) -> Thread:
            raise NotImplementedError


def test_a_set_is_followed_with_its_sources() -> None:
    absent: Any = None
    with pytest.raises(CannotBeKept, match="Thread: Message isn't followed here"):
        Follower([Thread.declared], absent, absent, absent, absent, absent, absent)
