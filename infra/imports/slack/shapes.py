"""What of a Slack export is read, as it is written there. Fields that aren't named here are passed over."""

from typing import Any

import msgspec

Names = dict[str, Any]


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A piece of an export."""


class Profile(Shape, frozen=True):
    real_name: str | None = None
    display_name: str | None = None
    email: str | None = None
    title: str | None = None
    bot_id: str | None = None


class User(Shape, frozen=True):
    id: str
    team_id: str | None = None
    name: str | None = None
    real_name: str | None = None
    deleted: bool = False
    is_bot: bool | None = False
    is_restricted: bool | None = False
    is_ultra_restricted: bool | None = False
    profile: Profile | None = None


class Pin(Shape, frozen=True):
    id: str
    type: str = "C"
    user: str | None = None
    owner: str | None = None
    created: float | str = 0


class Note(Shape, frozen=True):
    """A topic or a purpose."""

    value: str = ""
    creator: str | None = None
    last_set: float | str = 0


class Conversation(Shape, frozen=True):
    """A channel, private channel, direct message or direct message of several."""

    id: str
    name: str | None = None
    created: float | str = 0
    creator: str | None = None
    is_archived: bool = False
    members: list[str] = []
    pins: list[Pin] | None = None
    topic: Note | None = None
    purpose: Note | None = None


class Reaction(Shape, frozen=True):
    name: str
    users: list[str] = []
    count: int = 0


class Comment(Shape, frozen=True):
    comment: str = ""
    user: str | None = None


class Upload(Shape, frozen=True):
    id: str
    name: str | None = None
    title: str | None = None
    mimetype: str | None = None
    size: int | None = None
    mode: str | None = None
    user: str | None = None
    initial_comment: Comment | None = None


class Attachment(Shape, frozen=True):
    """What hangs below a message: a bot's content, a preview of a link, or a quoted message."""

    pretext: str | None = None
    title: str | None = None
    title_link: str | None = None
    text: str | None = None
    fallback: str | None = None
    from_url: str | None = None
    is_msg_unfurl: bool | None = None
    channel_id: str | None = None
    ts: float | str | None = None


class Edit(Shape, frozen=True):
    user: str | None = None
    ts: str = "0"


class PinnedBy(Shape, frozen=True):
    pinned_by: str | None = None
    pinned_ts: float | str = 0


class SpokenAs(Shape, frozen=True):
    """How somebody was called whom users.json may not know: a bot, or a person of another workspace."""

    name: str | None = None
    real_name: str | None = None
    display_name: str | None = None


class Message(Shape, frozen=True):
    """An element of a day's file: something said, or a notice of something done."""

    ts: str | None = None
    type: str | None = None
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    reply_count: int | None = None
    edited: Edit | None = None
    reactions: list[Reaction] | None = None
    file: Upload | None = None
    files: list[Upload | None] | None = None
    attachments: list[Attachment] | None = None
    blocks: list[Any] | None = None
    comment: Comment | None = None
    inviter: str | None = None
    topic: str | None = None
    purpose: str | None = None
    name: str | None = None
    old_name: str | None = None
    pinned_info: PinnedBy | None = None
    user_profile: SpokenAs | None = None
    bot_profile: SpokenAs | None = None
    message: "Message | None" = None
    previous_message: "Message | None" = None
    original: "Message | None" = None
    deleted_ts: str | None = None
