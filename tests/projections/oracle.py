"""What the read models must show, told again from the mission's words, one event at a time and as plainly as possible.

It knows the events and nothing of the engine or the read models. Values that were erased are None; `…_key` is the data key that
the last personal value came from.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

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
from domain.kernel.events import Event, Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import Erased
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelDescribed,
    ChannelHistoryChanged,
    ChannelMoved,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelSlowModeChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
)
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved, MemberRoleChanged
from domain.messaging.events.message import (
    MessageEdited,
    MessageEditNoted,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved

Values = dict[str, Any]
Past = tuple[UUID, int, int, Values]

DETAILS = ("number", "phone", "location", "language", "time_zone")
PERSONAL = {
    "Person": ("name", "email", "title", *DETAILS),
    "Channel": ("name", "topic", "description"),
    "Message": ("text",),
    "Attachment": ("name", "title"),
}

TELLS = frozenset(
    {
        "Administrator",
        "Attachment",
        "Channel",
        "ChannelMembership",
        "Department",
        "DepartmentMembership",
        "DottedLine",
        "Message",
        "Person",
        "Post",
        "PostHolding",
        "Reaction",
    }
)
"""The read models that are told here; the others are folded plainly, in plain.py, and by tests of their own contexts."""


class Oracle:
    """`now` holds the rows of each model by id; `past` what they were before, each with its first position and the one after."""

    def __init__(self) -> None:
        self.now: dict[str, dict[UUID, Values]] = {}
        self.past: dict[str, list[Past]] = {}

    def tell(self, story: Sequence[Recorded[Event]]) -> "Oracle":
        for said in story:
            self._tell(said)
        return self

    def _tell(self, said: Recorded[Any]) -> None:
        event, thing, at, position = said.event, said.thing, said.effective_at, said.position
        match event:
            case PersonJoined():
                self._new(
                    said,
                    "Person",
                    thing,
                    kind=event.kind,
                    standing="active",
                    joined_at=at,
                    primary_department_id=event.department,
                    reports_to_id=None,
                    successor_id=None,
                    undo_until=None,
                    **_known(said, "name", "email", "title"),
                    **_details(said),
                )
            case PersonRenamed():
                self._turns(said, "Person", thing, **_known(said, "name"))
            case PersonProfileChanged():
                self._turns(said, "Person", thing, **_known(said, "email", "title"), **_details(said))
            case PersonKindChanged():
                self._turns(said, "Person", thing, kind=event.kind)
            case ManagerChanged():
                self._turns(said, "Person", event.person, reports_to_id=event.manager)
            case DottedLineDrawn():
                self._new(said, "DottedLine", _dotted(event), since=at, person_id=event.person, to_id=event.to)
            case DottedLineErased():
                self._ends(said, "DottedLine", _dotted(event))
            case PostOpened():
                self._new(said, "Post", thing, name=event.name, closed=False, department_id=event.department)
            case PostRenamed():
                self._turns(said, "Post", thing, name=event.name)
            case PostClosed():
                self._turns(said, "Post", thing, closed=True)
            case PostAssigned():
                self._new(said, "PostHolding", thing, since=at, post_id=event.post, person_id=event.person)
            case PostWithdrawn():
                self._ends(said, "PostHolding", thing)
            case PrimaryDepartmentChanged():
                self._turns(said, "Person", thing, primary_department_id=event.department)
            case PersonSuspended():
                self._turns(said, "Person", thing, standing="suspended")
            case PersonReinstated():
                self._turns(said, "Person", thing, standing="active", successor_id=None, undo_until=None)
            case PersonLeft():
                self._turns(said, "Person", thing, standing="left")
            case PersonOffboarded():
                taken_over = {"successor_id": event.successor, "undo_until": event.undo_until}
                self._turns(said, "Person", thing, standing="left", **taken_over)
            case OffboardingUndone():
                self._turns(said, "Person", thing, standing=event.standing, successor_id=None, undo_until=None)
            case DepartmentOpened():
                opened = {"name": event.name, "closed": False, "opened_at": at, "parent_id": event.parent}
                self._new(said, "Department", thing, merged_into_id=None, **opened)
            case DepartmentMerged():
                self._turns(said, "Department", thing, closed=True, parent_id=event.into, merged_into_id=event.into)
            case DepartmentRenamed():
                self._turns(said, "Department", thing, name=event.name)
            case DepartmentMoved():
                self._turns(said, "Department", thing, parent_id=event.parent)
            case DepartmentClosed():
                self._turns(said, "Department", thing, closed=True)
            case DepartmentJoined():
                self._new(
                    said,
                    "DepartmentMembership",
                    thing,
                    leader=False,
                    since=at,
                    department_id=event.department,
                    person_id=event.person,
                )
            case LeaderAppointed():
                self._turns(said, "DepartmentMembership", thing, leader=True)
            case LeaderDismissed():
                self._turns(said, "DepartmentMembership", thing, leader=False)
            case DepartmentLeft():
                self._ends(said, "DepartmentMembership", thing)
            case AdministratorAppointed():
                office = derived("access.office", event.person, event.department or "organisation")
                self._new(said, "Administrator", office, since=at, person_id=event.person, department_id=event.department)
            case AdministratorDismissed():
                self._ends(said, "Administrator", derived("access.office", event.person, event.department or "organisation"))
            case ChannelOpened():
                self._new(
                    said,
                    "Channel",
                    thing,
                    kind=event.kind,
                    visibility=event.visibility,
                    archived=False,
                    posting="members",
                    inviting="members",
                    pinning="members",
                    calling="members",
                    history="all",
                    slow_mode=0,
                    description=None,
                    description_key=None,
                    opened_at=at,
                    department_id=event.department,
                    **_known(said, "name", "topic"),
                )
            case ChannelRenamed():
                self._turns(said, "Channel", thing, **_known(said, "name"))
            case ChannelTopicChanged():
                self._turns(said, "Channel", thing, **_known(said, "topic"))
            case ChannelDescribed():
                self._turns(said, "Channel", thing, **_known(said, "description"))
            case ChannelHistoryChanged():
                self._turns(said, "Channel", thing, history=event.history)
            case ChannelSlowModeChanged():
                self._turns(said, "Channel", thing, slow_mode=event.seconds)
            case ChannelVisibilityChanged():
                self._turns(said, "Channel", thing, visibility=event.visibility)
            case ChannelMoved():
                self._turns(said, "Channel", thing, department_id=event.department)
            case ChannelArchived():
                self._turns(said, "Channel", thing, archived=True)
            case ChannelReopened():
                self._turns(said, "Channel", thing, archived=False)
            case MemberJoined() | MemberAdded():
                self._new(
                    said,
                    "ChannelMembership",
                    thing,
                    role=getattr(event, "role", "member"),
                    since=at,
                    channel_id=event.channel,
                    person_id=event.person,
                    added_by_id=getattr(event, "by", None),
                    predecessor_id=None,
                )
            case MemberRoleChanged():
                self._turns(said, "ChannelMembership", thing, role=event.role, predecessor_id=None)
            case MemberLeft() | MemberRemoved():
                self._ends(said, "ChannelMembership", thing)
            case MessagePosted():
                self._posted(said)
            case MessageEdited():
                self._turns(said, "Message", thing, edited_at=at, worded_at=position, **_known(said, "text"))
            case MessageEditNoted():
                self._turns(said, "Message", thing, edited_at=at)
            case MessageRetracted():
                gone = {"text": None, "pinned_at": None, "pinned_by_id": None}
                self._turns(said, "Message", thing, retracted=True, retracted_by_id=event.by, **gone)
                for file in [id_ for id_, row in self.now.get("Attachment", {}).items() if row["message_id"] == thing]:
                    self._ends(said, "Attachment", file)
            case MessagePinned():
                self._turns(said, "Message", thing, pinned_at=at, pinned_by_id=event.by)
            case MessageUnpinned():
                self._turns(said, "Message", thing, pinned_at=None, pinned_by_id=None)
            case ReactionAdded():
                self._new(
                    said,
                    "Reaction",
                    _sign(said),
                    emoji=event.emoji,
                    added_at=at,
                    message_id=event.message,
                    person_id=event.person,
                )
            case ReactionRemoved():
                self._ends(said, "Reaction", _sign(said))
            case DataKeyDestroyed() | DataKeyRestricted():
                self._withdraw(thing)
            case _:
                raise AssertionError(f"position {position}: the oracle doesn't know {type(event).__name__}")

    def _posted(self, said: Recorded[MessagePosted]) -> None:
        event = said.event
        self._new(
            said,
            "Message",
            said.thing,
            position=said.position,
            sent_at=said.effective_at,
            retracted=False,
            edited_at=None,
            also_in_channel=event.also_in_channel,
            pinned_at=None,
            history=event.history,
            worded_at=said.position,
            forwards_id=None,
            imported=said.context.imported,
            channel_id=event.channel,
            author_id=event.author,
            thread_id=event.thread,
            quotes_id=event.quotes,
            pinned_by_id=None,
            retracted_by_id=None,
            **_known(said, "text"),
        )
        key = said.keys.get("attachments")
        for number, file in enumerate(() if isinstance(event.attachments, Erased) else event.attachments, start=1):
            self._new(
                said,
                "Attachment",
                derived("attachment", said.thing, str(number)),
                number=number,
                file=file.file,
                name=file.name,
                name_key=key,
                title=file.title,
                title_key=key if file.title is not None else None,
                media_type=file.media_type,
                size=file.size,
                width=file.width,
                height=file.height,
                duration=file.duration,
                message_id=said.thing,
                owner_id=file.owner,
            )

    def _new(self, said: Recorded[Any], model: str, id_: UUID, **values: Any) -> None:
        rows = self.now.setdefault(model, {})
        assert id_ not in rows
        rows[id_] = {"id": id_, **values, "valid_from": said.position}

    def _turns(self, said: Recorded[Any], model: str, id_: UUID, **values: Any) -> None:
        self._keep(said, model, id_)
        self.now[model][id_] |= {**values, "valid_from": said.position}

    def _ends(self, said: Recorded[Any], model: str, id_: UUID) -> None:
        self._keep(said, model, id_)
        del self.now[model][id_]

    def _keep(self, said: Recorded[Any], model: str, id_: UUID) -> None:
        before = dict(self.now[model][id_])
        self.past.setdefault(model, []).append((id_, before["valid_from"], said.position, before))

    def _withdraw(self, key: UUID) -> None:
        for model, columns in PERSONAL.items():
            rows = self.now.get(model, {})
            for id_, values in list(rows.items()):
                if not _blank(values, columns, key, model):
                    del rows[id_]
            past = self.past.get(model, [])
            past[:] = [each for each in past if _blank(each[3], columns, key, model)]


def _sign(said: Recorded[Any]) -> UUID:
    """A stream holds all signs of one person at one message; each of them is a row."""
    return derived("messaging.sign", said.thing, said.event.emoji)


def _dotted(event: Any) -> UUID:
    return derived("directory.dotted_line", event.person, event.to)


def _blank(values: Values, columns: tuple[str, ...], key: UUID, model: str) -> bool:
    """Takes what was under this key out of a row; whether the row is left. A file without its name is nothing."""
    for column in columns:
        if values[f"{column}_key"] == key:
            if model == "Attachment":
                return False
            values[column] = None
    return True


def _known(said: Recorded[Any], *fields: str) -> Values:
    found: Values = {}
    for field in fields:
        value = getattr(said.event, field)
        found[field] = None if isinstance(value, Erased) else value
        found[f"{field}_key"] = said.keys.get(field)
    return found


def _details(said: Recorded[Any]) -> Values:
    details = said.event.details
    found: Values = {}
    for field in DETAILS:
        found[field] = None if isinstance(details, Erased) else getattr(details, field)
        found[f"{field}_key"] = said.keys.get("details")
    return found
