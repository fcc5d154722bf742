"""Appending: commands through the whole platform against the library's recorder, and the writer alone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import cycle
from uuid import UUID, uuid4

from application.envelope import Asked
from application.ports.log import Append, Appended, CommandKey, LogWriter, NewRow
from domain.messaging.commands.message import EditMessage, PostMessage
from domain.messaging.ids import MessageId
from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from infra.system import random_id
from tests.benchmarks.clients import loop
from tests.benchmarks.company import FOLLOWED, PEOPLE, company_at_work
from tests.benchmarks.harness import Figure, Pair, Server
from tests.benchmarks.inserts import single_row_inserts
from tests.benchmarks.stock import stock_recorder
from tests.support.organisations import ask, channel, message, person, post

TEXT = "The second batch of housings leaves 上海 on Friday; the customer wants to hear of it today. " * 2
GENERAL = channel("general")
ACTOR = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CHANNEL = "messaging.channel/01890a5d-ac96-774b-bcce-b302099a8058"
CONTEXT = b'{"authority":{"rule":"member of the channel","streams":["%s"]},"decided_on":{"%s":1}}' % ((CHANNEL.encode(),) * 2)
PAYLOAD = b'{"author":"%s","text":"%s"}' % (str(ACTOR).encode(), b"x" * 200)
DIGEST = hashlib.sha256(PAYLOAD).digest()


def messages(in_flight: int, threads: int) -> Callable[[Server], AbstractContextManager[Pair]]:
    """Messages of 32 people in one channel, so many in flight, against the library's recorder with so many threads."""

    @contextmanager
    def prepare(server: Server) -> Iterator[Pair]:
        with loop() as on, company_at_work(server, on) as ours, stock_recorder(server, threads) as baseline:
            people = cycle(map(person, PEOPLE))

            async def once() -> None:
                wish = PostMessage(channel=GENERAL, message=MessageId(random_id()), text=TEXT)
                outcome = await ours.organisation.platform.handle(wish, Asked(next(people), random_id()))
                assert outcome.refusal is None

            yield Pair(ours.followed(on.side(in_flight, once)), baseline, {"followers": FOLLOWED})

    return prepare


@contextmanager
def contended(server: Server) -> Iterator[Pair]:
    """Edits of one message, 64 in flight, against one at a time."""
    with loop() as on, company_at_work(server, on) as ours:
        author = person(PEOPLE[0])
        on.run(ask(ours.organisation, post("contended"), author))

        async def once() -> None:
            wish = EditMessage(message=message("contended"), text=f"{TEXT} {random_id()}")
            outcome = await ours.organisation.platform.handle(wish, Asked(author, random_id()))
            assert outcome.refusal is None

        yield Pair(ours.followed(on.side(64, once)), ours.followed(on.side(1, once)), {"followers": FOLLOWED})


@contextmanager
def recorder(server: Server) -> Iterator[Pair]:
    """The writer alone at 32 in flight, with guards, command ids, salts and news, against 32 connections that just insert."""
    with (
        loop() as on,
        server.scratch() as database,
        on.within(Connections(database.application)) as connections,
        on.within(PostgresLog(database.application, connections, database.organisation)) as log,
        single_row_inserts(server, 32, ACTOR, CONTEXT, PAYLOAD) as baseline,
    ):
        on.run(found(log.writer))
        yield Pair(on.side(32, partial(append_message, log.writer)), baseline)


async def found(writer: LogWriter) -> None:
    """The channel that every message is guarded on."""
    row = NewRow(uuid4(), CHANNEL, 1, "messaging.channel_opened.v1", ACTOR, None, None, None, None, b"{}", b"{}")
    assert isinstance(await writer.append(Append(rows=[row], guards={CHANNEL: 0})), Appended)


async def append_message(writer: LogWriter) -> None:
    """A message's event and command, as the platform asks for them."""
    command, stream = uuid4(), f"messaging.message/{uuid4()}"
    row = NewRow(random_id(), stream, 1, "messaging.message_posted.v2", ACTOR, None, command, command, None, CONTEXT, PAYLOAD)
    key = CommandKey(ACTOR, command, DIGEST)
    answer = await writer.append(Append(rows=(row,), guards={stream: 0, CHANNEL: 1}, command=key))
    assert isinstance(answer, Appended)


_STOCK = "the eventsourcing library's Postgres recorder with"
FIGURES = [
    Figure("append.1", f"Commands, one at a time, against {_STOCK} one thread", "commands/s", 0.7, messages(1, 1)),
    Figure("append.32", f"Commands, 32 in flight, against {_STOCK} 32 threads", "commands/s", 8, messages(32, 32)),
    Figure("append.256", f"Commands, 256 in flight, against {_STOCK} 32 threads", "commands/s", 12, messages(256, 32)),
    Figure("append.contended", "Commands on one stream, 64 in flight, against one at a time", "commands/s", 0.5, contended),
    Figure("append.recorder", "The writer, 32 in flight, against 32 connections inserting single rows", "appends/s", 1, recorder),
]
