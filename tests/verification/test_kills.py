"""Kills of API processes, of whoever follows the log, and of PostgreSQL, while people talk: nothing acknowledged is lost.

ONRECORD_VERIFICATION_KILLS says how many (`make verification` asks for 200).
"""

import asyncio
import json
import os
import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import pytest

from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.membership import ChangeRole
from infra.postgres.access import connect_as_owner
from interfaces.bootstrap.opening import opened
from interfaces.http.tokens import DevelopmentIssuer
from tests.support.clusters import reachable_folder
from tests.support.organisations import ask, channel, person, settle
from tests.support.postgres import ORGANISATION
from tests.support.waiting import until
from tests.verification import accounts
from tests.verification.api_process import Deployment, deployed
from tests.verification.talk import Intent, Talker, Told, read_journal

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "12"))
PEOPLE = ("ann", "bo", "chen", "du")


@pytest.mark.timeout(120 + 30 * KILLS)
def test_nothing_acknowledged_is_missing_or_doubled_and_nothing_refused_took_effect() -> None:
    with reachable_folder() as folder, deployed(folder, processes=3) as deployment:
        asyncio.run(found(deployment))
        deployment.start()
        with talking(deployment) as talkers:
            kill_at_random(deployment, talkers, random.Random(20_260_103))
        deployment.start()
        until(lambda: all(api.is_ready() for api in deployment.apis), within=60)
        assert [api.stop() for api in deployment.apis] == [0] * len(deployment.apis)
        meant = [entry for name in PEOPLE for entry in read_journal(folder / f"{name}.journal")]
        check(deployment, talkers, meant)


async def found(deployment: Deployment) -> None:
    """Four people, a channel that all of them keep, one that they may join, and one that only somebody else knows."""
    async with opened(deployment.settings, ORGANISATION) as organisation:
        await settle(organisation, "boss", *PEOPLE)
        club = OpenChannel(channel=channel("club"), name="club")
        secret = OpenChannel(channel=channel("secret"), name="secret", visibility="private")
        owners = [ChangeRole(channel=channel("general"), person=person(name), role="owner") for name in PEOPLE]
        for command in (club, secret, *owners):
            assert (await ask(organisation, command, person("boss"))).refusal is None


@contextmanager
def talking(deployment: Deployment) -> Iterator[Sequence[Talker]]:
    """Everybody talks, in a thread of their own, for as long as the block."""
    issuer = DevelopmentIssuer(deployment.settings.data_dir)
    talkers = [
        Talker(person(name), issuer.issue(person(name), ORGANISATION), deployment.urls, deployment.folder / f"{name}.journal", n)
        for n, name in enumerate(PEOPLE)
    ]
    loop = asyncio.new_event_loop()
    everybody = loop.create_task(_together(talkers))
    thread = Thread(target=_run, args=(loop, everybody))
    thread.start()
    try:
        yield talkers
    finally:
        loop.call_soon_threadsafe(everybody.cancel)
        thread.join()
        for talker in talkers:
            talker.close()


async def _together(talkers: Sequence[Talker]) -> None:
    await asyncio.gather(*(talker.talk() for talker in talkers))


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    finally:
        loop.close()


def kill_at_random(deployment: Deployment, talkers: Sequence[Talker], chance: random.Random) -> None:
    """After each kill everything is started again, and people must have been answered before the next."""
    for _ in range(KILLS):
        await_news(deployment, talkers, chance.randrange(1, 40))
        match chance.choice([*["api"] * 9, *["server"] * 9, "everything", "everything"]):
            case "api":
                until(deployment.answering, within=120)
                chance.choice(deployment.answering()).kill()
            case "server":
                deployment.kill_server(chance.choice([signal.SIGKILL, signal.SIGQUIT]))
            case _:
                deployment.kill_server(signal.SIGKILL)
                for api in deployment.apis:
                    api.kill()
    await_news(deployment, talkers, 20)


def await_news(deployment: Deployment, talkers: Sequence[Talker], count: int) -> None:
    """Until so many more commands were acknowledged; what has ended is started again meanwhile."""
    enough = sum(talker.acknowledged for talker in talkers) + count

    def news() -> bool:
        deployment.revive()
        return sum(talker.acknowledged for talker in talkers) >= enough

    until(news, within=120)


def check(deployment: Deployment, talkers: Sequence[Talker], meant: Sequence[tuple[Intent, Told | None]]) -> None:
    """Everything that was meant against everything that is there."""
    assert [fault for talker in talkers for fault in talker.faults] == []
    said = [line for api in deployment.apis for line in api.said()]
    assert [line for line in said if "Traceback" in line or '"event": "fault"' in line] == []
    deployment.start()
    with connect_as_owner(deployment.access.owner) as owner:
        until(lambda: not accounts.behind(owner), within=120)
        counts = accounts.settle_accounts(owner, meant)
        accounts.nothing_is_held(owner)
        messages = accounts.said_as_told(owner, deployment.settings)
        assert messages >= len(accounts.messages_meant(meant))
        live = accounts.tables(owner)
        for api in deployment.apis:
            api.kill()
        accounts.forget_tables(owner)
        deployment.start()
        until(lambda: not accounts.behind(owner), within=120)
        assert accounts.tables(owner) == live
    assert counts["done"] > KILLS
    assert counts["refused: NotFound"]
    read_back = sum(talker.read_back for talker in talkers)
    assert read_back > KILLS // 2
    took_over = sum('"event": "projections.following"' in line for line in said)
    told = {
        "kills": KILLS,
        "lives": sum(api.starts for api in deployment.apis),
        "followers": took_over,
        "messages": messages,
        "read back": read_back,
    }
    print(json.dumps(told | counts))  # noqa: T201  shown by `pytest -rP`
