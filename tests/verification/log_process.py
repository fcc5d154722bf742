"""A process that appends for as long as it lives, and says what it was answered: `python -m tests.verification.log_process DSN`.

Each line is a JSON object: `done` (a command that was answered as written or repeated, with its positions and the ids of its
events) or `not` (the ids of events whose append was answered as not written).
"""

import asyncio
import hashlib
import json
import random
import sys
from uuid import UUID, uuid4

from application.ports.log import (
    Answer,
    Append,
    Appended,
    CommandKey,
    Expired,
    LogUnavailable,
    LogWriter,
    Moved,
    NewRow,
    Repeated,
)
from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from infra.postgres.migrations import OrganisationSchema
from tests.support.postgres import ORGANISATION

CLIENTS = 12
SHARED = [f"test.shared/{n}" for n in range(4)]


def say(**what: object) -> None:
    """One line, whole or not at all when the process is killed."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def patient(writer: LogWriter, request: Append) -> Answer:
    """Asks until there is an answer, as a client does who isn't sure."""
    while True:
        try:
            return await writer.append(request)
        except LogUnavailable:
            await asyncio.sleep(0.02)


async def client(log: PostgresLog, actor: UUID) -> None:
    """Writes to a stream of its own and, guarded, to one that all processes write to."""
    versions: dict[str, int] = dict.fromkeys(SHARED, 0)
    while True:
        shared, own = random.choice(SHARED), f"test.own/{uuid4()}"
        command = CommandKey(actor, uuid4(), hashlib.sha256(own.encode()).digest())
        rows = [row(own, 1, command), row(own, 2, command), row(shared, versions[shared] + 1, command)]
        ids = [str(each.event_id) for each in rows]
        match await patient(log.writer, Append(rows=rows, guards={own: 0, shared: versions[shared]}, command=command)):
            case Appended(first, last, _) | Repeated(_, first, last):
                versions[shared] += 1
                say(done=str(command.command_id), first=first, last=last, ids=ids)
            case Moved(streams):
                say(**{"not": ids})
                for stream in streams & {shared}:
                    versions[stream] = await version(log, stream)
            case Expired():
                raise RuntimeError("nothing here expires")


async def version(log: PostgresLog, stream: str) -> int:
    """The stream's version now."""
    while True:
        try:
            return len((await log.reader.streams([stream]))[stream])
        except LogUnavailable:
            await asyncio.sleep(0.02)


def row(stream: str, after: int, command: CommandKey) -> NewRow:
    """An event of a command."""
    actor, asked = command.actor, command.command_id
    return NewRow(uuid4(), stream, after, "test.happened.v1", actor, None, asked, asked, None, b"{}", b"{}")


async def follow(log: PostgresLog) -> None:
    """Reads on from position to position; ends the process if one is missing."""
    after = 0
    while True:
        try:
            page = await log.reader.read(after, 500)
        except LogUnavailable:
            await asyncio.sleep(0.02)
            continue
        if [stored.position for stored in page] != list(range(after + 1, after + 1 + len(page))):
            say(gap=after)
            sys.exit(1)
        after += len(page)
        if not page:
            await log.reader.wait(after, 0.5)


async def main(dsn: str) -> None:
    """Runs until it is killed."""
    organisation = OrganisationSchema(ORGANISATION)
    async with Connections(dsn, size=2) as connections, PostgresLog(dsn, connections, organisation) as log:
        await asyncio.gather(follow(log), *(client(log, uuid4()) for _ in range(CLIENTS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
