"""The set `Thread` against the view that says the same, out of many messages; and what it costs to keep it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from infra.postgres.projections.store import PostgresStore
from projections.engine.apply import Applier
from projections.engine.members import expand
from projections.engine.registry import models
from projections.engine.sets import KEY
from projections.engine.store import Slot
from projections.messaging.thread import REPLIES
from tests.benchmarks.clients import loop
from tests.benchmarks.harness import Figure, Pair, Server, Side, closed_loop
from tests.benchmarks.query_data import ID, insert, table
from tests.support.postgres import Database

COUNT = int(os.environ.get("ONRECORD_BENCH_THREADED", "100000"))
CHANNELS, PEOPLE = 10, 200
THREADED, REPLIED = 5, 4
"""Every fifth message is a reply; a thread has about four."""
CHANNEL = UUID(int=1)
MESSAGE, THREAD = models()["Message"], models()["Thread"]


def filled(database: Database) -> Slot:
    """The messages, in channels and threads; the slot of the set, which is still empty."""
    schema = database.organisation
    number, reply = ID.format("n"), f"n % {THREADED} = 0 AND n > 1000"
    channel = ID.format(f"1 + (n / {THREADED * REPLIED}) % {CHANNELS}")
    root = ID.format(f"n - n % {THREADED * REPLIED} - 999")
    said = {
        "id": number, "position": "n", "worded_at": "n", "sent_at": "timestamptz '2026-01-01' + n * interval '1 second'",
        "channel_id": channel, "author_id": ID.format(f"1 + n % {PEOPLE}"), "history": "'all'", "text": "'said ' || n",
        "thread_id": f"CASE WHEN {reply} THEN {root} END", "valid_from": "n",
    }  # fmt: skip
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(insert(schema, "Message", f"generate_series(1, {COUNT}) n", **said).encode())
        owner.execute(f"UPDATE {schema.schema}.projections SET position = {COUNT} WHERE table_name = '{MESSAGE.table}'".encode())
        owner.execute(b"VACUUM (ANALYZE)")
    return Slot(THREAD, THREAD.table)


async def derived(database: Database, page: int) -> float:
    """Makes the set, so many positions at once; the seconds that it took."""
    store = PostgresStore(database.application, database.organisation)
    slots = {slot.model: slot for slot in await store.prepare([MESSAGE, THREAD])}
    applier, begun = Applier(store, slots.values()), time.perf_counter()
    for after in range(0, COUNT, page):
        await applier.apply([slots[THREAD]], (), after, min(after + page, COUNT))
    await store.close()
    return time.perf_counter() - begun


async def prepared(database: Database) -> None:
    store = PostgresStore(database.application, database.organisation)
    await store.prepare(list(models().values()))
    await store.close()


def asked(connection: psycopg.Connection, text: str) -> Side:
    """So often a second is this answered."""

    def side(seconds: float) -> float:
        count, more, begun = 0, closed_loop(seconds), time.perf_counter()
        while more():
            assert len(connection.execute(text.encode(), prepare=True).fetchall()) == 50
            count += 1
        return count / (time.perf_counter() - begun)

    return side


@contextmanager
def threads(server: Server) -> Iterator[Pair]:
    """The threads of a channel with the latest replies."""
    with loop() as on, server.scratch() as database:
        on.run(prepared(database))
        filled(database)
        seconds = on.run(derived(database, 4_000))
        messages, kept = table(database.organisation, "Message"), table(database.organisation, "Thread")
        view = expand(REPLIES, lambda name: "m.thread_id" if name == KEY else messages)
        view = view.replace("having", f"and m.thread_id is not null and m.channel_id = '{CHANNEL}' group by m.thread_id having")
        of_channel = f"SELECT id, replies, people, last_reply_at FROM {{}} t WHERE t.channel_id = '{CHANNEL}'"
        latest = " ORDER BY last_reply_at DESC, id DESC LIMIT 50"
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")
            owner.execute("SET jit = off")
            notes: dict[str, object] = {"messages": COUNT, "made in s": round(seconds, 2)}
            yield Pair(
                asked(owner, of_channel.format(kept) + latest), asked(owner, of_channel.format(f"({view})") + latest), notes
            )


@contextmanager
def counts(server: Server) -> Iterator[Pair]:
    """How many replies each of the latest 50 messages of a channel has, and when the last was made."""
    with loop() as on, server.scratch() as database:
        on.run(prepared(database))
        filled(database)
        on.run(derived(database, 4_000))
        messages, kept = table(database.organisation, "Message"), table(database.organisation, "Thread")
        page = f"FROM {messages} m WHERE m.channel_id = '{CHANNEL}' AND (m.thread_id IS NULL OR m.also_in_channel)"
        page += f" AND m.sent_at < timestamptz '2026-01-01' + {COUNT // 2} * interval '1 second'"
        page += " ORDER BY m.sent_at DESC, m.id DESC LIMIT 50"
        ours = f"SELECT m.id, (SELECT t.replies FROM {kept} t WHERE t.id = m.id),"
        ours += f" (SELECT t.last_reply_at FROM {kept} t WHERE t.id = m.id)"
        theirs = f"SELECT m.id, (SELECT count(*)::integer FROM {messages} r WHERE r.thread_id = m.id AND NOT r.retracted),"
        theirs += f" (SELECT max(r.sent_at) FROM {messages} r WHERE r.thread_id = m.id AND NOT r.retracted)"
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")
            owner.execute("SET jit = off")
            yield Pair(asked(owner, f"{ours} {page}"), asked(owner, f"{theirs} {page}"), {"messages": COUNT})


FIGURES = (
    Figure("sets.threads", "50 threads of a channel by their last reply, of 10,000 messages: set to view", "1/s", 2.0, threads),
    Figure("sets.counts", "replies of the latest 50 messages: set against counting", "1/s", 1.0, counts),
)
