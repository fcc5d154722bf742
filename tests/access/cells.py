"""Cells of who × what × where: a tree of departments of its own for each mutation, with somebody for every role in it, and the
mutation asked of each of them about things of their department, of one below, of one beside and of the one above."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from graphql import is_required_input_field

from domain.access.built_in import BUILT_IN
from domain.access.commands.administration import AppointAdministrator
from domain.access.commands.grant import GrantPermission
from domain.access.commands.invitation import IssueInvitation, RedeemInvitation
from domain.access.commands.role import DefineRole
from domain.access.ids import GrantId, ResourceId, RoleId
from domain.access.secrets import invitation_id
from domain.compliance.commands import OpenCase
from domain.compliance.events import CaseId, DataKeyCreated
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import AppointLeader, JoinDepartment
from domain.directory.commands.person import AddPerson, SuspendPerson
from domain.directory.commands.post import OpenPost
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import OpenDepartmentChannel
from domain.messaging.commands.draft import SaveDraft
from domain.messaging.commands.membership import AddMember, ChangeRole, InviteToChannel
from domain.messaging.commands.message import PostMessage
from domain.messaging.commands.poll import OpenPoll
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.commands.user_group import CreateUserGroup
from domain.messaging.ids import ChannelId, MessageId, PollId, ScheduledMessageId, UserGroupId
from domain.notifications.commands.notification import NotifyPeople
from interfaces.graphql.ids import global_id
from interfaces.graphql.schema.writing import Mutation
from tests.access.duties import ACTIONS, MAY, ROLES, may
from tests.support.schemas import whole_schema
from tests.support.serving import Client, Served

SCHEMA = whole_schema()
assert SCHEMA.mutation_type
MUTATIONS: dict[str, Mutation] = {
    name: field.extensions["mutation"] for name, field in SCHEMA.mutation_type.fields.items() if "mutation" in field.extensions
}
PLACES = ("own", "below", "beside", "above")
CLOSED = {"NotPermitted", "NotFound", "ViewOnly", "GuestTimeOver", "ModuleOff"}
"""What somebody is answered who may not; everything else says that they may, and what stands against it if anything."""


@dataclass
class Place:
    """A department with somebody who belongs there first of all, and has made one of everything."""

    department: DepartmentId
    person: PersonId
    things: dict[str, UUID] = field(default_factory=dict)


class Actor(NamedTuple):
    """Somebody, with what holds of them at each place, in the words of `duties`."""

    name: str
    person: PersonId
    facts: Mapping[str, set[str]]


class Cell(NamedTuple):
    """What somebody was answered, and whether they should be let."""

    actor: str
    place: str
    answer: str
    expected: bool

    @property
    def wrong(self) -> bool:
        """Whether they were let where they should not be, or the other way round."""
        return (self.answer not in CLOSED) is not self.expected


class Staff(NamedTuple):
    """Those who are the same in all trees."""

    served: Served
    primary: PersonId
    suspended: PersonId
    stranger: PersonId
    owner: PersonId
    leader: PersonId
    colleague: PersonId
    administrator: PersonId
    holders: Mapping[str, PersonId]

    @classmethod
    async def come(cls, served: Served, holders: tuple[str, ...]) -> "Staff":
        """`holders` are names for those who are granted something."""
        staff = cls._fields[1:-1]
        people = {name: PersonId(uuid4()) for name in (*staff, *holders)}
        await asyncio.gather(*(served.do(AddPerson(person=person, name=name)) for name, person in people.items()))
        for name in ("primary", "suspended"):
            await served.do(AppointAdministrator(person=people[name]))
        await served.do(SuspendPerson(person=people["suspended"]))
        found: dict[str, Any] = {name: people[name] for name in staff}
        return cls(served=served, holders={name: people[name] for name in holders}, **found)


def asked_for(mutation: str) -> str | None:
    """The action by which a grant lets somebody do it, by the table of duties."""
    return next((fact for fact in sorted(MAY[mutation]) if fact in ACTIONS), None)


def given_to(holder: str, mutation: str) -> set[str]:
    """What a holder is granted within their department: a role, one action, that which is asked for, or all but that."""
    if holder in ACTIONS:
        return {holder}
    wanted = {asked_for(mutation)} - {None}
    return {"wanted": {each for each in wanted if each}, "everything else": ACTIONS.keys() - wanted}.get(holder, set())


async def tree(staff: Staff, mutation: str) -> tuple[dict[str, Place], list[Actor]]:
    """A tree for one mutation, and everybody who asks it."""
    served = staff.served
    places = {name: Place(DepartmentId(uuid4()), PersonId(uuid4())) for name in PLACES}
    own, above = places["own"].department, places["above"].department
    await served.do(OpenDepartment(department=above, name="above"))
    for name, parent in (("own", above), ("beside", above), ("below", own)):
        await served.do(OpenDepartment(department=places[name].department, name=name, parent=parent))
    await asyncio.gather(*(_settle(served, mutation, place) for place in places.values()))
    guests = await _people_of(staff, mutation, places["own"])
    await served.level()
    return places, [*_staff(staff, mutation, places), *guests]


async def _settle(served: Served, mutation: str, place: Place) -> None:
    """Lets somebody belong there who has made everything that the mutation is about."""
    await served.do(AddPerson(person=place.person, name="resident"))
    await served.do(JoinDepartment(department=place.department, person=place.person, primary=True))
    place.things |= {"Person": place.person, "Department": place.department, "Channel": uuid4()}
    await served.do(
        OpenDepartmentChannel(channel=ChannelId(place.things["Channel"]), department=place.department, name="channel"),
        place.person,
    )
    for kind in _kinds(mutation):
        if kind not in place.things:
            place.things[kind] = await MAKE[kind](served, place)
    if mutation == "discardDraft":
        await served.do(SaveDraft(channel=ChannelId(place.things["Channel"]), text="draft"), place.person)


async def _people_of(staff: Staff, mutation: str, own: Place) -> list[Actor]:
    """Gives everybody their place in the own department, and lets two guests into its channel."""
    served, channel = staff.served, ChannelId(own.things["Channel"])
    wishes: list[Command] = [
        AppointAdministrator(person=staff.administrator, department=own.department),
        JoinDepartment(department=own.department, person=staff.colleague),
    ]
    for holder, person in staff.holders.items():
        terms: dict[str, Any] = {"person": person, "within": own.department, "reason": "r"}
        if holder in BUILT_IN:
            wishes.append(GrantPermission(grant=GrantId(uuid4()), built_in=holder, **terms))
        wishes += [GrantPermission(grant=GrantId(uuid4()), action=each, **terms) for each in given_to(holder, mutation)]

    async def leads() -> None:
        await served.do(JoinDepartment(department=own.department, person=staff.leader))
        await served.do(AppointLeader(department=own.department, person=staff.leader))

    async def owns() -> None:
        await served.do(AddMember(channel=channel, person=staff.owner))
        await served.do(ChangeRole(channel=channel, person=staff.owner, role="owner"))

    if mutation in ("acceptInvitation", "declineInvitation"):
        wishes.append(InviteToChannel(channel=channel, person=staff.stranger))
    await asyncio.gather(leads(), owns(), *map(served.do, wishes))
    guest, supplier = await asyncio.gather(_guest(served, channel), _guest(served, channel, view_only=True))
    return [
        Actor("invited guest", guest, {"own": {"guest", "member", *_counted(mutation)}}),
        Actor("invited supplier", supplier, {}),
    ]


async def _guest(served: Served, channel: ChannelId, **terms: Any) -> PersonId:
    """Somebody who came by a code for the channel, and takes part in it."""
    digest, person = sha256(uuid4().bytes).hexdigest(), PersonId(uuid4())
    await served.do(IssueInvitation(digest=digest, resource=ResourceId(channel), reason="r", **terms))
    await served.do(RedeemInvitation(digest=digest, person=person, name="guest"))
    await served.do(AddMember(channel=channel, person=person))
    return person


def _staff(staff: Staff, mutation: str, places: Mapping[str, Place]) -> Iterator[Actor]:
    """Those who are employed, with what is said of them by the mission alone."""
    employed = {"employee"}
    everywhere = dict.fromkeys(PLACES, employed)
    yield Actor("suspended primary administrator", staff.suspended, {})
    invited = {"invited"} if mutation in ("acceptInvitation", "declineInvitation") else set()
    yield Actor("stranger", staff.stranger, everywhere | {"own": employed | invited})
    yield Actor("colleague", staff.colleague, everywhere | {"own": employed | {"member"}})
    yield Actor("leader", staff.leader, everywhere | {"own": employed | {"member", "leads"}})
    yield Actor("owner of the channel", staff.owner, everywhere | {"own": employed | {"member", "owner", *_counted(mutation)}})
    resident = {"member", "author", "oneself"}
    yield Actor("whoever made it", places["own"].person, everywhere | {"own": employed | resident})
    for holder, person in staff.holders.items():
        held = given_to(holder, mutation) | ROLES.get(holder, set())
        yield Actor(holder, person, everywhere | dict.fromkeys(("own", "below"), employed | held))
    below = {place: employed | {"administers"} for place in ("own", "below")}
    yield Actor("department administrator", staff.administrator, everywhere | below)
    yield Actor("primary administrator", staff.primary, {place: employed | {"primary"} for place in PLACES})


def _counted(mutation: str) -> set[str]:
    """Who was let into a channel counts as invited to it: accepting again changes nothing."""
    return {"invited"} if mutation in ("acceptInvitation", "declineInvitation") else set()


async def cells(staff: Staff, mutation: str, at: tuple[str, ...] = PLACES) -> list[Cell]:
    """Every cell of one mutation: those who may nowhere come first, so that nothing has changed when they ask."""
    places, actors = await tree(staff, mutation)
    at = at if _kinds(mutation) else at[:1]
    found: list[Cell] = []
    for actor in sorted(actors, key=lambda each: any(may(mutation, each.facts.get(place, set())) for place in at)):
        answers = await _ask(staff.served.client(actor.person), mutation, {place: places[place] for place in at})
        for place, answer in answers.items():
            found.append(Cell(actor.name, place, answer, may(mutation, actor.facts.get(place, set()))))
    return found


async def _ask(who: Client, mutation: str, places: Mapping[str, Place]) -> dict[str, str]:
    """What somebody is answered at each place, in one request."""
    name = mutation[0].upper() + mutation[1:]
    heads = ", ".join(f"${place}: {name}Input!" for place in places)
    body = " ".join(f"{place}: {mutation}(input: ${place}) {{ __typename }}" for place in places)
    data = await who.ask(f"mutation ({heads}) {{ {body} }}", {place: given(mutation, places[place]) for place in places})
    return {place: data[place]["__typename"] for place in places}


def given(mutation: str, place: Place) -> dict[str, Any]:
    """An input about things of a place: what must be said, and of the rest whatever department it is about."""
    found: dict[str, Any] = {}
    for name, each in MUTATIONS[mutation].input.fields.items():
        said = MUTATIONS[mutation].input.type.fields[name]
        kind = each.kind
        if kind.of == "Resource":
            value: Any = global_id("Channel", place.things["Channel"])
        elif kind.of is not None:
            value = global_id(kind.of, place.things.get(kind.of) or uuid4())
        else:
            value = _value(name, kind)
        if is_required_input_field(said) or (kind.of == "Department" and not kind.several):
            found[name] = [value] if kind.several else value
    otherwise = OTHERWISE.get(mutation)
    return found | (otherwise(place) if otherwise else {})


def _value(name: str, kind: Any) -> Any:
    if kind.choices:
        return kind.choices[0].upper()
    leaf = kind.leaf.name if kind.leaf is not None else "String"
    numbered = {"Boolean": False, "Int": 1, "Long": "1", "DateTime": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
    return numbered.get(leaf, str(uuid4()))


OTHERWISE: dict[str, Callable[[Place], dict[str, Any]]] = {
    "grantPermission": lambda place: {
        "department": None,
        "person": global_id("Person", place.person),
        "action": "access.permission.grant",
    },
    "openDirectChannel": lambda place: {"people": [global_id("Person", each) for each in (place.person, uuid4())]},
    "switchModule": lambda _: {"module": "messaging", "switch": "ON"},
    "defineRole": lambda _: {"actions": ["messaging.channel.read"]},
    "redefineRole": lambda _: {"actions": ["messaging.channel.read"]},
    "issueInvitation": lambda _: {"digest": sha256(uuid4().bytes).hexdigest()},
    "inviteGuest": lambda _: {"digest": sha256(uuid4().bytes).hexdigest()},
    "offerSignIn": lambda _: {"digest": sha256(uuid4().bytes).hexdigest()},
    "authorisePurge": lambda _: {"position": str(2**40)},
    "changeReminderRules": lambda _: {"workingDays": ["MONDAY"], "everyMinutes": 60, "timeZone": "UTC"},
    "chooseQuietHours": lambda _: {"starts": "22:00", "ends": "07:00"},
    "chooseWebhook": lambda _: {
        "url": "https://example.com/hook",
        "secret": "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    },
    "openPoll": lambda _: {"options": ["yes", "no"]},
    "readInbox": lambda _: {"upto": "1"},
}
"""What can't be filled in by kind alone."""


