"""Guests over HTTP and GraphQL: invited, let in, seeing their scope and nothing else, looking only, guessing in vain."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from interfaces.graphql.ids import read_global_id
from tests.access.test_grants_served import NAME, administrator, head, secret_channel
from tests.story import an_id
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

EVERYBODY = """{
    people(first: 100) { nodes { name } }
    departments { nodes { name } }
    administrators { nodes { id } }
    posts { nodes { id } }
    roles { nodes { id } }
    modules { nodes { id } }
    channels { nodes { name } }
}"""


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """With policies: one of them lets guests take part."""
    async with serving(database, tmp_path, policies=True) as served:
        yield served


async def send(served: Served, path: str, token: str | None = None, /, **body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await served.http.post(f"/guests{path}", json=body, headers=headers)


async def invite(served: Served, by: Client, **terms: Any) -> dict[str, Any]:
    response = await send(served, "/invitations", by.token, reason="they deliver", **terms)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def come(served: Served, code: str, name: str = "Gustav") -> Client:
    response = await send(served, "", code=code, name=name)
    assert response.status_code == 200, response.text
    _, person = read_global_id(response.json()["person"]) or ("", None)
    assert person
    return Client(served, PersonId(person), response.json()["token"])


async def everything(client: Client) -> Any:
    position = await head(client)
    return await client.ask(f"query ($p: Position) @waitFor(position: $p) {EVERYBODY}", {"p": position})


async def test_a_guest_talks_in_their_channel_and_sees_nothing_else(served: Served) -> None:
    await administrator(served)
    ann, _ = await served.person("Ann"), await served.person("Bo")
    await served.do(OpenDepartment(department=DepartmentId(an_id("Sales")), name="Sales"))
    await served.do(JoinDepartment(department=DepartmentId(an_id("Sales")), person=ann.person))
    await ann.done("openChannel", "channel { id }", name="Everybody", visibility="PUBLIC")
    channel = await secret_channel(ann)
    made = await invite(served, ann, channel=channel)
    assert len(made["code"]) == 26
    guest = await come(served, made["code"])

    assert await everything(guest) == {
        "people": {"nodes": [{"name": "Ann"}, {"name": "Gustav"}]},
        "departments": {"nodes": []},
        "administrators": {"nodes": []},
        "posts": {"nodes": []},
        "roles": {"nodes": []},
        "modules": {"nodes": []},
        "channels": {"nodes": [{"name": "Orders"}]},
    }
    async with asyncio.timeout(20):  # the policy that lets them take part follows the log
        while (await guest.do("postMessage", channel=channel, text="hello"))["__typename"] != "PostMessageDone":
            pass
    said = await guest.done("postMessage", "position", channel=channel, text="hello again")
    [row] = await served.organisation.log.reader.read(int(said["position"]) - 1, 1)
    context = served.organisation.codec.parse(row).context
    assert any(stream.startswith("access.invitation/") for stream in context.authority.streams)
    assert any(stream.startswith("access.guest/") for stream in context.authority.streams)
    for wish, given in (
        ("openChannel", {"name": "Mine"}),
        ("openDirectChannel", {"people": [guest.id, ann.id]}),
        ("addMember", {"channel": channel, "person": guest.id}),
        ("renamePerson", {"person": ann.id, "name": "x"}),
    ):
        assert (await guest.do(wish, **given))["__typename"] in ("NotPermitted", "NotFound"), wish

    traced = "query ($p: Position) @waitFor(position: $p) { guests { nodes { person { name } invitation { reason used } } } }"
    found = await ann.ask(traced, {"p": await head(ann)})
    assert found["guests"]["nodes"] == [{"person": {"name": "Gustav"}, "invitation": {"reason": "they deliver", "used": 1}}]


async def test_a_code_is_good_for_one_and_its_digest_is_all_that_is_kept(served: Served) -> None:
    await administrator(served)
    ann = await served.person("Ann")
    made = await invite(served, ann, channel=await secret_channel(ann))
    await come(served, made["code"])
    second = await send(served, "", code=made["code"], name="Second")
    assert (second.status_code, second.json()["error"]) == (403, "InvitationNotGood")
    rows = await served.organisation.log.reader.read(0, 1000)
    assert not any(made["code"].encode() in (row.payload or b"") + (row.context or b"") for row in rows)


async def test_who_may_only_look_reads_and_every_change_is_refused_on_record(served: Served) -> None:
    await administrator(served)
    ann = await served.person("Ann")
    channel = await secret_channel(ann)
    await ann.done("postMessage", channel=channel, text="the order is on its way")
    supplier = await come(served, (await invite(served, ann, channel=channel, viewOnly=True))["code"])
    query = """query ($p: Position, $id: ID!) @waitFor(position: $p) {
        channel(id: $id) { messages { nodes { text author { name } } } }
    }"""
    found = await supplier.ask(query, {"p": await head(supplier), "id": channel})
    assert found["channel"]["messages"]["nodes"] == [{"text": "the order is on its way", "author": {"name": "Ann"}}]
    before = int(await head(supplier))
    for wish, given in (
        ("postMessage", {"channel": channel, "text": "x"}),
        ("leaveChannel", {"channel": channel}),
        ("renamePerson", {"person": supplier.id, "name": "x"}),
    ):
        assert (await supplier.do(wish, **given))["__typename"] == "ViewOnly", wish
    rows = await served.organisation.log.reader.read(before, 100)
    assert [(row.type, row.actor) for row in rows] == [("access.command_refused.v1", supplier.person)] * 3


async def test_a_guests_time_ends_for_reading_and_writing(served: Served) -> None:
    await administrator(served)
    ann = await served.person("Ann")
    channel = await secret_channel(ann)
    last = (datetime.now(UTC) + timedelta(seconds=4)).isoformat()
    guest = await come(served, (await invite(served, ann, channel=channel, guestsUntil=last))["code"])
    assert (await guest.ask(NAME, {"id": channel, "after": await head(guest)}))["channel"] == {"name": "Orders"}
    async with asyncio.timeout(20):
        while (response := await guest.post("{ viewer { name } }")).status_code == 200 and "errors" not in response.json():
            pass
    assert response.status_code in (401, 403) or response.json()["errors"][0]["extensions"]["code"] == "NOT_ACTIVE"


async def test_revoking_an_invitation_with_its_guests_ends_them(served: Served) -> None:
    await administrator(served)
    ann = await served.person("Ann")
    channel = await secret_channel(ann)
    made = await invite(served, ann, channel=channel, uses=5)
    guest = await come(served, made["code"])
    ask = {"invitation": made["invitation"], "guests": True}
    done = await ann.done("revokeInvitation", "position invitation { used revokedAt }", **ask)
    assert done["invitation"]["revokedAt"]
    assert (await guest.do("leaveChannel", channel=channel))["__typename"] == "GuestTimeOver"
    gone = await guest.post(NAME, {"id": channel, "after": done["position"]})
    assert gone.json()["errors"][0]["extensions"]["code"] == "NOT_ACTIVE"
    refused = await send(served, "", code=made["code"], name="Late")
    assert refused.json()["error"] == "InvitationNotGood"


async def test_a_guest_signs_in_again_once(served: Served) -> None:
    root = await administrator(served)
    ann, bo = await served.person("Ann"), await served.person("Bo")
    guest = await come(served, (await invite(served, ann, channel=await secret_channel(ann)))["code"])
    assert (await send(served, "/codes", bo.token, person=guest.id)).status_code == 403
    offered = (await send(served, "/codes", ann.token, person=guest.id)).json()
    again = await send(served, "/tokens", person=guest.id, code=offered["code"])
    assert (await Client(served, guest.person, again.json()["token"]).ask("{ viewer { name } }"))["viewer"]["name"] == "Gustav"
    twice = await send(served, "/tokens", person=guest.id, code=offered["code"])
    assert (twice.status_code, twice.json()["error"]) == (403, "CodeNotGood")
    for person in (ann.id, root.id):
        theirs = (await send(served, "/codes", root.token, person=person)).json()
        assert theirs["error"] == "NoGuest"


async def test_guessing_is_limited_by_address_and_by_what_codes_begin_with(served: Served) -> None:
    answers = [await send(served, "", code=f"abcd{n:022}", name="Guesser") for n in range(11)]
    assert [answer.json()["error"] for answer in answers] == ["InvitationNotGood"] * 10 + ["TooManyAttempts"]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    others = [(await send(served, "", code=f"{n:026}", name="Guesser")).json()["error"] for n in range(12)]
    assert others[-1] == "TooManyAttempts"
    await served.organisation.record_refusals(everything=True)
    rows = await served.organisation.log.reader.read(0, 1000)
    counted = [row for row in rows if row.type == "access.refusals_counted.v1"]
    assert any(b"TooManyAttempts" in (row.payload or b"") for row in counted)


async def test_nonsense_is_refused_by_name(served: Served) -> None:
    assert (await send(served, "/invitations", reason="x")).status_code == 401
    assert (await send(served, "", code="x", name="")).json()["error"] == "InvalidInput"
    assert (await send(served, "", code="x", name="N", organisation="nowhere")).status_code == 404
    assert (await served.http.post("/guests", content=b"[")).status_code == 400
    assert (await served.http.post("/guests", content=b"x" * 5000)).status_code == 413
    assert (await send(served, "/tokens", person="x", code="y")).status_code == 404
