"""What others have made is asked for through every field of the whole schema: by every id, below everything that may be seen, by
every list with every filter, in the past, and by everything that can be followed. A new field is asked by itself."""

import base64
from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
)

from domain.access.commands.invitation import IssueInvitation, RedeemInvitation
from domain.access.ids import ResourceId
from domain.directory.commands.person import AddPerson, SuspendPerson
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.membership import AddMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.ids import global_id, read_id
from interfaces.graphql.service import Checked
from projections.engine.registry import models
from tests.access.others import CHANNELS, SECRET, Rows, happened
from tests.graphql.club import ROOMY
from tests.live.clients import talking
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

KNOWN_TO_STAFF = {
    *("Person", "StaffMember", "DepartmentPerson", "Department", "DepartmentMembership", "DepartmentStint"),
    *("ManagerAbove", "DottedLine", "Post", "PostHolding", "Administrator", "Role", "RoleAction", "Module"),
    *("UserGroup", "UserGroupMember", "DeliveryRules", "ReceiptRules", "ReminderRules"),
}
"""DIR-4: the organisation, and what holds for everybody, is known to all who belong to it, and nothing else of others is."""
KNOWN_TO_GUESTS = {"DeliveryRules", "ReceiptRules", "ReminderRules"}
"""ACC-3: a guest is bound to their scope."""


class World(NamedTuple):
    """A server, everything that others have made there, and who attacks."""

    served: Served
    others: Rows
    end: int
    attackers: dict[str, Client]

    def closed(self, who: str) -> Collection[str]:
        """The read models of which somebody sees nothing that others have made."""
        return models().keys() - (KNOWN_TO_GUESTS if who == "guest" else KNOWN_TO_STAFF)


