"""Processes that bring notifications out are killed at random: nothing is lost, and what is doubled has the same id.

ONRECORD_VERIFICATION_KILLS says how many kills.
"""

import os
import random
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.deliveries.runner import AT_ONCE
from application.states import decode
from domain.directory.commands.person import AddPerson
from domain.kernel.events import Recorded
from domain.kernel.identifiers import PersonId
from domain.notifications.commands.delivery import Plan, PlanDeliveries
from domain.notifications.commands.notification import NotifyPeople
from domain.notifications.events.delivery import DeliveryBegun, DeliveryMade
from infra.crypto.key_file import read_or_create
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.mail_server import mail_server
from tests.support.organisations import ask, everything, message, opened, order, person, post, settle
from tests.support.postgres import Database
from tests.support.waiting import until
from tests.verification import delivery_process
from tests.verification.forked import Crew

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "4"))
PROCESSES, READERS = 2, 12
pytestmark = pytest.mark.anyio


@pytest.mark.timeout(120 + 20 * KILLS)
async def test_every_notification_is_brought_out_in_one_delivery(database: Database, tmp_path: Path) -> None:
    keys, chance = tmp_path / "keys", random.Random(20_261_123)
    with mail_server() as mail:
        async with opened(database, read_or_create(keys)) as organisation:
            await settle(organisation, "ann")
            for reader in readers():
                await order(organisation, AddPerson(person=reader, name="Somebody", email=f"{reader}@example.com"))
            processes = Crew(PROCESSES, delivery_process.main, database.application, keys, mail.port)
            try:
                for round_ in range(KILLS + 1):
                    await tell(organisation, f"round {round_}")
                    if round_ < KILLS:
                        seen = len(mail.letters)
                        wanted = seen + chance.randint(1, READERS - 1)
                        until(lambda: len(mail.letters) >= wanted, 60)  # noqa: B023 (asked at once)
                        processes.kill(*range(PROCESSES))  # one at a time works, and it isn't known which
                begun, made = await settled(organisation, (KILLS + 1) * READERS)
            finally:
                processes.stop()
    taken = Counter((said.event.person, notification) for said in begun for notification in said.event.notifications)
    assert set(taken.values()) == {1}, "a notification went out in two deliveries"
    assert len(taken) == (KILLS + 1) * READERS
    assert Counter(said.stream for said in made) == Counter(said.stream for said in begun)
    sent = Counter(UUID(letter["Message-ID"].strip("<>").partition("@")[0]) for letter in mail.letters)
    assert sent.keys() == {said.thing for said in begun}, "a delivery on record has no letter, or a letter no delivery"
    doubled = sum(sent.values()) - len(sent)
    assert doubled <= KILLS * AT_ONCE


def readers() -> list[PersonId]:
    return [person(f"reader {number}") for number in range(READERS)]


async def tell(organisation: OpenOrganisation, name: str) -> None:
    """Something that all of them are told of, each by a letter, at once."""
    assert (await ask(organisation, post(name), person("ann"))).refusal is None
    told = NotifyPeople(people=tuple(readers()), kind="mention", thing_kind="message", thing=message(name), by=person("ann"))
    plans = tuple(Plan(person=reader, way="mail", at=utc_now()) for reader in readers())
    for command in (told, PlanDeliveries(notification=told.notification, plans=plans)):
        assert (await order(organisation, command)).refusal is None


async def settled(
    organisation: OpenOrganisation, notifications: int
) -> tuple[list[Recorded[DeliveryBegun]], list[Recorded[DeliveryMade]]]:
    """What was begun and made, once every notification went out and is on record as having done so."""
    while True:
        rows = [row for row in await everything(organisation) if row.type.startswith("notifications.delivery_")]
        said = await decode(rows, organisation.codec, organisation.keys)
        begun: list[Any] = [each for each in said if isinstance(each.event, DeliveryBegun)]
        made: list[Any] = [each for each in said if isinstance(each.event, DeliveryMade)]
        if len(made) == len(begun) and sum(len(each.event.notifications) for each in begun) >= notifications:
            return begun, made
        await organisation.log.reader.wait(await organisation.log.reader.head(), 0.5)
