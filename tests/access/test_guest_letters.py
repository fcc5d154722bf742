"""Codes for guests go where they are meant to: into the mailbox of whoever is to have them, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest

from application.deliveries.carriers import Ways
from infra.mail.smtp import SmtpMailer, SmtpServer
from infra.system import utc_now
from tests.access.test_grants_served import administrator, secret_channel
from tests.access.test_guests_served import send
from tests.support.mail_server import MailServer, mail_server
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

GUSTAV = "gustav@example.com"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
async def served(database: Database, tmp_path: Path, mail: MailServer) -> AsyncIterator[Served]:
    server = SmtpServer(host="127.0.0.1", port=mail.port, encryption="none")
    ways = Ways(SmtpMailer(server, Address(addr_spec="or@example.com"), utc_now), None, "https://onrecord.example")
    async with serving(database, tmp_path, ways=ways) as served:
        yield served


async def guest(served: Served, host: Client, mail: MailServer) -> str:
    """Somebody who came by a code that was sent to them; their id."""
    await administrator(served)
    channel = await secret_channel(host)
    body = {"channel": channel, "reason": "they deliver", "sendTo": GUSTAV}
    made = await send(served, "/invitations", host.token, **body)
    assert made.status_code == 200, made.text
    assert "code" not in made.json(), "whoever invites them is not told"
    came = await send(served, "", code=code_in(mail), name="Gustav", email=GUSTAV)
    assert came.status_code == 200, came.text
    return str(came.json()["person"])


def code_in(mail: MailServer) -> str:
    """The code in the last letter: in its words, and behind the # of its link."""
    letter = mail.letters[-1]
    plain = letter.get_body(("plain",))
    assert plain is not None
    text: str = plain.get_content()
    [code] = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("Your code: ")]
    assert f"code={code}" in text.partition("#")[2]
    assert code not in text.partition("https://")[2].partition("#")[0]
    return code.strip()


async def letters(mail: MailServer, count: int) -> None:
    async with asyncio.timeout(20):
        while len(mail.letters) < count:  # noqa: ASYNC110 (a real server tells of nothing)
            await asyncio.sleep(0.01)


async def test_an_invitation_and_a_code_are_sent_and_not_told(served: Served, mail: MailServer) -> None:
    ann = await served.person("Ann")
    person = await guest(served, ann, mail)
    offered = await send(served, "/codes", ann.token, person=person, send=True)
    assert (offered.status_code, "code" in offered.json()) == (200, False)
    assert [letter["To"] for letter in mail.letters] == [GUSTAV, GUSTAV]
    back = await send(served, "/tokens", person=person, code=code_in(mail))
    assert (back.status_code, back.json()["person"]) == (200, person)
    again = await send(served, "/tokens", person=person, code=code_in(mail))
    assert again.json()["error"] == "CodeNotGood"
    rows = await served.organisation.log.reader.read(0, 1000)
    assert not any(code_in(mail).encode() in (row.payload or b"") + (row.context or b"") for row in rows)


async def test_a_guest_asks_for_a_code_without_a_token(served: Served, mail: MailServer) -> None:
    ann = await served.person("Ann")
    person = await guest(served, ann, mail)
    asked = await send(served, "/letters", person=person)
    assert (asked.status_code, asked.json()) == (202, {})
    await letters(mail, 2)
    assert (await send(served, "/tokens", person=person, code=code_in(mail))).status_code == 200


async def test_whoever_asks_learns_nothing_of_who_is_there(served: Served, mail: MailServer) -> None:
    ann = await served.person("Ann")
    person = await guest(served, ann, mail)
    answers = [
        await send(served, "/letters", person=each)
        for each in (person, ann.id, "UGVyc29uOjAxOThjMGRlLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ==")
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {})] * 3
    await letters(mail, 2)
    refused = await send(served, "/codes", (await served.person("Bo")).token, person=person, send=True)
    assert refused.status_code in (403, 404)
    assert len(mail.letters) == 2, "no employee signs in by a code, and nobody but who invited a guest has one sent"


async def test_only_so_many_letters(served: Served, mail: MailServer) -> None:
    person = await guest(served, await served.person("Ann"), mail)
    answers = [await send(served, "/letters", person=person) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["Retry-After"]) > 1
    await letters(mail, 4)


async def test_what_can_not_be_sent_is_said(served: Served, mail: MailServer) -> None:
    ann = await served.person("Ann")
    body: dict[str, Any] = {"channel": await secret_channel(ann), "reason": "they deliver", "sendTo": GUSTAV}
    mail.unknown.add(GUSTAV)
    refused = await send(served, "/invitations", ann.token, **body)
    assert (refused.status_code, refused.json()["error"]) == (403, "NotSent")
    wrong = await send(served, "/invitations", ann.token, **body | {"sendTo": "nobody"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "InvalidInput")
