"""What isn't looked at isn't opened: which fields the functions of read models name, and what stands in place of the others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from application.ports.codec import UNOPENED
from domain.kernel.events import Recorded
from domain.messaging.events.message import MessageEdited, MessagePosted
from projections.engine.feeds import FEEDS
from projections.engine.needs import fields_of, looked_at
from projections.engine.registry import models

models()


def named(said: Recorded[MessagePosted]) -> object:
    return said.event.text, said.thing


def named_first(said: Recorded[MessagePosted]) -> object:
    fact = said.event
    return [fact.channel for _ in (1, 2)], said.position


def handed_on(said: Recorded[MessagePosted]) -> object:
    return named(said)


def handed_on_in_part(said: Recorded[MessagePosted]) -> object:
    return repr(said.event)


def named_and_handed_on(said: Recorded[MessagePosted]) -> object:
    fact = said.event
    return fact.text, [fact]


def taken_apart(said: Recorded[MessagePosted]) -> object:
    match said.event:
        case MessagePosted(text=text):
            return text


@pytest.mark.parametrize(
    ("function", "right"),
    [
        (named, {"text"}),
        (named_first, {"channel"}),
        (handed_on, None),
        (handed_on_in_part, None),
        (named_and_handed_on, None),
        (taken_apart, None),
        (len, None),
    ],
)
def test_what_a_function_looks_at_is_read_from_its_source(function: Callable[..., Any], right: set[str] | None) -> None:
    assert looked_at(function) == right


def test_messages_need_no_attachments_and_links_no_text() -> None:
    by_model = {feed.model.name: fields_of([feed]) for feed in FEEDS[MessagePosted]}
    message = by_model["Message"] or frozenset()
    assert "text" in message
    assert not {"attachments", "links"} & message
    assert "attachments" in (by_model["Attachment"] or {"attachments"})


def test_every_function_looks_only_at_fields_that_there_are() -> None:
    for event, feeds in FEEDS.items():
        found = fields_of(feeds)
        assert found is None or found <= {
            *event.__struct_fields__,
            *(s for f in feeds for c in f.model.personal for s in c.personal),
        }
    assert fields_of(feed for feed in FEEDS[MessageEdited] if feed.model.name == "Message") == frozenset({"text"})


@pytest.mark.parametrize(
    "look", [len, str.upper, bool, list, lambda value: value.text, lambda value: value == "", lambda value: {value}]
)
def test_to_look_at_what_was_not_opened_is_an_error(look: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        look(UNOPENED)


def test_it_is_no_value() -> None:
    assert not isinstance(UNOPENED, str | UUID)
