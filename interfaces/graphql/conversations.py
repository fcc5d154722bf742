"""A whole conversation, read by an auditor under a case through the API's own queries: so it holds what the case opens and
nothing else, as of one position, and every page of it is on record before it goes out."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from application.exports.conversation import Act, KnownFile, Member, Post, Sign, Somebody, Talk, Wording
from interfaces.graphql.answers import Answer, Request, Session
from interfaces.graphql.ids import global_id, read_id
from interfaces.graphql.service import Service

PAGE = "pageInfo { hasNextPage endCursor }"
WHO = "fragment who on Person { id name email title kind standing }"
LISTS = {
    "reactions": (10, "emoji addedAt person { ...who }"),
    "attachments": (10, "file name title mediaType size width height duration"),
    "edits": (5, "position editedAt retracted editedBy { ...who }"),
    "mentions": (10, "kind person { ...who }"),
}
"""What stands beside a message: how much of it comes with the message, and what of each."""
SAID = f"""
fragment said on Message {{
  id sentAt text retracted editedAt alsoInChannel pinnedAt
  author {{ ...who }} pinnedBy {{ ...who }} thread {{ id }} quotes {{ id }}
  {" ".join(f"{name}(first: {first}) {{ {PAGE} nodes {{ {each} }} }}" for name, (first, each) in LISTS.items())}
}}
"""
UNDER = "@case(id: $case)"
CHANNEL = f"""
query ExportedChannel($case: ID!, $channel: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ channel(id: $channel) {{
    id kind visibility name topic description
    members(first: 100, after: $after) {{ {PAGE} nodes {{ role person {{ ...who }} }} }}
  }} }}
}}
{WHO}
"""
MESSAGES = f"""
query ExportedMessages($case: ID!, $channel: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ channel(id: $channel) {{
    messages(first: 50, after: $after, orderBy: SENT_AT_ASC) {{
      {PAGE}
      nodes {{ ...said replies(first: 5) {{ {PAGE} nodes {{ ...said }} }} }}
    }}
  }} }}
}}
{WHO} {SAID}
"""
REPLIES = f"""
query ExportedReplies($case: ID!, $message: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ message(id: $message) {{
    replies(first: 50, after: $after) {{ {PAGE} nodes {{ ...said }} }}
  }} }}
}}
{WHO} {SAID}
"""
EARLIER = 30
"""How many earlier wordings are asked for at once."""


class NotAnswered(Exception):
    """It can't be read, or not now: the API's own code and words."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Conversation:
    """One channel as one auditor may read it, as of one position."""

    def __init__(self, service: Service, session: Session, case: UUID, channel: UUID, position: int) -> None:
        self._service, self._session, self._position = service, session, position
        self._given = {"case": global_id("Case", case), "channel": global_id("Channel", channel)}
        self._when = {"when": {"position": str(position)}}

    async def talk(self) -> Talk:
        """The channel with its members. Raises NotAnswered: NO_CASE where the case isn't open to them, NO_CHANNEL where it
        doesn't open the channel."""
        found, members = await self._channel(CHANNEL, None), []
        page = found["members"]
        while True:
            members += [Member(person, each["role"] == "OWNER") for each in page["nodes"] if (person := _who(each["person"]))]
            if not page["pageInfo"]["hasNextPage"]:
                break
            page = (await self._channel(CHANNEL, page["pageInfo"]["endCursor"]))["members"]
        return Talk(
            id=_key(found["id"]),
            direct=found["kind"] == "DIRECT",
            private=found["visibility"] == "PRIVATE",
            name=found["name"],
            topic=found["topic"],
            description=found["description"],
            members=tuple(members),
            position=self._position,
        )

    async def posts(self) -> AsyncIterator[Post]:
        """Everything that was said there. Raises NotAnswered, in the middle of it where the case is closed meanwhile."""
        after = None
        while True:
            page = (await self._channel(MESSAGES, after))["messages"]
            for node in page["nodes"]:
                # A reply that is shown in the channel as well stands with its thread, where that can be seen.
                if node["thread"] is None:
                    yield await self._post(node)
                    async for reply in self._replies(node):
                        yield reply
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    async def _replies(self, root: Any) -> AsyncIterator[Post]:
        page = root["replies"]
        while True:
            for node in page["nodes"]:
                yield await self._post(node, _key(root["id"]))
            if not page["pageInfo"]["hasNextPage"]:
                return
            page = (await self._message(REPLIES, root["id"], after=page["pageInfo"]["endCursor"]))["replies"]

    async def _post(self, node: Any, thread: UUID | None = None) -> Post:
        lists = {name: await self._list(node, name) for name in LISTS}
        retraction = next((each for each in lists["edits"] if each["retracted"]), None)
        wordings = await self._wordings(node, lists["edits"])
        mentioned = {who.id: who for each in lists["mentions"] if (who := _who(each["person"]))}
        return Post(
            id=_key(node["id"]),
            author=_who(node["author"]),
            wordings=wordings,
            thread=thread,
            noted=_moment(node["editedAt"]) if node["editedAt"] else None,
            also_in_channel=node["alsoInChannel"],
            quotes=_key(node["quotes"]["id"]) if node["quotes"] else None,
            calls=any(each["kind"] in ("ALL", "HERE") for each in lists["mentions"]),
            mentioned=tuple(mentioned.values()),
            signs=tuple(Sign(_who(each["person"]), each["emoji"], _moment(each["addedAt"])) for each in lists["reactions"]),
            files=tuple(_file(each) for each in lists["attachments"]),
            pinned=Act(_moment(node["pinnedAt"]), _who(node["pinnedBy"])) if node["pinnedAt"] else None,
            retracted=Act(_moment(retraction["editedAt"]), _who(retraction["editedBy"])) if retraction else None,
        )

    async def _list(self, node: Any, name: str) -> list[Any]:
        """All of a list of a message: the first of it came with the message."""
        page, found = node[name], list(node[name]["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return found
        who = "" if name == "attachments" else WHO
        query = (
            f"query ExportedMore($case: ID!, $message: ID!, $when: AsOf!, $after: String) {UNDER} {{"
            f" at(asOf: $when) {{ message(id: $message) {{"
            f" {name}(first: 100, after: $after) {{ {PAGE} nodes {{ {LISTS[name][1]} }} }} }} }} }} {who}"
        )
        while page["pageInfo"]["hasNextPage"]:
            page = (await self._message(query, node["id"], after=page["pageInfo"]["endCursor"]))[name]
            found += page["nodes"]
        return found

    async def _wordings(self, node: Any, edits: list[Any]) -> tuple[Wording, ...]:
        """All words of a message: what it said just before each change, and what it says now."""
        sent = _moment(node["sentAt"])
        texts: list[str | None] = []
        for start in range(0, len(edits), EARLIER):
            asked = "".join(
                f' w{n}: at(asOf: {{ position: "{int(each["position"]) - 1}" }}) {{ message(id: $message) {{ text }} }}'
                for n, each in enumerate(edits[start : start + EARLIER])
            )
            query = f"query ExportedWords($case: ID!, $message: ID!) {UNDER} {{{asked} }}"
            found = await self._ask(query, {"message": global_id("Message", _key(node["id"]))})
            texts += [each["message"] and each["message"]["text"] for each in found.values()]
        if not node["retracted"]:
            texts.append(node["text"])
        begins = [sent, *(_moment(each["editedAt"]) for each in edits if not each["retracted"])]
        return tuple(Wording(at, text) for at, text in zip(begins, texts or [None], strict=False))

    async def _channel(self, query: str, after: str | None) -> Any:
        given = {**self._when, "channel": self._given["channel"], "after": after}
        found = (await self._ask(query, given))["at"]["channel"]
        if found is None:
            raise NotAnswered("NO_CHANNEL", "The case doesn't open such a channel.")
        return found

    async def _message(self, query: str, message: str, **given: Any) -> Any:
        given = {"message": global_id("Message", _key(message)), **given, **self._when}
        found = (await self._ask(query, given))["at"]["message"]
        if found is None:
            raise NotAnswered("NO_CHANNEL", "What was there a moment ago can't be read any more.")
        return found

    async def _ask(self, query: str, given: Mapping[str, Any]) -> Any:
        """The data of an answer. Whoever asks for too much in a minute waits. Raises NotAnswered."""
        request = Request(query, {"case": self._given["case"], **given})
        while True:
            checked = self._service.check(request)
            answer = checked if isinstance(checked, Answer) else await self._service.execute(checked, self._session)
            if answer.status == 429 and answer.charge is not None:
                await asyncio.sleep(answer.charge.reset)
                continue
            body = orjson.loads(answer.encoded())
            if errors := body.get("errors"):
                raise NotAnswered(errors[0].get("extensions", {}).get("code", "FAULT"), errors[0]["message"])
            return body["data"]


def _key(text: str) -> UUID:
    found = read_id(text)
    if found is None:
        raise ValueError(f"{text} is no id")
    return found.key


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _who(found: Any) -> Somebody | None:
    if found is None:
        return None
    return Somebody(
        id=_key(found["id"]),
        name=found["name"],
        email=found["email"],
        title=found["title"],
        guest=found["kind"] == "GUEST",
        left=found["standing"] == "LEFT",
    )


def _file(found: Any) -> KnownFile:
    size = found["size"]
    return KnownFile(
        id=UUID(found["file"]),
        name=found["name"],
        title=found["title"],
        media_type=found["mediaType"],
        size=int(size) if size else None,
        width=found["width"],
        height=found["height"],
        duration=found["duration"],
    )
