"""A whole conversation, read by an auditor under a case through the API's own queries: so it holds what the case opens and
nothing else, as of one position, and every page of it is on record before it goes out."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from application.exports.conversation import Act, Member, Outside, Poll, Post, Talk, Wording
from interfaces.graphql.answers import Session
from interfaces.graphql.conversations.asking import Asking
from interfaces.graphql.conversations.documents import CHANNEL, LISTS, MESSAGES, POLL, REPLIES, STRAY, more
from interfaces.graphql.conversations.parts import choice, file, key, moment, sign, who
from interfaces.graphql.conversations.then import Then, then
from interfaces.graphql.service import Service


class Conversation:
    """One channel as one auditor may read it, as of one position."""

    def __init__(self, service: Service, session: Session, case: UUID, channel: UUID, position: int) -> None:
        self._asking, self._channel, self._position = Asking(service, session, case, position), channel, position

    async def talk(self) -> Talk:
        """The channel with its members. Raises NotAnswered: NO_CASE where the case isn't open to them, NO_CHANNEL where it
        doesn't open the channel."""
        found = await self._asking.one("Channel", CHANNEL, self._channel)
        members = await self._rest("Channel", CHANNEL, self._channel, "members", found["members"])
        return Talk(
            id=key(found["id"]),
            direct=found["kind"] == "DIRECT",
            private=found["visibility"] == "PRIVATE",
            name=found["name"],
            topic=found["topic"],
            description=found["description"],
            members=tuple(
                Member(person, each["role"] == "OWNER") for each in members if (person := who(each["person"])) is not None
            ),
            position=self._position,
        )

    async def posts(self) -> AsyncIterator[Post]:
        """Everything that was said there. Raises NotAnswered, in the middle of it where the case is closed meanwhile."""
        async for page in self._pages(MESSAGES, "messages"):
            # A reply that is shown in the channel as well stands with its thread.
            roots = [node for node in page if node["threadKey"] is None]
            made = await self._posts([each for root in roots for each in (root, *root["replies"]["nodes"])])
            for root in roots:
                yield made[root["id"]]
                for reply in root["replies"]["nodes"]:
                    yield made[reply["id"]]
                async for post in self._more_replies(root):
                    yield post
        async for post in self._stray():
            yield post

    async def _more_replies(self, root: Any) -> AsyncIterator[Post]:
        info = root["replies"]["pageInfo"]
        while info["hasNextPage"]:
            page = (await self._asking.one("Message", REPLIES, key(root["id"]), info["endCursor"]))["replies"]
            for post in (await self._posts(page["nodes"])).values():
                yield post
            info = page["pageInfo"]

    async def _stray(self) -> AsyncIterator[Post]:
        """Replies to what lies outside; before the first ones of a thread stands that there is something."""
        told: set[UUID] = set()
        async for page in self._pages(STRAY, "strayReplies"):
            threads: dict[UUID, list[Post]] = {}
            for post in (await self._posts(page)).values():
                if post.thread is not None:
                    threads.setdefault(post.thread, []).append(post)
            for thread, replies in threads.items():
                if thread not in told:
                    told.add(thread)
                    yield Post(thread, None, (Wording(replies[0].wordings[0].at, None),), outside=True)
                for post in replies:
                    yield post

    async def _posts(self, nodes: list[Any]) -> dict[str, Post]:
        """Messages by their ids in the answer, in their order."""
        for node in nodes:
            for name in LISTS:
                node[name] = await self._rest("Message", more(name), key(node["id"]), name, node[name])
        known = await then(self._asking, nodes)
        return {node["id"]: await self._post(node, known) for node in nodes}

    async def _post(self, node: Any, known: Then) -> Post:
        retraction = next((each for each in node["edits"] if each["retracted"]), None)
        mentioned = {person.id: person for each in node["mentions"] if (person := who(each["person"])) is not None}
        quotes = key(node["quotes"]["id"]) if node["quotes"] else None
        return Post(
            id=key(node["id"]),
            author=who(node["author"]),
            wordings=known.wordings(node),
            thread=_thread(node),
            noted=moment(node["editedAt"]) if node["editedAt"] else None,
            also_in_channel=node["alsoInChannel"],
            quotes=Outside.SCOPE if node["quoting"] and quotes is None else quotes,
            forwards=known.forwarded(node),
            calls=any(each["kind"] in ("ALL", "HERE") for each in node["mentions"]),
            mentioned=tuple(mentioned.values()),
            signs=tuple(map(sign, node["reactions"])),
            files=tuple(map(file, node["attachments"])),
            poll=await self._poll(node),
            pinned=Act(moment(node["pinnedAt"]), who(node["pinnedBy"])) if node["pinnedAt"] else None,
            retracted=Act(moment(retraction["editedAt"]), who(retraction["editedBy"])) if retraction else None,
        )

    async def _poll(self, node: Any) -> Poll | None:
        if not node["polls"]["nodes"]:
            return None
        poll = key(node["polls"]["nodes"][0]["id"])
        found = await self._asking.one("Poll", POLL, poll)
        answers = await self._rest("Poll", POLL, poll, "answers", found["answers"])
        return Poll(
            options=tuple(each["text"] for each in found["options"]["nodes"]),
            several=found["several"],
            choices=tuple(map(choice, answers)),
            closes_at=moment(found["closesAt"]) if found["closesAt"] else None,
            closed=Act(moment(found["closedAt"]), who(found["closedBy"])) if found["closedAt"] else None,
        )

    async def _pages(self, query: str, name: str) -> AsyncIterator[list[Any]]:
        """A list of the channel, page by page."""
        after = None
        while True:
            page = (await self._asking.one("Channel", query, self._channel, after))[name]
            yield page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    async def _rest(self, kind: str, query: str, thing: UUID, name: str, page: Any) -> list[Any]:
        """All of a list of a thing: the first of it came with the thing."""
        found = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            page = (await self._asking.one(kind, query, thing, page["pageInfo"]["endCursor"]))[name]
            found += page["nodes"]
        return found


def _thread(node: Any) -> UUID | None:
    """The message that this one replies to; what stands for it where it lies outside."""
    if node["thread"]:
        return key(node["thread"]["id"])
    return UUID(node["threadKey"]) if node["threadKey"] else None
