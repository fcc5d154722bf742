"""What tests ask of inboxes, through the API."""

import asyncio
from typing import Any

from tests.support.serving import Client

INBOX = """
query ($after: Position) @waitFor(position: $after) {
    inbox { unread upto }
    viewer {
        inbox(first: 20) {
            nodes {
                id position unread
                notification {
                    id kind by { name }
                    thing { __typename ... on Message { id text } ... on Channel { id name } }
                }
            }
        }
        unreadInbox { totalCount }
    }
}
"""


async def inbox(who: Client, after: str | None = None) -> Any:
    """Everything in somebody's inbox."""
    return await who.ask(INBOX, {"after": after})


async def items(who: Client, after: str | None = None) -> list[Any]:
    """What is in somebody's inbox, the latest first."""
    found: list[Any] = (await inbox(who, after))["viewer"]["inbox"]["nodes"]
    return found


async def told(who: Client, count: int) -> list[Any]:
    """What is in somebody's inbox, once it is so much."""
    async with asyncio.timeout(20):
        while len(found := await items(who)) < count:
            reader = who.served.organisation.log.reader
            await reader.wait(await reader.head(), 0.2)
    assert len(found) == count, found
    return found


async def everything_told(who: Client) -> None:
    """Waits until the policies have acted on all that has happened: by something that comes after it, of which one is told."""
    before = len(await items(who))
    friend = await who.served.person("Somebody else")
    direct = await friend.done("openDirectChannel", "position channel { id }", people=[who.id, friend.id])
    said = await friend.done("postMessage", "position message { id }", channel=direct["channel"]["id"], text="ping")
    found = await told(who, before + 1)
    assert found[0]["notification"]["thing"]["id"] == said["message"]["id"]


def reasons(found: list[Any]) -> list[tuple[str, str]]:
    """Of each item, why and of what text or name."""
    return [(i["notification"]["kind"], _said(i["notification"]["thing"])) for i in found]


def _said(thing: Any) -> str:
    said: str = thing.get("text") or thing.get("name")
    return said
