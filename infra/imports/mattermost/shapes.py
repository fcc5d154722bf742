"""What of a bulk export is read, as it is written there. Fields that aren't named here are passed over."""

from typing import Annotated

import msgspec

Millis = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_000)]
"""A time of the years 1970 to 9999."""


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A piece of an export. Times are milliseconds since 1970."""


NONE = msgspec.Raw(b"null")


class Channel(Shape, frozen=True):
    team: str
    name: str
    display_name: str = ""
    type: str = "O"
    header: str | None = None
    purpose: str | None = None


class ChannelOfUser(Shape, frozen=True):
    name: str
    roles: str | None = None


class TeamOfUser(Shape, frozen=True):
    name: str
    channels: list[ChannelOfUser] | None = None


class User(Shape, frozen=True):
    username: str
    email: str | None = None
    nickname: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    position: str | None = None
    roles: str | None = None
    delete_at: int | None = None
    teams: list[TeamOfUser] | None = None


class Attachment(Shape, frozen=True):
    path: str


class Reaction(Shape, frozen=True):
    user: str
    emoji_name: str
    create_at: Millis


class Reply(Shape, frozen=True):
    user: str
    message: str
    create_at: Millis
    props: msgspec.Raw = NONE
    edit_at: Millis | None = None
    attachments: list[Attachment] | None = None
    reactions: list[Reaction] | None = None


class Post(Shape, frozen=True):
    user: str
    message: str
    create_at: Millis
    props: msgspec.Raw = NONE
    team: str = ""
    channel: str = ""
    channel_members: list[str] | None = None
    edit_at: Millis | None = None
    is_pinned: bool | None = None
    attachments: list[Attachment] | None = None
    reactions: list[Reaction] | None = None
    replies: list[Reply] | None = None


class Members(Shape, frozen=True):
    """A direct channel, by those who are in it."""

    members: list[str] | None = None
    header: str | None = None


class Entry(Shape, frozen=True):
    """One line of the file: what it is, and that thing under its own name."""

    type: str
    version: int | None = None
    channel: Channel | None = None
    user: User | None = None
    post: Post | None = None
    direct_channel: Members | None = None
    direct_post: Post | None = None