def _kinds(mutation: str) -> list[str]:
    """The kinds of things that it is about; with none, it is the same everywhere."""
    fields = MUTATIONS[mutation].input.fields
    types = MUTATIONS[mutation].input.type.fields
    said = [(each.kind, is_required_input_field(types[name])) for name, each in fields.items()]
    kinds = [kind.of for kind, must in said if kind.of and (must or (kind.of == "Department" and not kind.several))]
    return [kind if kind != "Resource" else "Channel" for kind in dict.fromkeys(kinds)]


Maker = Callable[[Served, Place], Awaitable[UUID]]


async def _message(served: Served, place: Place) -> UUID:
    message = uuid4()
    said = PostMessage(channel=ChannelId(place.things["Channel"]), message=MessageId(message), text="hello")
    await served.do(said, place.person)
    return message


async def _poll(served: Served, place: Place) -> UUID:
    poll = uuid4()
    asked = OpenPoll(
        channel=ChannelId(place.things["Channel"]),
        message=MessageId(uuid4()),
        poll=PollId(poll),
        question="when?",
        options=("now", "then"),
    )
    await served.do(asked, place.person)
    return poll


async def _scheduled(served: Served, place: Place) -> UUID:
    scheduled = uuid4()
    wish = ScheduleMessage(
        channel=ChannelId(place.things["Channel"]),
        scheduled_message=ScheduledMessageId(scheduled),
        at=datetime.now(UTC) + timedelta(days=1),
        text="later",
    )
    await served.do(wish, place.person)
    return scheduled


