"""Mutations: their results, their named refusals, and that repeating one does it once."""

from typing import Any
from uuid import uuid4

import pytest

from application.ports.log import ClockJumped, LogUnavailable
from interfaces.graphql.ids import global_id
from tests.support.serving import Client, Served


@pytest.fixture
async def ann(served: Served) -> Client:
    return await served.person("Ann")


async def here(ann: Client, **given: Any) -> str:
    made = await ann.done("openChannel", "channel { id }", **({"name": "Here", "visibility": "PUBLIC"} | given))
    identifier: str = made["channel"]["id"]
    return identifier


async def invalid(ann: Client, mutation: str, **given: Any) -> tuple[str, str]:
    """The field and reason of an InvalidInput."""
    result = await ann.do(mutation, "... on InvalidInput { field reason explanation }", **given)
    assert result["__typename"] == "InvalidInput", result
    assert result["explanation"]
    return result["field"], result["reason"]


async def test_repeating_a_command_id_does_it_once(ann: Client) -> None:
    where, command = await here(ann), str(uuid4())
    said = {"channel": where, "text": "once", "commandId": command}
    first, second = [await ann.done("postMessage", "position message { id }", **said) for _ in range(2)]
    assert first == second
    result = await ann.do("postMessage", "... on CommandIdReused { commandId }", **(said | {"text": "twice"}))
    assert result == {"__typename": "CommandIdReused", "commandId": command}
    found = await ann.ask("query ($id: ID!) { channel(id: $id) { messages { totalCount } } }", {"id": where})
    assert found["channel"]["messages"]["totalCount"] == 1


async def test_invalid_input_names_the_field(ann: Client) -> None:
    where = await here(ann)
    assert await invalid(ann, "postMessage", channel=ann.id, text="x") == ("channel", "It must be the id of a Channel.")
    assert (await invalid(ann, "postMessage", channel="nonsense", text="x"))[0] == "channel"
    field, reason = await invalid(ann, "postMessage", channel=where, text="x" * 10_001)
    assert (field, "10000" in reason) == ("text", True)
    assert (await invalid(ann, "postMessage", channel=where, text="bell \x07"))[0] == "text"
    assert (await invalid(ann, "postMessage", channel=where, text="x", mentions=[ann.id, where]))[0] == "mentions.1"
    file = {"file": global_id("File", uuid4()), "name": "", "mediaType": "text/plain"}
    assert (await invalid(ann, "postMessage", channel=where, text="x", attachments=[file]))[0] == "attachments.0.name"
    assert (await invalid(ann, "openDirectChannel", people=[ann.id]))[0] == "people"


async def test_limits_are_said_in_our_words(ann: Client) -> None:
    where, bounds = await here(ann), "... on InvalidInput { field reason atLeast atMost }"
    message = (await ann.done("postMessage", "message { id }", channel=where, text="x"))["message"]["id"]

    async def told(mutation: str, **given: Any) -> tuple[str | None, ...]:
        result = await ann.do(mutation, bounds, **given)
        assert result.pop("__typename") == "InvalidInput", result
        return tuple(result.values())

    assert await told("postMessage", channel=where, text="x" * 10_001) == (
        "text", "It has at most 10000 characters.", None, "10000",
    )  # fmt: skip
    assert await told("editMessage", message=message, text="") == ("text", "It may not be empty.", "1", None)
    assert await told("postMessage", channel=where, text="x", mentions=[ann.id] * 51) == (
        "mentions", "It has at most 50 entries.", None, "50",
    )  # fmt: skip
    file = {"file": global_id("File", uuid4()), "name": "plan.pdf", "size": "-1"}
    assert await told("postMessage", channel=where, text="x", attachments=[file]) == (
        "attachments.0.size", "It is at least 0.", "0", None,
    )  # fmt: skip
    assert (await told("openDirectChannel", people=[ann.id] * 2))[:2] == (
        "people", "A direct channel is between two or more different people.",
    )  # fmt: skip
    assert (await told("addReaction", message=message, emoji="two words"))[:2] == (
        "emoji", "It is not what is asked for: an emoji, or the name of one, without spaces.",
    )  # fmt: skip


