"""Whatever stands in an export: it is taken, listed, or the whole is refused; nothing else comes of it."""

import copy
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from application.imports.bring import Reading, Report
from application.imports.errors import ImportRefused
from application.imports.records.organisation import Person
from domain.kernel.states import State
from infra.imports.slack.export import SlackExport
from tests.imports.slack_exports import ANN, BEN, CAI, DAY, channel, export, folder, said, stamp, user

GENERAL = f"general/{DAY}.json"
WORDS = ["", "x", "\0", "<@U0ANN>", "<@>", "<#|>", "<!>", "::", "U0ANN", "1e9", "99999999999.000000", stamp(1), "a" * 400]
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(WORDS),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([{"id": "F9"}]),
    st.just({"ts": "1", "user": BEN, "text": "y"}),
    st.text(max_size=8),
)  # fmt: skip


def whole() -> dict[str, Any]:
    """An export with everything in it."""
    file = {"id": "F1", "name": "a.csv", "title": "A", "mimetype": "text/csv", "size": 3, "user": BEN, "mode": "hosted"}
    day = [
        said(1, ANN, "Who is <@U0BEN> in <#C0GEN>?", thread_ts=stamp(1), reply_count=1, files=[file],
             reactions=[{"name": "+1", "users": [BEN, CAI], "count": 2}], edited={"user": ANN, "ts": stamp(4)},
             pinned_info={"pinned_by": BEN, "pinned_ts": 1_709_539_230}),
        said(2, BEN, "Thursday", thread_ts=stamp(1), subtype="thread_broadcast"),
        {"type": "message", "subtype": "message_changed", "ts": stamp(9), "message": said(2, BEN, "Friday"),
         "previous_message": said(2, BEN, "Thursday")},
        {"type": "message", "subtype": "message_deleted", "ts": stamp(10), "deleted_ts": stamp(2), "user": BEN},
        {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "b", "ts": stamp(11), "text": "",
         "attachments": [{"title": "t", "is_msg_unfurl": True, "channel_id": "C0GEN", "ts": stamp(1)}],
         "blocks": [{"text": {"text": "block"}}]},
        said(12, CAI, "", subtype="channel_join", inviter=ANN),
        said(13, CAI, "", subtype="channel_name", old_name="first", name="general"),
        said(14, CAI, "", subtype="channel_topic", topic="t"),
        said(15, CAI, "", subtype="file_comment", comment={"user": BEN, "comment": "c"}, file=file),
    ]  # fmt: skip
    pins = [{"id": stamp(1), "type": "C", "user": BEN, "created": 1_709_539_230}]
    topic = {"value": "v", "creator": ANN, "last_set": 1}
    return export(
        {GENERAL: day},
        users=[user(ANN, "Ann Smith"), user(BEN, "Ben Ode"), user("U0BOT", "Bot", is_bot=True)],
        channels=[channel("C0GEN", "general", ANN, BEN, pins=pins, topic=topic, purpose=topic)],
        dms=[{"id": "D1", "created": 5, "members": [ANN, BEN]}],
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    below: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        below = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [path, *(found for key, each in below for found in places(each, (*path, key)))]


PLACES = [(name, path) for name, value in whole().items() for path in places(value) if path]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), STRANGE), min_size=1, max_size=3))
def test_one_thing_that_is_otherwise_breaks_nothing(changes: list[tuple[tuple[str, tuple[Any, ...]], Any]]) -> None:
    files = copy.deepcopy(whole())
    for (name, path), value in changes:
        _put(files[name], path, copy.deepcopy(value))
    with tempfile.TemporaryDirectory() as place:
        _told(folder(Path(place) / "export", files))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        if not isinstance(value, dict | list) or (isinstance(value, list) and not isinstance(key, int)):
            return
        try:
            value = value[key]
        except (KeyError, IndexError):
            return
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(path[-1], int) and path[-1] < len(value)):
        value[path[-1]] = new


def _told(path: Path) -> None:
    """Tells an export, and asks every claim of streams that are empty and then of what it left there."""
    try:
        reading = Reading(SlackExport(path), Report(), None)
        for piece in reading.pieces(7):
            for person in piece:
                if isinstance(person, Person):
                    reading.names.introduce({person.key: reading.names.by_account(person.key)})
            for record in piece:
                for claim in reading.claims(record):
                    state: State[Any] = claim.state(stream=claim.stream)
                    for _ in range(2):
                        for happened in claim.happened(state):
                            state = state.after(happened.event)
        assert reading.closing() is not None
    except ImportRefused:
        return
