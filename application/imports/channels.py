"""What is imported of channels and their members, as claims."""

from collections.abc import Iterator

from application.bulk import Claim
from application.imports.naming import Names, claim
from application.imports.records.channels import Announcing, Archived, Channel, Described, HandedOver, Joined, Left, Renamed
from application.imports.records.record import Key, Micros
from domain.kernel.identifiers import PersonId
from domain.messaging import imported
from domain.messaging.channel import Channel as ChannelState
from domain.messaging.events.channel import Visibility
from domain.messaging.events.membership import Role
from domain.messaging.ids import ChannelId
from domain.messaging.membership import Membership

OfChannel = Channel | Renamed | Described | Archived | Announcing | Joined | Left | HandedOver


class Channels:
    """Tells of channels. What a channel is about is its topic or, where it has none, its purpose: both are remembered."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._about: dict[Key, dict[str, str]] = {}

    def claims(self, record: OfChannel) -> Iterator[Claim]:
        """What a record claims about a channel; of a direct one, about its members too."""
        names, at = self._names, record.at
        by = None if isinstance(record, HandedOver) else names.somebody(record.by)
        match record:
            case Channel():
                yield from self._opened(record, by)
            case Joined():
                role: Role = "owner" if record.keeps else "member"
                channel, person = names.channel(record.channel), names.person(record.person)
                yield _came(channel, person, by, role, at)
                if record.keeps:
                    yield _owns(channel, person, by, at)
            case Left():
                channel, person = names.channel(record.channel), names.person(record.person)
                yield _went(channel, person, by, at)
                yield _owns_no_more(channel, person, by, at)
            case HandedOver():
                channel, person = names.channel(record.channel), names.person(record.person)
                yield _taken_over(channel, person, names.person(record.predecessor), at)
                yield _owns(channel, person, None, at)
            case Renamed(channel=key, name=name):
                ids = (names.channel(key),)
                yield claim(ChannelState, ids, lambda s: imported.channel_renamed(s, name=name, by=by), at, "renamed", by)
            case Described(channel=key):
                yield self._described(record, by)
            case Announcing(channel=key):
                ids = (names.channel(key),)
                yield claim(ChannelState, ids, lambda s: imported.announcing(s, by=by), at, "announcing", by)
            case Archived(channel=key, again=again):
                end = imported.channel_reopened if again else imported.channel_archived
                yield claim(ChannelState, (names.channel(key),), lambda s: end(s, by=by), at, f"archived, again {again}", by)

    def _opened(self, record: Channel, by: PersonId | None) -> Iterator[Claim]:
        names, channel = self._names, self._names.channel(record.key)
        visibility: Visibility = "private" if record.private else "public"
        department = names.department(record.department) if record.department else None
        yield claim(
            ChannelState,
            (channel,),
            lambda s: imported.channel_opened(
                s, kind=record.kind, visibility=visibility, name=record.name or None, department=department, by=by
            ),
            record.at,
            "opened",
            by,
        )
        for key in record.members:
            yield _came(channel, names.person(key), by, "member", record.at)

    def _described(self, record: Described, by: PersonId | None) -> Claim:
        about = self._about.setdefault(record.channel, {})
        about[record.what] = record.text
        topic = about.get("topic") or about.get("purpose") or None
        return claim(
            ChannelState,
            (self._names.channel(record.channel),),
            lambda s: imported.topic_changed(s, topic=topic, by=by),
            record.at,
            record.what,
            by,
        )


def _came(channel: ChannelId, person: PersonId, by: PersonId | None, role: Role, at: Micros) -> Claim:
    return claim(
        Membership,
        (channel, person),
        lambda s: imported.member_came(s, channel=channel, person=person, by=by, role=role),
        at,
        f"came as {role}",
        by,
    )


def _taken_over(channel: ChannelId, person: PersonId, predecessor: PersonId, at: Micros) -> Claim:
    return claim(
        Membership,
        (channel, person),
        lambda s: imported.channel_handed_over(s, channel=channel, person=person, predecessor=predecessor),
        at,
        f"took over from {predecessor}",
    )


def _owns(channel: ChannelId, person: PersonId, by: PersonId | None, at: Micros) -> Claim:
    kept = f"kept by {person}"
    return claim(ChannelState, (channel,), lambda s: imported.owner_came(s, person=person, by=by), at, kept, by)


def _owns_no_more(channel: ChannelId, person: PersonId, by: PersonId | None, at: Micros) -> Claim:
    left = f"no longer kept by {person}"
    return claim(ChannelState, (channel,), lambda s: imported.owner_went(s, person=person, by=by), at, left, by)


def _went(channel: ChannelId, person: PersonId, by: PersonId | None, at: Micros) -> Claim:
    return claim(
        Membership,
        (channel, person),
        lambda s: imported.member_went(s, channel=channel, person=person, by=by),
        at,
        "went",
        by,
    )
