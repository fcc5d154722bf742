"""Revoking what somebody is using at that moment, in two processes of the operating system: nothing of theirs comes after it."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from application.envelope import Asked
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.ids import GrantId, ResourceId
from domain.directory.commands.post import AssignPost, OpenPost, WithdrawPost
from domain.directory.ids import PostId
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.ids import ChannelId
from infra.crypto import key_file
from infra.crypto.key_file import KeyRing
from infra.system import random_id
from tests.support.postgres import Database
from tests.support.processes import die_with_parent
from tests.support.serving import SETUP, Served, serving
from tests.verification.using_process import USERS, Start, answered, used

ROUNDS = int(os.environ.get("ONRECORD_RACES", "25"))
AFTER = (0, 1, 2, 3, 5, 8, 13, 21)
"""How many events after the race began it is ended."""
BY_TEST = Authority("test")
MANAGE, REFUSED = "messaging.channel.manage", "access.command_refused.v1"


class Round(NamedTuple):
    """Of each process: how often it was used in the race, before it ended; how many commands asked by then were refused."""

    used: tuple[int, int]
    met: tuple[int, int]


class Other:
    """The other process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def hear(self) -> str:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, "the other process ended"
        return line.decode().strip()

    async def say(self, *words: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def other(database: Database, keys: Path) -> AsyncIterator[Other]:
    """Started and ready; it ends with the block."""
    command = [sys.executable, "-m", "tests.verification.using_process", database.application, str(keys)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, preexec_fn=die_with_parent)
    try:
        found = Other(process)
        assert await found.hear() == "ready"
        yield found
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.wait_for(process.wait(), 30)


@pytest.mark.timeout(3600)
async def test_no_event_of_theirs_follows_the_revocation(database: Database, tmp_path: Path) -> None:
    ring, keys, rounds = KeyRing.new(), tmp_path / "keys", list[Round]()
    key_file.write(keys, ring)
    async with serving(database, tmp_path, ring=ring) as here, other(database, keys) as there:
        channel = ChannelId(uuid4())
        person = (await here.person("Di")).person
        await here.do(OpenChannel(channel=channel, name="Orders"))
        for number in range(ROUNDS):
            ends = await (_granted if number % 2 else _holding)(here, person, channel)
            rounds.append(await _race(here, there, person, channel, ends, number))
    some, both = (sum(of(each.used) > 0 for each in rounds) for of in (max, min))
    met, met_both = (sum(of(each.met) > 0 for each in rounds) for of in (max, min))
    print(  # noqa: T201 (shown by -rP)
        f"{ROUNDS} races: in {some} it was used before the revocation, in {both} of them by both processes,"
        f" {sum(sum(each.used) for each in rounds)} times in all; in {met} commands asked before it were refused after it,"
        f" in {met_both} of them those of both, {sum(sum(each.met) for each in rounds)} in all"
    )
    assert min(some, met_both) > ROUNDS // 2, "they raced"


async def _granted(here: Served, person: PersonId, channel: ChannelId) -> Command:
    """Lets them keep the channel by a grant; what ends it."""
    grant = GrantId(uuid4())
    given: dict[str, Any] = {"grant": grant, "action": MANAGE, "resource": ResourceId(channel), "reason": "race"}
    await here.do(GrantPermission(person=person, **given))
    return RevokeGrant(grant=grant)


async def _holding(here: Served, person: PersonId, channel: ChannelId) -> Command:
    """Lets them keep it by a post; what ends it."""
    post = PostId(uuid4())
    given: dict[str, Any] = {"grant": GrantId(uuid4()), "action": MANAGE, "resource": ResourceId(channel), "reason": "race"}
    await here.do(OpenPost(post=post, name="keeper"))
    await here.do(GrantPermission(post=post, **given))
    await here.do(AssignPost(post=post, person=person))
    return WithdrawPost(post=post, person=person)


async def _race(here: Served, there: Other, person: PersonId, channel: ChannelId, ends: Command, number: int) -> Round:
    """One round: it is used in both processes until it is revoked, and until each who uses it has been refused.

    The revocation is handed in when the log has grown by a few events since they began to race.
    """
    start, platform, reader = Start(), here.organisation.platform, here.organisation.log.reader
    enough, after = number % 2, AFTER[number // 2 % len(AFTER)]

    async def end() -> tuple[int, int]:
        await start.ready.wait()
        assert await there.hear() == "enough"
        position = await reader.head()
        await there.say("go")
        start.go.set()
        for more in range(after):
            while await reader.head() <= position + more:
                await reader.wait(position + more, 1)
        asked = time.monotonic_ns()
        return (await answered(platform, ends, Asked(SETUP, random_id()), BY_TEST)).position, asked

    async with asyncio.timeout(300):
        await there.say(person, channel, enough)
        (position, ended), ours = await asyncio.gather(end(), used(platform, person, channel, enough, start))
        times, raced, *refused = map(int, (await there.hear()).split())
    assert min(ours.times, times) > enough, "both used it when it was revoked"
    assert len(ours.refused) == len(refused) == USERS
    after_it = [row.type for row in await reader.read(position, 1_000) if row.actor == person]
    assert after_it == [REFUSED] * len(after_it)
    in_time = [sum(asked < ended for asked in each) for each in (ours.refused, refused)]
    return Round((ours.raced, raced), (in_time[0], in_time[1]))
