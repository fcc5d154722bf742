"""Histories that could have happened, each out of a seed and a length: the same two give the same history."""

from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.access.events.administration import AdministratorAppointed, AdministratorDismissed
from domain.compliance.events import DataKeyDestroyed, DataKeyRestricted
from domain.directory.events.department import (
    DepartmentClosed,
    DepartmentMerged,
    DepartmentMoved,
    DepartmentOpened,
    DepartmentRenamed,
)
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed, LeaderDismissed
from domain.directory.events.person import (
    Details,
    OffboardingUndone,
    PersonJoined,
    PersonKindChanged,
    PersonLeft,
    PersonOffboarded,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.directory.events.post import PostAssigned, PostClosed, PostOpened, PostRenamed, PostWithdrawn
from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased, ManagerChanged
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import derived
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelDescribed,
    ChannelHistoryChanged,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelSlowModeChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
)
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved, MemberRoleChanged
from domain.messaging.events.message import (
    Attachment,
    MessageEdited,
    MessageEditNoted,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved
from domain.messaging.ids import ChannelId, FileId, MessageId
from tests.projections.oracle import Oracle
from tests.projections.stories import Story, an_id, person

Numbers = tuple[int, int]
numbers_of_histories = st.tuples(st.integers(0, 1_000_000), st.integers(0, 240))

PEOPLE = [person(name) for name in ("Ann", "Bob", "陈", "Dee")]
DEPARTMENTS = [DepartmentId(an_id(f"department {n}")) for n in range(4)]
CHANNELS = [ChannelId(an_id(f"channel {n}")) for n in range(4)]
MESSAGES = [MessageId(an_id(f"message {n}")) for n in range(4)]
WORDS = ["hello 上海", "你好", "a", "The plan, again: 明天开会"]
EMOJI = ["👍", "❤️", "white_check_mark", "🎉"]


class Author:
    """Tells a story by chance; what couldn't happen at that point is left out."""

    def __init__(self) -> None:
        self.story = Story()
        self.oracle = Oracle()
        self.withdrawn: set[UUID] = set()

    def tell(self, numbers: Numbers) -> "Author":
        seed, length = numbers
        chance = Random(seed)
        for _ in range(length):
            self._one(chance.randrange(42), chance.randrange(4), chance.randrange(4), chance.randrange(4))
        return self

    def _one(self, what: int, a: int, b: int, c: int) -> None:
        who, other, channel, message, department = PEOPLE[a], PEOPLE[b], CHANNELS[b], MESSAGES[b], DEPARTMENTS[b]
        words = WORDS[c]
        match what:
            case 0 | 1:
                details = Details(number=str(a), phone=words) if c else Details()
                joined = PersonJoined(person=who, name=words, email=f"{a}@x.cn", details=details)
                self._if_new("Person", who, "directory.person", joined)
            case 2:
                self._if_there("Person", who, "directory.person", PersonRenamed(person=who, name=words))
            case 3:
                title = None if b else words
                details = Details(number=str(a), time_zone="Asia/Shanghai") if c else Details()
                changed = PersonProfileChanged(person=who, title=title, details=details)
                self._if_there("Person", who, "directory.person", changed)
            case 4:
                moved = PrimaryDepartmentChanged(person=who, department=department if c else None)
                self._if_there("Person", who, "directory.person", moved)
            case 5:
                kinds = (PersonSuspended, PersonReinstated, PersonLeft, PersonReinstated)
                self._if_there("Person", who, "directory.person", kinds[c](person=who))
            case 6 | 7:
                opened = DepartmentOpened(name=words, parent=DEPARTMENTS[a] if a != b else None)
                self._if_new("Department", department, "directory.department", opened)
            case 8:
                turns = (
                    DepartmentRenamed(name=words),
                    DepartmentMoved(parent=None),
                    DepartmentClosed(),
                    DepartmentMoved(parent=DEPARTMENTS[a]),
                )
                self._if_there("Department", department, "directory.department", turns[c])
            case 9 | 10 | 11:
                self._membership(who, department, c)
            case 12 | 13:
                self._administration(who, department if c else None)
            case 14 | 15:
                kind: Any = "department" if c == 1 else "group"
                event = ChannelOpened(
                    channel=channel, kind=kind, visibility="public" if c > 1 else "private", name=words, department=department
                )
                self._if_new("Channel", channel, "messaging.channel", event)
            case 16 | 17:
                of_channel = (
                    ChannelRenamed(channel=channel, name=words)
                    if a % 2
                    else ChannelDescribed(channel=channel, description=words if a else None),
                    ChannelTopicChanged(channel=channel, topic=words if a else None)
                    if a != 1
                    else ChannelSlowModeChanged(channel=channel, seconds=30 * b),
                    ChannelVisibilityChanged(channel=channel, visibility="private")
                    if a % 2
                    else ChannelHistoryChanged(channel=channel, history="joined"),
                    ChannelArchived(channel=channel) if a else ChannelReopened(channel=channel),
                )
                self._if_there("Channel", channel, "messaging.channel", of_channel[c])
            case 18 | 19 | 20:
                self._takes_part(who, other, channel, c)
            case 21 | 22 | 23 | 24:
                self._post(who, message, channel, a, c)
            case 25 | 26:
                self._if_there("Message", message, "messaging.message", MessageEdited(author=who, text=words))
            case 27:
                of_message = (
                    MessageEditNoted(by=who),
                    MessageRetracted(by=who),
                    MessagePinned(by=who),
                    MessageUnpinned(),
                )
                self._if_there("Message", message, "messaging.message", of_message[c])
            case 28 | 29 | 30:
                signs = derived("messaging.reaction", message, who)
                kind = ReactionRemoved if self._has("Reaction", derived("messaging.sign", signs, EMOJI[c])) else ReactionAdded
                self._say("messaging.reaction", signs, kind(message=message, person=who, emoji=EMOJI[c]))
            case 36 | 37 | 38 | 39 | 40 | 41:
                self._organise(what, who, other, department, c)
            case 31 | 32:
                self.story.month += 1  # from here on personal values are under other keys
            case _:
                self._withdraw((*PEOPLE, *CHANNELS)[2 * a + b % 2], c)

    def _organise(self, what: int, who: Any, other: Any, department: DepartmentId, c: int) -> None:
        post = PostId(derived("post", other))
        event: Any
        match what:
            case 36:
                event = ManagerChanged(person=who, manager=other if c else None)
                self._if_there("Person", who, "directory.reporting", event)
            case 37:
                drawn = self._has("DottedLine", derived("directory.dotted_line", who, other))
                event = (DottedLineErased if drawn else DottedLineDrawn)(person=who, to=other)
                self._say("directory.reporting", who, event)
            case 38:
                self._if_new("Post", post, "directory.post", PostOpened(name=WORDS[c], department=department))
                event = PostRenamed(name=WORDS[c]) if c else PostClosed()
                self._if_there("Post", post, "directory.post", event)
            case 39:
                holding = derived("directory.holding", post, who)
                held = self._has("PostHolding", holding)
                event = (PostWithdrawn if held else PostAssigned)(post=post, person=who)
                self._say("directory.holding", holding, event)
            case 40:
                turns = (
                    PersonOffboarded(person=who, successor=other),
                    OffboardingUndone(person=who, standing="suspended"),
                    PersonKindChanged(person=who, kind="contractor"),
                    PersonOffboarded(person=who),
                )
                self._if_there("Person", who, "directory.person", turns[c])
            case _:
                merged = DepartmentMerged(into=DEPARTMENTS[c])
                self._if_there("Department", department, "directory.department", merged)

    def _membership(self, who: Any, department: DepartmentId, c: int) -> None:
        place = derived("directory.membership", department, who)
        if not self._has("DepartmentMembership", place):
            event: Any = DepartmentJoined(department=department, person=who)
        else:
            kinds: tuple[Any, ...] = (DepartmentLeft, LeaderAppointed, LeaderDismissed)
            event = kinds[c % 3](department=department, person=who)
        self._say("directory.membership", place, event)

    def _administration(self, who: Any, department: DepartmentId | None) -> None:
        office = derived("access.office", who, department or "organisation")
        kind = AdministratorDismissed if self._has("Administrator", office) else AdministratorAppointed
        self._say("access.administration", who, kind(person=who, department=department))

    def _takes_part(self, who: Any, other: Any, channel: ChannelId, c: int) -> None:
        place = derived("messaging.membership", channel, who)
        if not self._has("ChannelMembership", place):
            added = MemberAdded(channel=channel, person=who, by=other, role="owner" if c == 2 else "member")
            event: Any = added if c else MemberJoined(channel=channel, person=who)
        elif c < 2:
            event = MemberRoleChanged(channel=channel, person=who, role="owner" if c else "member")
        else:
            event = (MemberLeft if c == 2 else MemberRemoved)(channel=channel, person=who)
        self._say("messaging.membership", place, event)

    def _post(self, who: Any, message: MessageId, channel: ChannelId, a: int, c: int) -> None:
        files = [
            Attachment(
                file=FileId(an_id(f"file {n}")), name=f"{WORDS[c]} {n}.pdf", owner=who, size=n, title=None if n else "计划"
            )
            for n in range(c)
        ]
        event = MessagePosted(
            channel=channel, author=who, text=WORDS[a], thread=MESSAGES[0] if c == 1 else None, attachments=tuple(files)
        )
        if not self._has("Message", message):
            self._say("messaging.message", message, event, imported="slack" if a == 3 else None)

    def _withdraw(self, owner: UUID, c: int) -> None:
        """A key that was used so far goes; nothing is sealed with it any more."""
        key = self.story.key(owner)
        if any(key in said.keys.values() for said in self.story.recorded):
            self.withdrawn.add(key)
            self._say("compliance.key", key, DataKeyRestricted() if c == 3 else DataKeyDestroyed(ground="requested"))
            self.story.month += 1

    def _has(self, model: str, id_: UUID) -> bool:
        return id_ in self.oracle.now.get(model, {})

    def _if_new(self, model: str, id_: UUID, kind: str, event: Any) -> None:
        if not self._has(model, id_):
            self._say(kind, id_, event)

    def _if_there(self, model: str, id_: UUID, kind: str, event: Any) -> None:
        if self._has(model, id_):
            self._say(kind, id_, event)

    def _say(self, kind: str, thing: UUID, event: Any, imported: str | None = None) -> None:
        self.story.say(kind, thing, event, imported=imported)
        self.oracle.tell(self.story.recorded[-1:])
