"""Identifiers of what is imported: derived from the source, so that telling it again names the same things."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from application.bulk import Claim
from application.envelope import moment
from application.imports.records.organisation import Person
from application.imports.records.record import Key, Micros, Source
from application.ports.keys import Pseudonyms
from domain.directory.identity import IdentityId
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import PersonId, derived, stream_name
from domain.kernel.states import Events, State
from domain.messaging.ids import ChannelId, FileId, MessageId, PollId


class Names:
    """What the things of one source are called here. Who people are is asked of the log, and said with `introduce`."""

    def __init__(self, source: Source, pseudonyms: Pseudonyms | None = None) -> None:
        """Without `pseudonyms` a source that is `telling` may be looked through, and nothing of it recorded."""
        self._from = (source.system, source.workspace)
        self._pseudonyms = pseudonyms if source.telling else None
        self._people: dict[Key, PersonId] = {}
        self._channels: dict[Key, ChannelId] = {}

    def introduce(self, people: Mapping[Key, PersonId]) -> None:
        """Says who somebody of the source is here."""
        self._people.update(people)

    def newcomer(self, person: Person, pseudonyms: Pseudonyms) -> PersonId:
        """Who somebody is whose account was not met before: by address if there is one, so that two systems' accounts meet."""
        if address := address_of(person):
            return PersonId(pseudonyms("person", address))
        return self.by_account(person.key)

    def by_account(self, key: Key) -> PersonId:
        """Somebody of whom nothing but the account in the source is known."""
        return PersonId(self._id("person", key))

    def identity(self, key: Key) -> IdentityId:
        """The account that somebody has in the source."""
        return IdentityId(self._id("identity", key))

    def person(self, key: Key) -> PersonId:
        """Somebody who was introduced. Raises KeyError for anybody else: a reader tells of people before what they do."""
        return self._people[key]

    def somebody(self, key: Key | None) -> PersonId | None:
        """The same, of one who may not be known."""
        return None if key is None else self._people[key]

    def department(self, key: Key) -> DepartmentId:
        """A department."""
        return DepartmentId(self._id("department", key))

    def post(self, key: Key) -> PostId:
        """A post."""
        return PostId(self._id("post", key))

    def channel(self, key: Key) -> ChannelId:
        """A channel."""
        found = self._channels.get(key)
        if found is None:
            found = self._channels[key] = ChannelId(self._id("channel", key))
        return found

    def message(self, channel: Key, key: Key) -> MessageId:
        """A message: its key counts within its channel."""
        return MessageId(self._id("message", channel, key))

    def poll(self, channel: Key, message: Key) -> PollId:
        """The poll that is asked with a message."""
        return PollId(self._id("poll", channel, message))

    def file(self, key: Key) -> FileId:
        """A file."""
        return FileId(self._id("file", key))

    def _id(self, kind: str, *keys: Key) -> UUID:
        if self._pseudonyms is not None:
            return self._pseudonyms(kind, "\x1f".join((*self._from, *keys)))
        return derived(kind, *self._from, *keys)


def address_of(person: Person) -> str | None:
    """The e-mail address by which somebody is known, as it is compared; a program has none."""
    return (person.email or "").strip().lower() or None if person.kind != "bot" else None


def claim(
    state: type[State[Any]],
    ids: tuple[UUID, ...],
    happened: Callable[[Any], Events],
    at: Micros,
    what: str,
    by: PersonId | None = None,
) -> Claim:
    """A claim whose id is derived from its stream, its time, and `what` tells it from others of the same moment."""
    stream = stream_name(state.kind, ids)
    return Claim(state, stream, happened, moment(at), by, derived("import", stream, what, str(at)))