async def test_a_result_and_a_refusal_can_be_asked_for_by_their_own_names(ann: Client) -> None:
    where = await here(ann)
    message = (await ann.done("postMessage", "message { id }", channel=where, text="x"))["message"]["id"]
    both = "... on EditMessageDone { message { id } } ... on AlreadyRetracted { messageId }"
    assert (await ann.do("editMessage", both, message=message, text="y"))["message"] == {"id": message}
    await ann.done("retractMessage", message=message)
    assert (await ann.do("editMessage", both, message=message, text="z"))["messageId"] == message


async def test_refusals_of_the_domain_have_names(ann: Client) -> None:
    where = await here(ann)
    await ann.done("archiveChannel", channel=where)
    result = await ann.do("postMessage", "... on ChannelIsArchived { channelId explanation }", channel=where, text="late")
    assert result == {
        "__typename": "ChannelIsArchived",
        "channelId": where,
        "explanation": "Nothing changes in an archived channel until it is reopened.",
    }


async def test_what_is_hidden_is_answered_like_what_is_absent(ann: Client) -> None:
    bo = await ann.served.person("Bo")
    hidden, absent = await here(ann, visibility="PRIVATE"), global_id("Channel", uuid4())
    answers = [
        await bo.do("postMessage", "... on NotFound { kind explanation }", channel=where, text="knock")
        for where in (hidden, absent)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["__typename"] == "NotFound"


async def test_several_in_one_request_go_in_order(ann: Client) -> None:
    where = await here(ann)
    query = """mutation ($c: ID!) {
        first: postMessage(input: {channel: $c, text: "1"}) { ...Done }
        nowhere: postMessage(input: {channel: "x", text: "2"}) { __typename ...Done }
        second: postMessage(input: {channel: $c, text: "3"}) { ...Done }
        __typename
    }
    fragment Done on PostMessageResult { ... on PostMessageDone { position } }"""
    data = await ann.ask(query, {"c": where})
    assert list(data) == ["first", "nowhere", "second", "__typename"]
    assert int(data["first"]["position"]) < int(data["second"]["position"])
    assert data["nowhere"] == {"__typename": "InvalidInput"}


@pytest.mark.parametrize("error", [LogUnavailable(), ClockJumped()], ids=lambda error: type(error).__name__)
async def test_an_unreachable_log_says_how_to_try_again(ann: Client, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def handle(*_: object) -> None:
        raise error

    monkeypatch.setattr(ann.served.service.mutations.platform, "handle", handle)
    result = await ann.do("openChannel", "... on TryAgain { commandId reason explanation }", name="Here")
    assert result["__typename"] == "TryAgain"
    assert result["commandId"]


async def test_a_fault_tells_nothing_but_a_reference(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(*_: object) -> None:
        raise ZeroDivisionError("what nobody should read")

    monkeypatch.setattr(ann.served.service.mutations.platform, "handle", handle)
    body = (await ann.post('mutation { openChannel(input: {name: "Here"}) { __typename } }')).json()
    [error] = body["errors"]
    assert body["data"] == {"openChannel": None}
    assert (error["path"], error["extensions"]["code"]) == (["openChannel"], "FAULT")
    assert "nobody" not in str(body)


async def test_a_fault_of_a_query_tells_nothing_either(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: object) -> None:
        raise ZeroDivisionError("what nobody should read")

    monkeypatch.setattr(ann.served.service.reads, "run", run)
    response = await ann.post("{ viewer { name } }", Accept="application/graphql-response+json")
    assert response.status_code == 500
    assert set(response.json()) == {"errors"}
    assert "nobody" not in response.text


async def test_what_a_document_asks_is_read_once_and_by_what_its_variables_include(ann: Client) -> None:
    document = """mutation ($name: String!, $shown: Boolean!, $whole: Boolean = true) {
      openChannel(input: {name: $name}) {
        ... on OpenChannelDone @include(if: $shown) { position channel { name visibility @include(if: $whole) } }
        ... on Refused { explanation }
      }
    }"""
    for name, chosen, keys in (
        ("One", {"shown": True}, ["name", "visibility"]),
        ("Two", {"shown": True, "whole": False}, ["name"]),
        ("Three", {"shown": False}, None),
        ("Four", {"shown": True}, ["name", "visibility"]),
    ):
        answer = (await ann.ask(document, {"name": name, **chosen}))["openChannel"]
        if keys is None:
            assert answer == {}
        else:
            assert list(answer["channel"]) == keys
            assert answer["channel"]["name"] == name
    assert (await ann.ask(document, {"name": "", "shown": True}))["openChannel"].keys() == {"explanation"}
