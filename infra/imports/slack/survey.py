"""A first look through a channel's messages for what must be known before they are told in order."""

from typing import Any

import msgspec

from application.imports.records.record import Micros
from infra.imports.slack.times import micros

JOINING = {"channel_join", "group_join"}
NAMING = {"channel_name", "group_name"}
DESCRIBING = {
    "channel_topic": "topic",
    "group_topic": "topic",
    "channel_purpose": "purpose",
    "group_purpose": "purpose",
}


class Survey(msgspec.Struct):
    """What is known of one channel beforehand.

    `joiners` are told to have joined, so they weren't members from the start; `wordings` has the first words of messages
    whose change or deletion is told later (None where those aren't known).
    """

    first: Micros | None = None
    last: Micros | None = None
    first_name: str | None = None
    elements: int = 0
    joiners: set[str] = set()
    described: set[str] = set()
    wordings: dict[Micros, str | None] = {}

    def look(self, element: Any) -> None:
        """Takes one element into account; what isn't as it should be is told of when it is read."""
        self.elements += 1
        if not isinstance(element, dict):
            return
        stamp = element.get("ts")
        at = micros(stamp) if isinstance(stamp, str) else None
        if at:
            self.first = min(at, self.first or at)
            self.last = max(at, self.last or at)
        subtype = element.get("subtype")
        if not isinstance(subtype, str):
            return
        if subtype in JOINING and isinstance(user := element.get("user"), str):
            self.joiners.add(user)
        elif subtype in NAMING and isinstance(name := element.get("old_name"), str) and name:
            self.first_name = self.first_name or name
        elif subtype in DESCRIBING:
            self.described.add(DESCRIBING[subtype])
        elif subtype in ("message_changed", "message_deleted"):
            self._changed(element)

    def _changed(self, element: dict[str, Any]) -> None:
        before = element.get("previous_message") or element.get("original")
        after = element.get("message")
        named = before if isinstance(before, dict) else after if isinstance(after, dict) else {}
        stamp = element.get("deleted_ts") or named.get("ts")
        text = before.get("text") if isinstance(before, dict) else None
        if isinstance(stamp, str) and (at := micros(stamp)):
            self.wordings.setdefault(at, text if isinstance(text, str) else None)
