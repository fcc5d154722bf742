"""Revoking what somebody is using at that moment, in two processes of the operating system: nothing of theirs comes after it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
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
from tests.verification.using_process import answered, used

ROUNDS = int(os.environ.get("ONRECORD_RACES", "25"))
BY_TEST = Authority("test")
MANAGE = "messaging.channel.manage"


class Other:
    """The other process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def hear(self) -> str:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, "the other process ended"
        return line.decode().strip()

    async def use(self, person: PersonId, channel: ChannelId, enough: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{person} {channel} {enough}\n".encode())
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
    ring, keys = KeyRing.new(), tmp_path / "keys"
    key_file.write(keys, ring)
    async with serving(database, tmp_path, ring=ring) as here, other(database, keys) as there:
        channel, both = ChannelId(uuid4()), 0
        person = (await here.person("Di")).person
        await here.do(OpenChannel(channel=channel, name="Orders"))
        for number in range(ROUNDS):
            ends = await (_granted if number % 2 else _holding)(here, person, channel)
            in_both = await _race(here, there, person, channel, ends, number % 7)
            both += min(in_both) > number % 7
            print(f"round {number + 1}: used {in_both[0]} and {in_both[1]} times before it ended")  # noqa: T201 (shown by -rP)
        assert both == ROUNDS, "both used it when it was revoked"


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


async def _race(here: Served, there: Other, person: PersonId, channel: ChannelId, ends: Command, enough: int) -> tuple[int, int]:
    """One round; how often each process used it before it ended."""
    reached, platform = asyncio.Event(), here.organisation.platform

    async def end() -> int:
        await reached.wait()
        assert await there.hear() == "enough"
        return (await answered(platform, ends, Asked(SETUP, random_id()), BY_TEST)).position

    async with asyncio.timeout(300):
        await there.use(person, channel, enough)
        ended, ours = await asyncio.gather(end(), used(platform, person, channel, enough, reached))
        theirs = int(await there.hear())
    rows = await here.organisation.log.reader.read(ended, 1_000)
    after = [row.type for row in rows if row.actor == person]
    assert after == ["access.command_refused.v1"] * len(after)
    return ours, theirs
