"""What was meant and answered, held against what is in the log and in the read models."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from domain.kernel.events import Recorded
from domain.messaging.events.message import MessageEdited, MessagePosted
from infra.postgres.migrations import OrganisationSchema
from interfaces.bootstrap.opening import opened
from interfaces.graphql.ids import local_key
from interfaces.settings import Settings
from projections.engine.registry import models
from tests.support.postgres import ORGANISATION
from tests.verification.talk import Intent, Told

OURS = OrganisationSchema(ORGANISATION).schema
RECORDED = {
    "postMessage": "messaging.message_posted.v2",
    "editMessage": "messaging.message_edited.v1",
    "addReaction": "messaging.reaction_added.v1",
    "changeTopic": "messaging.channel_topic_changed.v1",
    "joinChannel": "messaging.member_joined.v1",
    "leaveChannel": "messaging.member_left.v1",
}
"""The event that each mutation comes to."""
ALWAYS = {"postMessage", "editMessage", "changeTopic"}
"""The mutations that as they are meant here always change something; the others may find that it is so already."""
BESIDE = {"compliance.data_key_created.v1"}
"""Events that may come with any command."""
REFUSED = "access.command_refused.v1"


class Row(NamedTuple):
    """What is looked at of a row of the log."""

    position: int
    recorded_at: Any
    stream: str
    stream_version: int
    type: str
    actor: UUID | None
    command: UUID | None


def whole(owner: psycopg.Connection) -> list[Row]:
    """The log, which has positions without gaps, streams without holes, and a time that doesn't run back."""
    cursor = owner.execute(
        f"SELECT position, recorded_at, stream, stream_version, type, actor, command_id FROM {OURS}.events ORDER BY position"
    )
    rows = [Row(*row) for row in cursor]
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)
    versions: Counter[str] = Counter()
    for row in rows:
        versions[row.stream] += 1
        assert row.stream_version == versions[row.stream], row
    return rows


def settle_accounts(owner: psycopg.Connection, meant: Collection[tuple[Intent, Told | None]]) -> Counter[str]:
    """Compares every command with the log; answers how many were answered how."""
    events: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in whole(owner):
        if row.command is not None:
            events[row.command].append(row)
    commands = {
        (actor, command): (refusal is not None, last)
        for actor, command, refusal, last in owner.execute(
            f"SELECT actor, command_id, refusal, last_position FROM {OURS}.commands"
        )
    }
    counts: Counter[str] = Counter()
    for intent, told in meant:
        counts[_account(intent, told, events[intent.command], commands.get((intent.actor, intent.command)))] += 1
    return counts


def _account(intent: Intent, told: Told | None, events: Sequence[Row], outcome: tuple[bool, int] | None) -> str:
    types = Counter(row.type for row in events)
    own = types.pop(RECORDED[intent.mutation], 0)
    assert {row.actor for row in events} <= {intent.actor}
    assert own <= 1, f"{intent} is doubled"
    assert not own or not types.keys() - BESIDE, (intent, types)
    if told is None or told.result is None:
        assert (outcome is not None) or not events, f"{intent} left something and no outcome"
        return "without an answer, done" if own else "without an answer, not done"
    assert outcome is not None, f"{told} is missing"
    refused, last = outcome
    if told.done:
        assert (refused, last) == (False, told.position), (told, outcome)
        assert own or intent.mutation not in ALWAYS, f"{told} was acknowledged and is not in the log"
        return "done" if own else "done already"
    assert refused, (told, outcome)
    assert not own, f"{told} took effect"
    assert types.keys() <= {REFUSED}, (told, types)
    return f"refused: {told.result}"


def tables(owner: psycopg.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every read model with its history, whole."""
    with owner.cursor(row_factory=dict_row) as cursor:
        found = {}
        for model in models().values():
            if model.view is None:
                found[model.table] = cursor.execute(f"SELECT * FROM {OURS}.{model.table} ORDER BY id").fetchall()
                if model.history:
                    past = f"SELECT * FROM {OURS}.{model.table}_history ORDER BY id, valid_from"
                    found[f"{model.table}_history"] = cursor.execute(past).fetchall()
        return found


def forget_tables(owner: psycopg.Connection) -> None:
    """Drops the read models, so that whoever follows the log begins anew."""
    with owner.transaction():
        for model in models().values():
            if model.view is None:
                owner.execute(f"DROP TABLE {OURS}.{model.table}, {OURS}.{model.table}_history CASCADE")
        owner.execute(f"DELETE FROM {OURS}.projections")


def behind(owner: psycopg.Connection) -> bool:
    """Whether a read model hasn't come to the end of the log."""
    row = owner.execute(
        f"SELECT (SELECT max(position) FROM {OURS}.events), min(position), count(*) FROM {OURS}.projections WHERE NOT rebuilds"
    ).fetchone()
    assert row is not None
    head, lowest, count = row
    return bool(count < sum(model.view is None for model in models().values()) or lowest < head)


def nothing_is_held(owner: psycopg.Connection) -> None:
    """No read model had to put an event aside."""
    held = owner.execute(f"SELECT table_name, position, type, error FROM {OURS}.quarantine ORDER BY position").fetchall()
    assert held == []


def said_as_told(owner: psycopg.Connection, settings: Settings) -> int:
    """The messages of the read model are those of the log, by the simplest of all folds; answers how many they are."""
    told: dict[UUID, str] = {}
    for recorded in asyncio.run(_events(settings)):
        match recorded.event:
            case MessagePosted(text=str(text)) | MessageEdited(text=str(text)):
                told[recorded.thing] = text
            case _:
                pass
    shown: dict[UUID, str] = dict(owner.execute(f"SELECT id, text FROM {OURS}.{models()['Message'].table}").fetchall())
    assert shown == told
    return len(shown)


async def _events(settings: Settings) -> list[Recorded[Any]]:
    async with opened(settings, ORGANISATION) as organisation:
        rows = await organisation.log.reader.read(0, 1_000_000)
        parsed = [organisation.codec.parse(row) for row in rows]
        keys = await organisation.keys.open({key for one in parsed for key in one.keys})
        return [organisation.codec.finish(one, keys) for one in parsed]


def messages_meant(meant: Collection[tuple[Intent, Told | None]]) -> Mapping[UUID, str]:
    """The messages that were acknowledged, with the words that they began with."""
    return {
        key: intent.given["text"]
        for intent, told in meant
        if intent.mutation == "postMessage" and told is not None and told.done
        if (key := local_key(intent.given["message"], "Message")) is not None
    }