async def _group(served: Served, place: Place) -> UUID:
    group = uuid4()
    await served.do(CreateUserGroup(group=UserGroupId(group), name="group"), place.person)
    return group


async def _post(served: Served, place: Place) -> UUID:
    post = uuid4()
    await served.do(OpenPost(post=PostId(post), name="post", department=place.department))
    return post


async def _grant(served: Served, place: Place) -> UUID:
    grant = uuid4()
    terms: dict[str, Any] = {"person": place.person, "action": "messaging.channel.read", "within": place.department}
    await served.do(GrantPermission(grant=GrantId(grant), reason="r", **terms), place.person)
    return grant


async def _role(served: Served, place: Place) -> UUID:
    role = uuid4()
    await served.do(DefineRole(role=RoleId(role), name="role", actions=("messaging.channel.read",)))
    return role


async def _invitation(served: Served, place: Place) -> UUID:
    digest = sha256(uuid4().bytes).hexdigest()
    resource = ResourceId(place.things["Channel"])
    await served.do(IssueInvitation(digest=digest, resource=resource, reason="r"), place.person)
    return invitation_id(digest)


async def _case(served: Served, place: Place) -> UUID:
    case = uuid4()
    ends = datetime.now(UTC) + timedelta(days=1)
    scope: dict[str, Any] = {"channels": (place.things["Channel"],), "auditors": (place.person,)}
    await served.do(OpenCase(case=CaseId(case), purpose="p", ends_at=ends, **scope))
    return case


async def _notification(served: Served, place: Place) -> UUID:
    told = NotifyPeople(people=(place.person,), kind="mention", thing_kind="message", thing=uuid4())
    await served.do(told)
    return told.notification


async def _key(served: Served, place: Place) -> UUID:
    """The key of what somebody said."""
    await _message(served, place)
    codec, head = served.organisation.codec, int(await served.head())
    rows = await served.organisation.log.reader.read(max(0, head - 500), 500)
    made = [row for row in rows if row.type == DataKeyCreated.wire]
    owners = {codec.finish(codec.parse(row), {}).event.owner: row.stream for row in made}  # type: ignore[attr-defined]
    return UUID(owners[place.person].rpartition("/")[2])


MAKE: dict[str, Maker] = {
    "Message": _message,
    "Poll": _poll,
    "ScheduledMessage": _scheduled,
    "UserGroup": _group,
    "Post": _post,
    "Grant": _grant,
    "Role": _role,
    "Invitation": _invitation,
    "Case": _case,
    "Notification": _notification,
    "Key": _key,
}
"""How a thing of each kind comes to be at a place; a new kind needs a line here."""
