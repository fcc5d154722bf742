"""Reading under a case: what lies within it, as it is and was, and nothing else; each read on record before it is answered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from application.states import decode
from domain.access.commands.administration import AppointAdministrator
from domain.compliance.events import CaseRead
from interfaces.graphql.ids import global_id
from tests.support.clocks import MovedClock
from tests.support.organisations import everything
from tests.support.postgres import Database
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, serving

pytestmark = pytest.mark.anyio
READ = """
query Said($case: ID!, $after: Position) @case(id: $case) @waitFor(position: $after) {
    channels { nodes { name } }
    messages { nodes { text author { name } channel { name } attachments { totalCount } } }
}
"""
PAST = """
query ($case: ID!, $when: AsOf!) @case(id: $case) { at(asOf: $when) { messages { nodes { text } } } }
"""
MODELS = ("Case", "CaseParty", "CaseChannel", "CaseRead")


class Firm:
    """Ann and Bo talk in secret, Di audits, Root administers."""

    def __init__(self, served: Served, clock: MovedClock, root: Client, ann: Client, bo: Client, di: Client) -> None:
        self.served, self.clock, self.root, self.ann, self.bo, self.di = served, clock, root, ann, bo, di
        self.secret = self.other = ""

    async def open_case(self, **scope: Any) -> str:
        ends = (self.clock() + timedelta(days=2)).isoformat()
        given = {"purpose": "complaint 17", "auditors": [self.di.id], "endsAt": ends} | scope
        done = await self.root.done("openCase", "position case { id purpose }", **given)
        assert done["case"]["purpose"] == "complaint 17"
        identifier: str = done["case"]["id"]
        return identifier

    async def texts(self, case: str, who: Client | None = None) -> list[str | None]:
        found = await (who or self.di).ask(READ, {"case": case, "after": await self.served.head()})
        return sorted(node["text"] or "" for node in found["messages"]["nodes"])

    async def code(self, who: Client, query: str = READ, **given: Any) -> str:
        body = (await who.post(query, given)).json()
        assert body.get("data") is None
        code: str = body["errors"][0]["extensions"]["code"]
        return code


async def say(who: Client, where: str, text: str) -> str:
    message: str = (await who.done("postMessage", "message { id }", channel=where, text=text))["message"]["id"]
    return message


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def served(database: Database, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Served]:
    async with serving(database, tmp_path, clock=clock) as served:
        yield served


@pytest.fixture
async def firm(served: Served, clock: MovedClock) -> Firm:
    root, ann, bo, di = [await served.person(name) for name in ("Root", "Ann", "Bo", "Di")]
    await served.do(AppointAdministrator(person=root.person))
    await root.done("grantPermission", person=di.id, action="case.read", reason="compliance officer")
    firm = Firm(served, clock, root, ann, bo, di)
    for name in ("secret", "other"):
        made = await ann.done("openChannel", "channel { id }", name=name, visibility="PRIVATE")
        await ann.done("addMember", channel=made["channel"]["id"], person=bo.id)
        setattr(firm, name, made["channel"]["id"])
    await say(ann, firm.secret, "of Ann")
    await say(bo, firm.secret, "of Bo")
    await say(bo, firm.other, "elsewhere")
    return firm


async def test_an_auditor_reads_what_lies_within_and_nothing_else(firm: Firm) -> None:
    by_channel, by_person = await firm.open_case(channels=[firm.secret]), await firm.open_case(people=[firm.bo.id])
    both = await firm.open_case(channels=[firm.secret], people=[firm.bo.id])
    assert await firm.texts(by_channel) == ["of Ann", "of Bo"]
    assert await firm.texts(by_person) == ["elsewhere", "of Bo"]
    assert await firm.texts(both) == ["of Bo"]
    found = await firm.di.ask(READ, {"case": both})
    assert found["channels"]["nodes"] == [{"name": "secret"}]
    assert found["messages"]["nodes"][0]["author"] == {"name": "Bo"}
    await say(
        firm.di, (await firm.di.done("openChannel", "channel { id }", name="Own", visibility="PRIVATE"))["channel"]["id"], "own"
    )
    assert await firm.texts(both) == ["of Bo"]
    without = "{ channels { nodes { name } } messages { nodes { text } } }"
    assert await firm.di.ask(without) == {"channels": {"nodes": [{"name": "Own"}]}, "messages": {"nodes": [{"text": "own"}]}}


async def test_the_period_narrows_it(firm: Firm) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert await firm.texts(await firm.open_case(channels=[firm.secret], since=later)) == []
    assert await firm.texts(await firm.open_case(channels=[firm.secret], until=earlier)) == []
    assert await firm.texts(await firm.open_case(channels=[firm.secret], since=earlier, until=later)) == ["of Ann", "of Bo"]


@pytest.mark.parametrize("past", [False, True])
async def test_what_lies_outside_isnt_reached_through_what_lies_within(firm: Firm, *, past: bool) -> None:
    found = await firm.bo.ask('{ messages(filter: { text: { contains: "of Bo" } }) { nodes { id } } }')
    root = found["messages"]["nodes"][0]["id"]
    await firm.ann.done("postMessage", channel=firm.secret, text="reply of Ann", thread=root)
    await firm.ann.done("pinMessage", message=await say(firm.ann, firm.secret, "pinned"))
    messages = "messages(first: 9) { nodes { text replies(first: 9) { nodes { text } } } }"
    lists = f"channels(first: 2) {{ nodes {{ {messages} pins(first: 9) {{ nodes {{ text }} }} }} }}"
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    by_bo = await firm.open_case(channels=[firm.secret], people=[firm.bo.id])
    to_come = await firm.open_case(channels=[firm.secret], since=later)
    moment = f'asOf: {{ position: "{await firm.served.head()}" }}'
    asked = f"at({moment}) {{ {lists} }}" if past else lists
    await firm.served.level()
    for case, said in ((by_bo, [{"text": "of Bo", "replies": {"nodes": []}}]), (to_come, [])):
        found = await firm.di.ask(f"query ($case: ID!) @case(id: $case) {{ {asked} }}", {"case": case})
        [channel] = (found["at"] if past else found)["channels"]["nodes"]
        assert channel == {"messages": {"nodes": said}, "pins": {"nodes": []}}


async def test_a_search_finds_what_lies_within_and_nothing_else(firm: Firm) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    query = """query ($case: ID!) @case(id: $case) {
        searchMessages(query: "of", orderBy: OLDEST) { totalCount nodes { text } }
    }"""
    scopes: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["of Ann", "of Bo"]),
        ({"people": [firm.bo.id]}, ["of Bo"]),
        ({"since": later}, []),
    ]
    for scope, texts in scopes:
        case = await firm.open_case(channels=[firm.secret], **scope)
        await firm.served.level()
        found = (await firm.di.ask(query, {"case": case}))["searchMessages"]
        assert (found["totalCount"], [node["text"] for node in found["nodes"]]) == (len(texts), texts)


async def test_what_was_edited_and_taken_back_is_read_as_it_was(firm: Firm) -> None:
    case = await firm.open_case(channels=[firm.secret])
    message = await say(firm.bo, firm.secret, "the truth")
    before = await firm.served.head()
    await firm.bo.done("editMessage", message=message, text="a lie")
    between = await firm.served.head()
    await firm.bo.done("retractMessage", message=message)

    async def then(position: str) -> list[str | None]:
        found = await firm.di.ask(PAST, {"case": case, "when": {"position": position}})
        return [node["text"] for node in found["at"]["messages"]["nodes"]]

    assert "the truth" in await then(before)
    assert "a lie" in await then(between)
    assert "the truth" not in str(await firm.texts(case))
    outside = await firm.open_case(channels=[firm.other])
    found = await firm.di.ask(PAST, {"case": outside, "when": {"position": before}})
    assert found["at"]["messages"]["nodes"] == [{"text": "elsewhere"}]


async def test_nothing_outside_is_reached_by_any_way(firm: Firm) -> None:
    hidden = await say(firm.ann, firm.other, "hidden")
    await firm.served.level()
    case = await firm.open_case(channels=[firm.secret])
    query = """query ($case: ID!, $m: ID!, $c: ID!, $p: ID!) @case(id: $case) {
        node(id: $m) { id } message(id: $m) { id } channel(id: $c) { id members { totalCount } }
        person(id: $p) { name messages { nodes { text } } channels { totalCount } }
        searchMessages(query: "hidden") { totalCount }
        drafts { totalCount } inbox { unread } administrators { totalCount } cases { totalCount }
    }"""
    found = await firm.di.ask(query, {"case": case, "m": hidden, "c": firm.other, "p": firm.ann.id})
    assert (found["node"], found["message"], found["channel"]) == (None, None, None)
    assert found["person"] == {"name": "Ann", "messages": {"nodes": [{"text": "of Ann"}]}, "channels": {"totalCount": 1}}
    assert found["searchMessages"]["totalCount"] == 0
    assert [found[name]["totalCount"] for name in ("drafts", "administrators", "cases")] == [0, 0, 0]


async def test_it_is_open_to_its_auditors_with_the_right_until_it_ends(firm: Firm) -> None:
    case = await firm.open_case(channels=[firm.secret])
    for who in (firm.root, firm.ann):
        assert await firm.code(who, case=case) == "NO_CASE"
    assert await firm.code(firm.di, case=global_id("Case", firm.di.person)) == "NO_CASE"
    assert await firm.code(firm.di, case=firm.secret) == "NO_CASE"
    trainee = await firm.served.person("Trainee")
    untaught = await firm.open_case(channels=[firm.secret], auditors=[trainee.id])
    assert await firm.code(trainee, case=untaught, after=await firm.served.head()) == "NO_CASE"
    await firm.root.done("closeCase", case=case)
    assert await firm.code(firm.di, case=case) == "NO_CASE"
    expiring = await firm.open_case(channels=[firm.secret])
    assert await firm.texts(expiring) == ["of Ann", "of Bo"]
    firm.clock.move(days=3)
    assert await firm.code(firm.di, case=expiring) == "NO_CASE"


async def test_every_read_is_on_record_before_it_is_answered(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await firm.open_case(channels=[firm.secret])
    await firm.texts(case)
    [read] = await _reads(firm)
    assert (read.auditor, read.operation) == (firm.di.person, "Said")
    assert read.document == sha256(READ.encode()).hexdigest()
    assert read.objects > 2
    await asyncio.gather(*(firm.texts(case) for _ in range(20)))
    recorded = [row for row in await everything(firm.served.organisation) if row.type == "compliance.case_read.v1"]
    assert len(await _reads(firm)) == 21
    assert len(recorded) <= 21
    cases = firm.served.service.queries.cases
    assert cases is not None

    async def refused(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(cases._auditing, "record", refused)
        body = (await firm.di.post(READ, {"case": case})).json()
        assert body.get("data") is None
        assert "of Bo" not in str(body)
    query = """query ($c: ID!, $after: Position) @waitFor(position: $after) {
        case(id: $c) { reads { totalCount nodes { operation auditor { name } } } }
    }"""
    found = await firm.root.ask(query, {"c": case, "after": await firm.served.head()})
    assert found["case"]["reads"]["totalCount"] == 21
    assert found["case"]["reads"]["nodes"][0] == {"operation": "Said", "auditor": {"name": "Di"}}
    assert await differences(firm.served, *MODELS) == []


async def test_those_concerned_know_nothing_of_it(firm: Firm) -> None:
    await firm.served.do(AppointAdministrator(person=firm.bo.person))
    case = await firm.open_case(people=[firm.bo.id])
    query = (
        "query ($c: ID!, $a: Position) @waitFor(position: $a) { cases { nodes { id } } node(id: $c) { id } case(id: $c) { id } }"
    )
    given = {"c": case, "a": await firm.served.head()}
    nothing: dict[str, Any] = {"cases": {"nodes": []}, "node": None, "case": None}
    assert await firm.bo.ask(query, given) == nothing
    assert await firm.ann.ask(query, given) == nothing
    for who in (firm.root, firm.di):
        assert (await who.ask(query, given))["case"] == {"id": case}
    refused = await firm.ann.do(
        "openCase", purpose="curious", people=[firm.bo.id], auditors=[firm.di.id], endsAt="2030-01-01T00:00:00Z"
    )
    assert refused["__typename"] == "NotPermitted"


async def test_a_mutation_or_subscription_is_under_no_case(firm: Firm) -> None:
    case = await firm.open_case(channels=[firm.secret])
    body = (await firm.di.post(f'mutation @case(id: "{case}") {{ readInbox(input: {{ upto: "1" }}) {{ __typename }} }}')).json()
    assert "errors" in body


async def _reads(firm: Firm) -> list[Any]:
    organisation = firm.served.organisation
    rows = [row for row in await everything(organisation) if row.type == "compliance.case_read.v1"]
    said = await decode(rows, organisation.codec, organisation.keys)
    return [read for each in said if isinstance(each.event, CaseRead) for read in each.event.reads]
