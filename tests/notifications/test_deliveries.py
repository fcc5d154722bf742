"""Notifications reach people outside the platform: at the time they chose, once, and on record without content."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest

from application.deliveries.carriers import PATIENCE, Ways
from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import AddPerson, ChangeProfile, SuspendPerson
from domain.kernel.identifiers import PersonId, derived
from infra.mail.smtp import SmtpMailer, SmtpServer
from infra.system import utc_now
from infra.webhooks.caller import WebhookCaller
from tests.notifications.inboxes import told
from tests.notifications.test_inbox import channel, say
from tests.support.clocks import MovedClock
from tests.support.hook_server import HookServer, hook_server
from tests.support.mail_server import MailServer, mail_server
from tests.support.organisations import everything
from tests.support.postgres import Database
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, serving

DELIVERIES = """
{ deliveries(first: 20) { nodes {
    way state count attempts obstacle dueAt person { name } items { nodes { notification { kind } } }
} } }
"""
SECRET = "whsec_" + "QUJD" * 8
MODELS = ("Delivery", "DeliveryItem", "PlannedDelivery", "ChosenPace", "NotificationSettings", "DeliveryRules")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


@pytest.fixture
async def served(database: Database, tmp_path: Path, clock: MovedClock, mail: MailServer) -> AsyncIterator[Served]:
    mailer = SmtpMailer(
        SmtpServer(host="127.0.0.1", port=mail.port, encryption="none"), Address(addr_spec="or@example.com"), utc_now
    )
    ways = Ways(mailer, WebhookCaller("urn:onrecord:test", utc_now, private=True), "https://onrecord.example")
    async with serving(database, tmp_path, policies=True, ways=ways, clock=clock) as served:
        yield served


class Office:
    """Ann writes, Bo is told; Bo has an address and reads Chinese."""

    def __init__(self, served: Served, clock: MovedClock, ann: Client, bo: Client, where: str) -> None:
        self.served, self.clock, self.ann, self.bo, self.where = served, clock, ann, bo, where

    async def mention(self, text: str = "来看看") -> str:
        before = len(await told_of(self.bo))
        message = await say(self.ann, self.where, text, mentions=[self.bo.id])
        await told(self.bo, before + 1)
        return message

    async def planned(self, count: int) -> list[datetime]:
        """When what is planned goes out, once so much is planned."""
        reader = self.served.organisation.log.reader
        while True:
            await self.served.level()
            found = await self.bo.ask("{ viewer { plannedDeliveries { nodes { dueAt } } } }")
            times = [datetime.fromisoformat(each["dueAt"]) for each in found["viewer"]["plannedDeliveries"]["nodes"]]
            if len(times) >= count:
                assert len(times) == count
                return times
            await reader.wait(await reader.head(), 0.2)

    async def look(self) -> datetime | None:
        """Everything that is due goes out."""
        _, upcoming = await self.served.deliveries.look()
        await self.served.level()
        return upcoming

    async def bundle(self, count: int = 1) -> None:
        """Goes on to the end of the bundle."""
        self.clock.to((await self.planned(count))[-1])
        await self.look()

    async def deliveries(self, of: Client | None = None) -> list[Any]:
        await self.served.level()
        found: list[Any] = (await (of or self.bo).ask(DELIVERIES))["deliveries"]["nodes"]
        return found


async def told_of(who: Client) -> list[Any]:
    found: list[Any] = (await who.ask("{ viewer { inbox { nodes { id } } } }"))["viewer"]["inbox"]["nodes"]
    return found


@pytest.fixture
async def office(served: Served, clock: MovedClock) -> Office:
    bo = PersonId(derived("test person", "bo"))
    await served.do(AddPerson(person=bo, name="博", email="bo@example.com", language="zh-Hans", time_zone="Asia/Shanghai"))
    ann = await served.person("Ann")
    await served.level()
    client = served.client(bo)
    where = await channel(ann, client)
    await told(client, 1)
    return Office(served, clock, ann, client, where)


async def test_somebody_who_is_here_gets_no_letter_at_once(office: Office, mail: MailServer) -> None:
    presence, connection = office.served.service.presence, derived("test connection")
    assert presence is not None
    await office.bo.done("choosePace", kind="MENTION", way="MAIL", pace="AT_ONCE")
    presence.arrive(office.bo.person, connection)
    await office.mention("第一")
    await office.planned(1)
    await office.look()
    assert mail.letters == []
    await office.mention("第二")
    await office.planned(2)
    office.clock.move(minutes=4)
    await office.look()
    assert mail.letters == []
    office.clock.move(minutes=2)
    await office.look()
    assert [letter["Subject"] for letter in mail.letters] == ["2 条新通知"]
    presence.show(office.bo.person, "away")
    await office.mention("第三")
    await office.planned(1)
    await office.look()
    assert len(mail.letters) == 2, "whoever is away is told at once"


async def test_what_somebody_who_is_here_has_seen_is_not_mailed(office: Office, mail: MailServer) -> None:
    assert office.served.service.presence is not None
    await office.bo.done("choosePace", kind="MENTION", way="MAIL", pace="AT_ONCE")
    office.served.service.presence.arrive(office.bo.person, derived("test connection"))
    await office.mention()
    await office.planned(1)
    await office.look()
    await office.bo.done("readInbox", upto=await office.served.head())
    office.clock.move(minutes=6)
    await office.served.level()
    await office.look()
    assert mail.letters == []


async def test_a_bundle_goes_out_as_one_letter(office: Office, mail: MailServer) -> None:
    await office.mention("第一")
    await office.mention("第二")
    one, two = await office.planned(2)
    assert one == two
    assert (one.minute % 15, one.second) == (0, 0)
    assert await office.look() == one
    assert mail.letters == []
    office.clock.to(one)
    await office.look()
    [letter] = mail.letters
    assert (letter["To"], letter["Subject"], letter["Content-Language"]) == ("bo@example.com", "2 条新通知", "zh")
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.count("Ann在“Design”里提到了你。") == 4  # as a sentence, and as the words of a link
    assert "第一" not in text
    assert "https://onrecord.example/go/" in text
    [made] = await office.deliveries()
    assert made == {
        "way": "MAIL",
        "state": "MADE",
        "count": 2,
        "attempts": 1,
        "obstacle": None,
        "dueAt": None,
        "person": {"name": "博"},
        "items": {"nodes": [{"notification": {"kind": "MENTION"}}] * 2},
    }
    await office.look()
    assert len(mail.letters) == 1
    assert await differences(office.served, *MODELS) == []


async def test_a_letter_says_what_was_said_only_where_the_organisation_wants_it(office: Office, mail: MailServer) -> None:
    boss = await office.served.person("Boss")
    await office.served.do(AppointAdministrator(person=boss.person))
    refused = await office.bo.do("changeDeliveryRules", "... on NotPermitted { authority }", contentInMail=True)
    assert refused == {"__typename": "NotPermitted", "authority": "primary administrator"}
    await boss.done("changeDeliveryRules", contentInMail=True, bundleMinutes=5)
    await office.mention("秘密的话")
    await office.bundle()
    [letter] = mail.letters
    body = letter.get_body(("plain",))
    assert body is not None
    assert "秘密的话" in body.get_content()
    assert letter["Subject"] == "Ann在“Design”里提到了你"


async def test_who_took_note_of_it_is_not_told_again(office: Office, mail: MailServer) -> None:
    message = await office.mention("one")
    await office.mention("two")
    await office.mention("three")
    first, second, *_ = (await told(office.bo, 4))[::-1][1:]
    assert first["notification"]["thing"]["id"] == message
    await office.planned(3)
    await office.bo.done("readNotification", notification=first["notification"]["id"])
    await office.bo.done("dismissNotification", notification=second["notification"]["id"])
    await office.planned(1)
    await office.bo.done("readInbox", upto=await office.served.head())
    await office.planned(0)
    office.clock.move(hours=1)
    await office.look()
    assert mail.letters == []
    assert await office.deliveries() == []


async def test_rights_are_asked_again_when_it_goes_out(office: Office, mail: MailServer) -> None:
    await office.mention()
    await office.planned(1)
    await office.ann.done("removeMember", channel=office.where, person=office.bo.id)
    await office.bundle()
    assert mail.letters == []
    [given_up] = await office.deliveries()
    assert (given_up["state"], given_up["obstacle"]) == ("GIVEN_UP", "NOTHING_LEFT")


async def test_who_left_is_not_written_to(office: Office, mail: MailServer) -> None:
    await office.mention()
    [due] = await office.planned(1)
    await office.served.do(SuspendPerson(person=office.bo.person))
    office.clock.to(due)
    await office.look()
    assert mail.letters == []
    boss = await office.served.person("Boss")
    await office.served.do(AppointAdministrator(person=boss.person))
    [given_up] = await office.deliveries(boss)
    assert (given_up["state"], given_up["obstacle"]) == ("GIVEN_UP", "NOT_ACTIVE")
    assert await office.deliveries(office.ann) == []


async def test_each_is_told_at_the_pace_and_in_the_hours_that_they_chose(office: Office, mail: MailServer) -> None:
    bo = office.bo
    await bo.done("choosePace", kind="MENTION", way="MAIL", pace="AT_ONCE")
    local = (office.clock() + timedelta(hours=8)).replace(tzinfo=None)
    starts, ends = (local - timedelta(hours=1)).strftime("%H:%M"), (local + timedelta(hours=2)).strftime("%H:%M")
    await bo.done("chooseQuietHours", starts=starts, ends=ends)
    await office.mention()
    [due] = await office.planned(1)
    assert (due + timedelta(hours=8)).strftime("%H:%M") == ends
    await bo.done("dropQuietHours")
    await office.mention()
    times = await office.planned(2)
    assert min(times) <= office.clock()
    await office.look()
    assert len(mail.letters) == 1
    await bo.done("choosePace", kind="MENTION", way="MAIL", pace="NEVER")
    await office.mention()
    await office.planned(1)
    settings = "{ notificationSettings { quietFrom webhook } viewer { chosenPaces { nodes { kind way pace } } } }"
    await office.served.level()
    assert await bo.ask(settings) == {
        "notificationSettings": {"quietFrom": None, "webhook": None},
        "viewer": {"chosenPaces": {"nodes": [{"kind": "MENTION", "way": "MAIL", "pace": "NEVER"}]}},
    }
    assert (await office.ann.ask(settings))["notificationSettings"] is None


async def test_a_program_of_theirs_is_called(office: Office, hook: HookServer) -> None:
    await office.bo.done("chooseWebhook", url=hook.url, secret=SECRET)
    message = await office.mention("only where")
    await office.planned(2)
    await office.look()
    [(headers, body)] = hook.calls
    event = json.loads(body)
    assert (event["type"], event["id"]) == ("onrecord.notifications.delivered.v1", headers["webhook-id"])
    [notification] = event["data"]["notifications"]
    assert (notification["kind"], notification["thing"], notification["by"]) == ("mention", message, office.ann.id)
    assert b"only where" not in body
    for wrong in ({"url": "file:///etc", "secret": SECRET}, {"url": hook.url, "secret": "whsec_short"}):
        assert (await office.bo.do("chooseWebhook", **wrong))["__typename"] == "InvalidInput"


async def test_a_program_that_was_dropped_is_called_no_more(office: Office, hook: HookServer) -> None:
    settings = "notificationSettings { webhook }"
    own = f"query ($p: Position!) {{ {settings} at(asOf: {{ position: $p }}) {{ {settings} }} }}"
    await office.bo.done("chooseWebhook", url=hook.url, secret=SECRET)
    await office.mention()
    await office.planned(2)
    before = await office.served.head()
    await office.bo.done("dropWebhook")
    await office.look()
    assert hook.calls == []
    await office.served.level()
    # Where they were called before is read by those alone who may read history.
    nothing = {"notificationSettings": {"webhook": None}}
    assert await office.bo.ask(own, {"p": before}) == nothing | {"at": nothing}
    assert (await office.bo.do("dropWebhook"))["__typename"] == "DropWebhookDone"
    assert (await office.ann.ask(own, {"p": before}))["at"]["notificationSettings"] is None


async def test_it_is_tried_again_and_given_up_at_last(office: Office, mail: MailServer) -> None:
    mail.answers += ["451 come again"] * (len(PATIENCE["mail"]) + 1)
    await office.mention()
    await office.bundle()
    attempts = [await office.deliveries()]
    while due := attempts[-1][0]["dueAt"]:
        office.clock.to(datetime.fromisoformat(due))
        await office.look()
        attempts.append(await office.deliveries())
    assert [each["attempts"] for [each] in attempts] == list(range(1, len(PATIENCE["mail"]) + 2))
    [[given_up]] = attempts[-1:]
    assert (given_up["state"], given_up["obstacle"]) == ("GIVEN_UP", "UNREACHABLE")
    assert mail.letters == []


async def test_a_refusal_for_good_is_not_tried_again(office: Office, mail: MailServer) -> None:
    mail.unknown.add("bo@example.com")
    await office.mention()
    await office.bundle()
    [given_up] = await office.deliveries()
    assert (given_up["state"], given_up["attempts"], given_up["obstacle"]) == ("GIVEN_UP", 1, "REFUSED")


async def test_who_has_no_address_is_planned_nothing(office: Office, mail: MailServer) -> None:
    await office.served.do(ChangeProfile(person=office.bo.person))
    await office.mention()
    await office.mention()
    assert await office.planned(0) == []
    assert mail.letters == []


async def test_killed_between_sending_and_recording_it_is_sent_again_under_the_same_id(
    office: Office, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window in which a letter is doubled: the one in which nobody can know whether it was taken on."""

    class Killed(Exception):
        pass

    async def killed(*_: Any) -> int:
        raise Killed

    await office.mention()
    [due] = await office.planned(1)
    office.clock.to(due)
    runner = office.served.deliveries
    with monkeypatch.context() as patched:
        handle = runner._platform.handle

        async def until_sent(command: Any, *rest: Any) -> Any:
            return await (killed() if mail.letters else handle(command, *rest))

        patched.setattr(runner._platform, "handle", until_sent)
        with pytest.raises(Killed):
            await runner.look()
    assert len(mail.letters) == 1
    [begun] = await office.deliveries()
    assert (begun["state"], begun["attempts"]) == ("BEGUN", 0)
    await office.look()
    first, second = mail.letters
    assert first["Message-ID"] == second["Message-ID"]
    await office.look()
    assert len(mail.letters) == 2


async def test_nothing_on_record_holds_content_or_an_address(office: Office, mail: MailServer) -> None:
    await office.mention("geheim")
    await office.bundle()
    assert len(mail.letters) == 1
    rows = [row for row in await everything(office.served.organisation) if row.type.startswith("notifications.deliver")]
    assert [row.type.split(".")[1] for row in rows] == ["deliveries_planned", "delivery_begun", "delivery_made"]
    for row in rows:
        assert b"geheim" not in (row.payload or b"")
        assert b"example.com" not in (row.payload or b"")
    counted = {"way": "mail", "outcome": "made"}
    assert office.served.registry.get_sample_value("onrecord_deliveries_total", counted) == 1