@pytest.fixture(scope="module")
async def world(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            others = await happened(served)
            end = int(await served.head())
            attackers = {"outsider": await served.person("Eve"), "guest": served.client(await _guest(served))}
            attackers["suspended"] = await served.person("Mallory")
            await served.do(SuspendPerson(person=attackers["suspended"].person))
            await served.level()
            yield World(served, others, end, attackers)


async def _guest(served: Served) -> PersonId:
    """A guest with a channel of their own, and a host who came after all that."""
    host, guest, lobby, digest = PersonId(uuid4()), PersonId(uuid4()), ChannelId(uuid4()), "0" * 64
    await served.do(AddPerson(person=host, name="Host"))
    await served.do(OpenChannel(channel=lobby, name="lobby", visibility="private"), host)
    await served.do(PostMessage(channel=lobby, message=MessageId(uuid4()), text="welcome"), host)
    await served.do(IssueInvitation(digest=digest, resource=ResourceId(lobby), reason="r"), host)
    await served.do(RedeemInvitation(digest=digest, person=guest, name="Gustav"))
    await served.do(AddMember(channel=lobby, person=guest), host)
    return guest


WHO = pytest.mark.parametrize("who", ["outsider", "guest", "suspended"])
PAST = pytest.mark.parametrize("past", [False, True], ids=["now", "past"])


async def test_others_have_made_one_of_everything(world: World) -> None:
    assert [name for name, rows in world.others.items() if not rows] == [], "let it happen in tests/access/others.py"


@WHO
@PAST
async def test_by_every_id(world: World, who: str, past: bool) -> None:
    wrong: list[Any] = []
    for name in world.closed(who) & world.others.keys():
        for key in world.others[name]:
            for said in (global_id(name, key), *([_then(name, key, world.end)] if past else [])):
                wrong += await _told(world, who, f"node(id: {_text(said)}) {{ __typename id }}", past)
    assert wrong == []


@WHO
@PAST
async def test_by_every_list_with_every_filter(world: World, who: str, past: bool) -> None:
    root = world.served.service.schema.query_type
    assert root
    wrong: list[Any] = []
    for name, field in root.fields.items():
        if name in ("at", "proof", "receipt", "position") or (past and name in ("couldHave", "exposure")):
            continue
        for arguments in _arguments(world, field):
            asked = f"{name}{arguments}{_selection(field, 0 if past or 'filter' in arguments else 1)}"
            wrong += await _told(world, who, asked, past)
    assert wrong == []


@WHO
@PAST
async def test_below_everything_that_may_be_seen(world: World, who: str, past: bool) -> None:
    wrong: list[Any] = []
    for name in models():
        type_ = world.served.service.schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        for key in [*world.others.get(name, {})][:2]:
            said = _text(_then(name, key, world.end) if past else global_id(name, key))
            for field_name, field in type_.fields.items():
                if is_leaf_type(get_named_type(field.type)) and not field.args:
                    continue
                for arguments in _arguments(world, field):
                    inner = f"{field_name}{arguments}{_selection(field, 0)}"
                    wrong += await _told(world, who, f"node(id: {said}) {{ ... on {name} {{ {inner} }} }}", False)
    assert wrong == []


@pytest.mark.parametrize("who", ["outsider", "guest"])
async def test_by_everything_that_can_be_followed(world: World, who: str) -> None:
    attacker, root = world.attackers[who], world.served.service.schema.subscription_type
    assert root
    heard: list[str] = []
    async with talking(attacker) as line:
        await line.follow("fence", "{ viewer { id } }")
        for number, (name, field) in enumerate(sorted(root.fields.items())):
            for place, channel in enumerate(CHANNELS.values()):
                given = [f"channel: {_text(global_id('Channel', channel))}"] if "channel" in field.args else []
                given += ['after: "0"'] if "after" in field.args else []
                arguments = f"({', '.join(given)})" if given else ""
                await line.follow(f"{number} {place}", f"subscription {{ {name}{arguments} {_change(field)} }}")
        await line.follow("end", "{ viewer { id } }")
        while not heard or '"end"' not in heard[-1]:
            heard.append(orjson.dumps(await line.hear()).decode())
        fence = await attacker.served.person("Newcomer")  # what is followed from the beginning has told what there was by then
        await fence.served.level()
        await line.follow("last", "{ viewer { id } }")
        while '"last"' not in heard[-1]:
            heard.append(orjson.dumps(await line.hear()).decode())
    ids = {str(key) for name in world.closed(who) & world.others.keys() for key in world.others[name]}
    wrong = [text for text in heard if SECRET in text or any(key in ids for key in _keys(orjson.loads(text)))]
    assert wrong == []


async def _told(world: World, who: str, asked: str, past: bool) -> list[Any]:
    """What an answer tells of what others have made."""
    text = f'{{ at(asOf: {{position: "{world.end}"}}) {{ {asked} }} }}' if past else f"{{ {asked} }}"
    checked = world.served.service.check(Request(text))
    assert isinstance(checked, Checked), (text, checked)
    answer = (await world.served.service.execute(checked, Session(world.attackers[who].person))).encoded()
    closed, told = world.closed(who), orjson.loads(answer)
    codes = {error.get("extensions", {}).get("code") for error in told.get("errors", ())}
    assert codes <= {"NOT_ACTIVE", "NOT_PERMITTED", "BAD_USER_INPUT"}, (text, told)
    found: list[Any] = [
        thing for thing in _things(told) if thing.type in closed and thing.key in world.others.get(thing.type, {})
    ]
    found += _miscounted(told)
    if SECRET in answer.decode():
        found.append(answer)
    return [(text, found)] if found else []


class Thing(NamedTuple):
    """An object that was shown."""

    type: str
    key: UUID


def _things(told: Any) -> Iterator[Thing]:
    for text in _strings(told):
        found = read_id(text) if len(text) > 40 else None
        if found is not None and found.type in models():
            yield Thing(found.type, found.key)


def _keys(told: Any) -> Iterator[str]:
    return (str(thing.key) for thing in _things(told))


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for each in told.values():
            yield from _strings(each)
    elif isinstance(told, list):
        for each in told:
            yield from _strings(each)


def _miscounted(told: Any) -> list[Any]:
    """Lists that say that there is more than they show."""
    if isinstance(told, list):
        return [wrong for each in told for wrong in _miscounted(each)]
    if not isinstance(told, dict):
        return []
    wrong = [wrong for each in told.values() for wrong in _miscounted(each)]
    if "totalCount" in told and told["totalCount"] != len(told.get("nodes") or ()):
        wrong.append(told)
    return wrong


def _arguments(world: World, field: GraphQLField) -> Iterator[str]:
    """Ways of calling a field: with whatever it must be given, and with each of its filters once."""
    must = [
        f"{name}: {_must(world, name, arg.type)}"
        for name, arg in field.args.items()
        if is_required_argument(arg) and arg.default is None
    ]
    if "first" in field.args:
        must.append("first: 100")
    yield f"({', '.join(must)})" if must else ""
    narrowed = field.args.get("filter")
    if narrowed is None:
        return
    type_ = get_named_type(narrowed.type)
    assert isinstance(type_, GraphQLInputObjectType)
    for name, each in type_.fields.items():
        operators = get_named_type(each.type)
        assert isinstance(operators, GraphQLInputObjectType), name
        for operator, given in operators.fields.items():
            value = _value(given.type)
            if value is not None:
                yield f"({', '.join([*must, f'filter: {{{name}: {{{operator}: {value}}}}}'])})"


def _value(type_: Any) -> str | None:
    named = get_named_type(type_)
    if not isinstance(named, GraphQLScalarType):
        return None
    values = {"String": _text(SECRET), "Boolean": "false", "DateTime": '"2020-01-01T00:00:00Z"', "Int": "0"}
    value = values.get(named.name)
    return f"[{value}]" if value and is_list_type(getattr(type_, "of_type", type_)) else value


def _must(world: World, name: str, type_: Any) -> str:
    """A value of an argument that can't be left out: what others have made, where it is an id."""
    match get_named_type(type_).name:
        case "ID":
            kind = {"person": "Person", "resource": "Message", "channel": "Channel"}.get(name, "Channel")
            return _text(global_id(kind, next(iter(world.others[kind]))))
        case "String":
            return _text(SECRET)
        case "DateTime":
            return '"2026-01-01T00:00:00Z"'
        case "AsOf":
            return f'{{position: "{world.end}"}}'
        case "Position":
            return f'"{world.end}"'
        case other:
            raise NotImplementedError(f"{name}: {other}")


def _selection(field: GraphQLField, depth: int) -> str:
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return ""
    if not is_object_type(named):
        return " { __typename id }" if "id" in getattr(named, "fields", {}) else " { __typename }"
    assert isinstance(named, GraphQLObjectType)
    return f" {{ {' '.join(_parts(named, depth))} }}"


def _parts(type_: GraphQLObjectType, depth: int) -> Iterator[str]:
    """All leaves of a type, and of what it leads to."""
    yield "__typename"
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if any(is_required_argument(arg) and arg.default is None for arg in field.args.values()):
            continue
        if is_leaf_type(named):
            yield name
        elif type_.name.endswith("Connection") and name == "nodes":
            yield f"{name}{_selection(field, depth)}"
        elif type_.name.endswith("Connection") and name == "edges" and "nodes" not in type_.fields:
            yield f"{name} {{ node {{ __typename }} }}"
        elif depth > 0 and not type_.name.endswith(("Connection", "Edge")) and named.name != "PageInfo":
            yield f"{name}{'(first: 100)' if 'first' in field.args else ''}{_selection(field, depth - 1)}"


def _change(field: GraphQLField) -> str:
    """All that a subscription may deliver."""
    named = get_named_type(field.type)
    assert isinstance(named, GraphQLUnionType)
    depths = [(type_, 1 if type_.name.endswith("Change") else 0) for type_ in named.types]
    parts = [f"... on {type_.name} {{ {' '.join(_parts(type_, depth))} }}" for type_, depth in depths]
    return f"{{ __typename {' '.join(parts)} }}"


def _then(name: str, key: UUID, position: int) -> str:
    return base64.b64encode(f"{name}:{key}@{position}".encode()).decode()


def _text(value: str) -> str:
    return orjson.dumps(value).decode()
