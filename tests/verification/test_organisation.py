"""Random histories of several people through two processes' platforms: decisions, refusals and what everybody is shown.

All of it is compared with a model that was written apart from the product. Every command may be repeated, by the other process.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from itertools import count
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import derived
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.commands.channel import ArchiveChannel, ChangeVisibility, OpenChannel, OpenDepartmentChannel, ReopenChannel
from domain.messaging.commands.membership import AddMember, ChangeRole, JoinChannel, LeaveChannel, RemoveMember
from domain.messaging.commands.message import EditMessage, RetractMessage
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from interfaces.graphql.ids import global_id
from tests.support.organisations import ask, channel, message, person, post, settle
from tests.support.postgres import Database, fresh_database
from tests.verification.two_processes import TwoProcesses, two_processes
from tests.verification.world import CHANNELS, Said, World

PEOPLE = ("ann", "bo", "chen")
SALES = DepartmentId(derived("test department", "sales"))
EVERYTHING = """{ channels(first: 9) { nodes { id archived
    members(first: 9) { nodes { person { id } } }
    messages(first: 99) { nodes { id text author { id } reactions(first: 99) { nodes { emoji person { id } } } } }
} } }"""
NAMES = {global_id("Person", person(name)): name for name in ("boss", *PEOPLE)}
PLACES = {global_id("Channel", channel(name)): name for name in CHANNELS}

who = st.sampled_from(("boss", *PEOPLE))
somebody = st.sampled_from(PEOPLE)
where = st.sampled_from(CHANNELS)
process = st.integers(0, 1)
signs = st.sampled_from("👍🎉")


class Organisation(RuleBasedStateMachine):
    """Whatever is asked is permitted, refused and shown as the model says."""

    def __init__(self, fresh: Callable[[ExitStack], Database]) -> None:
        super().__init__()
        self.world = World(PEOPLE)
        self.numbers = count()
        self.outside, self.inside = ExitStack(), AsyncExitStack()
        self.loop = self.outside.enter_context(asyncio.Runner())
        self.processes: TwoProcesses = self.loop.run(self._open(fresh(self.outside)))

    async def _open(self, database: Database) -> TwoProcesses:
        processes = await self.inside.enter_async_context(two_processes(database))
        await settle(processes.organisations[0], "boss", *PEOPLE)
        for command in (
            OpenDepartment(department=SALES, name="Sales 销售"),
            OpenDepartmentChannel(channel=channel("sales"), department=SALES, name="sales"),
            OpenChannel(channel=channel("secret"), name="secret", visibility="private"),
        ):
            assert (await ask(processes.organisations[0], command, person("boss"))).refusal is None
        return processes

    def teardown(self) -> None:
        try:
            self.look()
        finally:
            self.loop.run(self.inside.aclose())
            self.outside.close()

    def ask(self, at: int, name: str, command: Command, place: str, *, allowed: bool) -> bool:
        """Has somebody ask, then once more at the other process; whether it was done."""
        command_id = uuid4()
        outcome = self.loop.run(self.processes.ask(at, command, person(name), command_id))
        again = self.loop.run(self.processes.ask(1 - at, command, person(name), command_id))
        assert again == outcome, "the same command was answered otherwise the second time"
        if name not in self.world.active:
            assert outcome.refusal == NotPermitted(authority="active person")
            return False
        assert isinstance(outcome.refusal, NotPermitted | NotFound) is not allowed, (command, outcome)
        if not allowed:
            assert isinstance(outcome.refusal, NotFound) is not self.world.knows(name, place), (command, outcome)
        return outcome.refusal is None

    @rule(at=process, name=who, place=where)
    def say(self, at: int, name: str, place: str) -> None:
        new = f"message {next(self.numbers)}"
        allowed = name in self.world.members(place)
        done = self.ask(at, name, post(new, f"{new} 说", where=place), place, allowed=allowed)
        assert done is (allowed and name in self.world.active and place not in self.world.archived)
        if done:
            self.world.messages[new] = Said(name, place, f"{new} 说")

    @rule(at=process, name=who, data=st.data())
    def edit(self, at: int, name: str, data: st.DataObject) -> None:
        if chosen := self.message(data):
            said, text = self.world.messages[chosen], f"otherwise {next(self.numbers)}"
            allowed = name == said.author and name in self.world.members(said.channel)
            if self.ask(at, name, EditMessage(message=message(chosen), text=text), said.channel, allowed=allowed):
                assert said.text is not None
                said.text = text

    @rule(at=process, name=who, data=st.data())
    def retract(self, at: int, name: str, data: st.DataObject) -> None:
        if chosen := self.message(data):
            said = self.world.messages[chosen]
            its_own = name == said.author and self.world.knows(name, said.channel)
            allowed = its_own or self.world.keeps(name, said.channel)
            if self.ask(at, name, RetractMessage(message=message(chosen)), said.channel, allowed=allowed):
                said.text = None

    @rule(at=process, name=who, sign=signs, back=st.booleans(), data=st.data())
    def react(self, at: int, name: str, sign: str, back: bool, data: st.DataObject) -> None:
        if chosen := self.message(data):
            said = self.world.messages[chosen]
            wish = RemoveReaction if back else AddReaction
            allowed = name in self.world.members(said.channel)
            if self.ask(at, name, wish(message=message(chosen), emoji=sign), said.channel, allowed=allowed):
                (said.signs.discard if back else said.signs.add)((name, sign))

    @rule(at=process, name=who, place=where)
    def join(self, at: int, name: str, place: str) -> None:
        allowed, already = self.world.knows(name, place), name in self.world.members(place)
        if self.ask(at, name, JoinChannel(channel=channel(place)), place, allowed=allowed) and not already:
            self.world.joined[place].add(name)

    @rule(at=process, name=who, place=where)
    def leave(self, at: int, name: str, place: str) -> None:
        if self.ask(at, name, LeaveChannel(channel=channel(place)), place, allowed=self.world.knows(name, place)):
            self.world.end(name, place)

    @rule(at=process, name=who, other=who, place=where)
    def add(self, at: int, name: str, other: str, place: str) -> None:
        wish = AddMember(channel=channel(place), person=person(other))
        if self.ask(at, name, wish, place, allowed=self.world.adds(name, place)):
            self.world.joined[place].add(other)

    @rule(at=process, name=who, other=who, place=where)
    def remove(self, at: int, name: str, other: str, place: str) -> None:
        wish = RemoveMember(channel=channel(place), person=person(other))
        if self.ask(at, name, wish, place, allowed=self.world.keeps(name, place)):
            self.world.end(other, place)

    @rule(at=process, name=who, other=who, place=where, owner=st.booleans())
    def change_role(self, at: int, name: str, other: str, place: str, owner: bool) -> None:
        wish = ChangeRole(channel=channel(place), person=person(other), role="owner" if owner else "member")
        if self.ask(at, name, wish, place, allowed=self.world.keeps(name, place)):
            (self.world.owners[place].add if owner else self.world.owners[place].discard)(other)

    @rule(at=process, name=who, place=where, public=st.booleans())
    def change_visibility(self, at: int, name: str, place: str, public: bool) -> None:
        wish = ChangeVisibility(channel=channel(place), visibility="public" if public else "private")
        if self.ask(at, name, wish, place, allowed=self.world.keeps(name, place)):
            (self.world.public.add if public else self.world.public.discard)(place)

    @rule(at=process, name=who, place=where, again=st.booleans())
    def archive(self, at: int, name: str, place: str, again: bool) -> None:
        wish = ReopenChannel(channel=channel(place)) if again else ArchiveChannel(channel=channel(place))
        if self.ask(at, name, wish, place, allowed=self.world.keeps(name, place)):
            (self.world.archived.discard if again else self.world.archived.add)(place)

    @rule(at=process, name=somebody, ends=st.booleans())
    def belong(self, at: int, name: str, ends: bool) -> None:
        wish = LeaveDepartment if ends else JoinDepartment
        assert self.ask(at, "boss", wish(department=SALES, person=person(name)), "general", allowed=True)
        (self.world.sales.discard if ends else self.world.sales.add)(name)

    @rule(at=process, name=somebody, stays=somebody)
    def belong_no_longer(self, at: int, name: str, stays: str) -> None:
        """Somebody leaves the department, in which another stays."""
        for one, ends in ((stays, False), (name, False), (name, True)):
            self.belong(at, one, ends)
        self.look()

    @rule(at=process, name=somebody, ends=st.booleans())
    def suspend(self, at: int, name: str, ends: bool) -> None:
        wish = ReinstatePerson(person=person(name)) if ends else SuspendPerson(person=person(name))
        assert self.ask(at, "boss", wish, "general", allowed=True)
        (self.world.active.add if ends else self.world.active.discard)(name)

    @rule()
    def look(self) -> None:
        """Everybody is shown what the model says, and nothing else."""
        for name in ("boss", *PEOPLE):
            found = self.loop.run(self.processes.read(EVERYTHING, person(name)))
            if name not in self.world.active:
                assert found is None
                continue
            shown = {
                PLACES[node["id"]]: {
                    "archived": node["archived"],
                    "members": {NAMES[one["person"]["id"]] for one in node["members"]["nodes"]},
                    "messages": {self.name_of(each["id"]): _said(each) for each in node["messages"]["nodes"]},
                }
                for node in found["channels"]["nodes"]
            }
            assert shown == self.world.seen_by(name), name

    def message(self, data: st.DataObject) -> str | None:
        """One of those said so far, if any."""
        return data.draw(st.sampled_from([*self.world.messages])) if self.world.messages else None

    def name_of(self, id_: str) -> str:
        return next(name for name in self.world.messages if global_id("Message", message(name)) == id_)


def _said(node: dict[str, object]) -> tuple[str, object, set[tuple[str, str]]]:
    match node:
        case {"text": text, "author": {"id": str(author)}, "reactions": {"nodes": list(reactions)}}:
            return NAMES[author], text, {(NAMES[each["person"]["id"]], each["emoji"]) for each in reactions}
        case other:
            raise AssertionError(other)


def test_whatever_people_do_is_decided_and_shown_as_it_should_be(postgres_server: str, database_template: str) -> None:
    class InDatabasesOfTheirOwn(Organisation):
        def __init__(self) -> None:
            super().__init__(lambda stack: stack.enter_context(fresh_database(postgres_server, database_template)))

    run_state_machine_as_test(
        InDatabasesOfTheirOwn,
        settings=settings(max_examples=8, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)),
    )
