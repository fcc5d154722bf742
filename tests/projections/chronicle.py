"""Events written into a real log, personal values sealed as the platform seals them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from application.ports.keys import DataKey, key_id
from application.ports.log import Append, Appended, NewKey, NewRow
from domain.compliance.data_key import month_of
from domain.compliance.events import DataKeyCreated, DataKeyDestroyed
from domain.kernel.events import Event
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.serialisation.codec import JsonCodec

Said = tuple[str, UUID, Event]


class Chronicle:
    """Appends events; each data key is made with the first event that needs it."""

    def __init__(self, log: PostgresLog, keys: PostgresKeys) -> None:
        self._log, self._keys, self._codec = log, keys, JsonCodec()
        self._versions: dict[str, int] = {}
        self._open: dict[UUID, DataKey] = {}
        self.month = month_of(datetime.now(UTC))
        self.last = 0

    async def say(self, *said: Said) -> int:
        """Appends all of it at once; answers the last position."""
        versions = dict(self._versions)
        guards: dict[str, int] = {}
        rows: list[NewRow] = []
        made: list[NewKey] = []
        for kind, thing, event in said:
            for owner in self._codec.owners(event):
                if (key := self.key(owner, event)) not in self._open:
                    new, opened, commitment = self._keys.create(key, owner)
                    self._open[key] = opened
                    made.append(new)
                    created = DataKeyCreated(
                        owner=owner,
                        retention_class=event.retention,
                        month=self.month,
                        generation=0,
                        commitment=commitment,
                        epoch=1,
                    )
                    rows.append(self._row(f"compliance.key/{key}", created, versions, guards))
            rows.append(self._row(f"{kind}/{thing}", event, versions, guards))
        answer = await self._log.writer.append(Append(rows=rows, guards=guards, keys=made))
        assert isinstance(answer, Appended)
        self._versions, self.last = versions, answer.last
        return answer.last

    async def destroy(self, owner: UUID, like: type[Event]) -> UUID:
        """Destroys the key that this owner's values in such events are under."""
        key = key_id(owner, like.retention, self.month)
        await self.say(("compliance.key", key, DataKeyDestroyed(ground="requested")))
        self._keys.forget(key)
        return key

    def key(self, owner: UUID, event: Event) -> UUID:
        """The key of an owner's values in such events."""
        return key_id(owner, event.retention, self.month)

    def _row(self, stream: str, event: Event, versions: dict[str, int], guards: dict[str, int]) -> NewRow:
        before = versions.get(stream, 0)
        guards.setdefault(stream, before)
        versions[stream] = before + 1
        payload = self._codec.encode(event, stream, before + 1, lambda owner: self._open[self.key(owner, event)])
        return NewRow(uuid4(), stream, before + 1, event.wire, None, None, None, None, None, b"{}", payload)


def unknown(version: int = 1) -> Sequence[NewRow]:
    """A row of a type that only a newer release knows."""
    return [NewRow(uuid4(), "future.thing/1", version, "future.thing_happened.v1", None, None, None, None, None, b"{}", b"{}")]
