"""Random histories of several people who read, ask for replies, raise alarms and write for later, while time passes.

What everybody is shown, and what timers did, is compared with a model that was written apart from the product.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from itertools import count
from typing import Any, Literal, get_args
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from prometheus_client import CollectorRegistry

from application.timers.runner import TimerRunner
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import derived
from domain.kernel.refusals import Refusal
from domain.messaging.commands.channel import ChangeHistoryVisibility, OpenDepartmentChannel
from domain.messaging.commands.expected_reply import ChangeReminderRules, ExpectReply, ReleaseReply
from domain.messaging.commands.membership import JoinChannel, LeaveChannel
from domain.messaging.commands.message import PostMessage, RetractMessage
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.commands.reading import ChangeReadReceipts, MarkRead
from domain.messaging.commands.scheduled import CancelScheduledMessage, ScheduleMessage
from domain.messaging.commands.urgent import AcknowledgeMessage, LiftUrgency, MarkUrgent
from domain.messaging.events.expected_reply import Weekday
from domain.messaging.ids import ScheduledMessageId
from domain.messaging.message import Message
from infra.postgres.agenda import PostgresAgenda
from infra.telemetry.structured import StructuredTelemetry
from interfaces.graphql.ids import global_id
from projections.engine.registry import models
from tests.support.clocks import MovedClock
from tests.support.organisations import ask, channel, message, person, settle
from tests.support.postgres import Database, fresh_database
from tests.verification.readers import AFTER, ALARM_AT_MOST, ALARM_EVERY, EVERY, PLACES, UNTIL, Plan, Readers, Said
from tests.verification.two_processes import TwoProcesses, two_processes

PEOPLE = ("boss", "ann", "bo", "chen")
SALES = DepartmentId(derived("test department", "sales"))
EVERYTHING = """{
  channels(first: 9) { nodes {
    id unreadCount mentionCount messages(first: 99) { nodes { ...Shown replies(first: 99) { nodes { ...Shown } } } }
  } }
  scheduledMessages(first: 99) { nodes { text heldBack } }
}
fragment Shown on Message {
  id
  recipients(first: 9) { nodes { read person { id } } }
  awaitedReplies(first: 9) { nodes { person { id } answered reminders ended } }
  alerts(first: 9) { nodes { person { id } times acknowledgedAt ended } }
}"""
NAMES = {global_id("Person", person(name)): name for name in PEOPLE}
WHERE = {global_id("Channel", channel(place)): place for place in PLACES}

who = st.sampled_from(PEOPLE)
where = st.sampled_from(PLACES)


class Reading(RuleBasedStateMachine):
    """Whatever people do and however time passes, everybody is shown what the model says."""

    def __init__(self, fresh: Callable[[ExitStack], Database]) -> None:
        super().__init__()
        self.model, self.clock, self.numbers = Readers(PEOPLE), MovedClock(), count()
        self.began = self.clock()
        self.acted = 0
        self.outside, self.inside = ExitStack(), AsyncExitStack()
        self.loop = self.outside.enter_context(asyncio.Runner())
        self.processes: TwoProcesses
        self.timers: list[TimerRunner] = []
        self.loop.run(self._open(fresh(self.outside)))

    async def _open(self, database: Database) -> None:
        self.processes = await self.inside.enter_async_context(two_processes(database, self.clock))
        first = self.processes.organisations[0]
        await settle(first, *PEOPLE)
        days = get_args(Weekday)
        for command in (
            OpenDepartment(department=SALES, name="Sales 销售"),
            OpenDepartmentChannel(channel=channel("sales"), department=SALES, name="sales"),
            ChangeReminderRules(
                after_minutes=int(AFTER * 60),
                every_minutes=int(EVERY * 60),
                until_hours=int(UNTIL),
                working_days=days,
                time_zone="Asia/Shanghai",
            ),
        ):
            assert (await ask(first, command, person("boss"))).refusal is None
        head = await first.log.reader.head()
        self.model.since["general"] = dict.fromkeys(PEOPLE, head)
        agenda = PostgresAgenda(self.processes.service.reads.queries, self.processes.progress, first.schema, models())
        telemetry = StructuredTelemetry(CollectorRegistry())
        self.timers = [each.timers(telemetry, agenda) for each in self.processes.organisations]
        self.policies = first.policies(telemetry, self.processes.progress)

    def teardown(self) -> None:
        try:
            self.look()
        finally:
            self.loop.run(self.inside.aclose())
            self.outside.close()

    def do(self, name: str, command: Command, *, allowed: bool = True) -> int | None:
        """Has somebody ask; the position if it was done."""
        outcome = self.loop.run(self.processes.ask(next(self.numbers) % 2, command, person(name), uuid4()))
        assert isinstance(outcome.refusal, Refusal) is not allowed, (name, command, outcome)
        return outcome.position if allowed else None

    def settle(self) -> None:
        """Policies act and timers look, twice: what is planned at the first look may be due at the second."""
        self.acted = self.loop.run(self.policies.advance(self.acted))
        self.model.act()
        for timers in self.timers:
            self.loop.run(timers.look())
            for plan in self.model.look():
                position = self.loop.run(self.position_of(plan.name))
                self.model.say(self.new(plan.name, plan.author, plan.place, position, None, frozenset()))

    async def position_of(self, name: str) -> int:
        states = self.processes.organisations[1].platform.states
        stream = Message.at(message(name)).stream
        await states.reload([stream])
        found = states.view(Message, stream)
        assert found is not None
        assert found.exists, f"{name} should have been said by now"
        return found.began

    def new(self, name: str, author: str, place: str, position: int, thread: str | None, mentions: frozenset[str]) -> Said:
        return Said(name, author, place, position, thread, mentions, frozenset(self.model.members(place) - {author}))

    @initialize()
    def begin(self) -> None:
        """Something to begin with: a message in each place, of which a reply is expected, and that is urgent; one calls Sales."""
        for name in PEOPLE[1:]:
            self.belong(name, ends=False)
        for name, place in zip(PEOPLE[1:], ("general", "sales", "general"), strict=True):
            self.post(name, place, frozenset(PEOPLE[:3]), None)
        for said in list(self.model.said.values())[:2]:
            self.ask_for_reply(said, 5, frozenset())
            self.mark_urgent(said)
        self.post("boss", "general", frozenset(), None, sales=True)
        self.look()

    @rule(name=who, place=where, mentioned=st.sets(who, max_size=2), sales=st.booleans(), data=st.data())
    def say(self, name: str, place: str, mentioned: set[str], sales: bool, data: st.DataObject) -> None:
        roots = [said.name for said in self.model.said.values() if said.place == place and said.thread is None]
        self.post(name, place, frozenset(mentioned), data.draw(st.sampled_from([None, *roots])), sales=sales)

    def post(self, name: str, place: str, mentioned: frozenset[str], thread: str | None, *, sales: bool = False) -> None:
        new, allowed = f"message {next(self.numbers)}", name in self.model.members(place)
        if thread is not None:
            allowed = self.model.reaches(name, self.model.said[thread])
        command = PostMessage(
            channel=channel(place),
            message=message(new),
            text=new,
            thread=message(thread) if thread else None,
            mentions=tuple(map(person, sorted(mentioned))),
            departments=(SALES,) if sales else (),
        )
        if position := self.do(name, command, allowed=allowed):
            said = self.new(new, name, place, position, thread, mentioned)
            said.calls_sales = sales
            self.model.say(said)

    @rule(place=where, history=st.sampled_from(["all", "joined"]))
    def settle_history(self, place: str, history: Literal["all", "joined"]) -> None:
        self.do("boss", ChangeHistoryVisibility(channel=channel(place), history=history))
        self.model.history[place] = history

    @rule(name=who, data=st.data())
    def read(self, name: str, data: st.DataObject) -> None:
        if said := self.chosen(data):
            allowed = self.model.reaches(name, said)
            if self.do(name, MarkRead(message=message(said.name)), allowed=allowed):
                self.model.read(name, said.name)

    @rule(name=who, back=st.booleans(), data=st.data())
    def sign(self, name: str, back: bool, data: st.DataObject) -> None:
        if said := self.chosen(data):
            wish = RemoveReaction if back else AddReaction
            allowed = self.model.reaches(name, said) and (back or not said.retracted)
            if self.do(name, wish(message=message(said.name), emoji="👌"), allowed=allowed):
                self.model.sign(name, said, back=back)

    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        if (said := self.chosen(data)) and said.author in self.model.members(said.place):
            self.do(said.author, RetractMessage(message=message(said.name)))
            said.retracted = True

    @rule(hours=st.integers(2, 9), some=st.sets(who), data=st.data())
    def expect(self, hours: int, some: set[str], data: st.DataObject) -> None:
        said = self.chosen(data)
        if said and said.asked_of is None and not said.retracted and said.author in self.model.members(said.place):
            self.ask_for_reply(said, hours, frozenset(some))

    def ask_for_reply(self, said: Said, hours: int, some: frozenset[str]) -> None:
        by = self.model.now + hours + 0.7
        due = self.began + timedelta(hours=by)
        people = tuple(map(person, sorted(some)))
        self.do(said.author, ExpectReply(message=message(said.name), due=due, people=people, sign="👌"))
        said.reply_by, said.asked_of = by, some - {said.author} if some else said.recipients
        self.settle()

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        said = self.chosen(data)
        if said and said.asked_of is not None and self.knows(said):
            self.do(said.author, ReleaseReply(message=message(said.name)))
            self.model.release(said)

    @rule(data=st.data())
    def alarm(self, data: st.DataObject) -> None:
        said = self.chosen(data)
        if said and not said.urgent and not said.retracted and said.author in self.model.members(said.place):
            self.mark_urgent(said)

    def mark_urgent(self, said: Said) -> None:
        command = MarkUrgent(message=message(said.name), every_minutes=int(ALARM_EVERY * 60), at_most=ALARM_AT_MOST)
        self.do(said.author, command)
        said.urgent = True
        self.settle()

    @rule(name=who, data=st.data())
    def acknowledge(self, name: str, data: st.DataObject) -> None:
        if said := self.chosen(data):
            acknowledged = name in said.alarms and said.alarms[name].acknowledged
            allowed = self.model.reaches(name, said) and (acknowledged or (said.urgent and name != said.author))
            if self.do(name, AcknowledgeMessage(message=message(said.name)), allowed=allowed):
                self.model.acknowledge(name, said)

    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        if (said := self.chosen(data)) and said.urgent and self.knows(said):
            self.do(said.author, LiftUrgency(message=message(said.name)))
            self.model.lift(said)

    @rule(name=who, place=where, hours=st.integers(0, 5))
    def plan(self, name: str, place: str, hours: int) -> None:
        new, at = f"message {next(self.numbers)}", self.model.now + hours + 0.3
        time = self.began + timedelta(hours=at)
        which = ScheduledMessageId(message(new))
        command = ScheduleMessage(channel=channel(place), scheduled_message=which, at=time, text=new)
        if self.do(name, command, allowed=name in self.model.members(place)):
            self.model.plans[new] = Plan(new, name, place, at)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.model.plans:
            plan = self.model.plans.pop(data.draw(st.sampled_from([*self.model.plans])))
            self.do(plan.author, CancelScheduledMessage(scheduled_message=ScheduledMessageId(message(plan.name))))

    @rule(name=st.sampled_from(PEOPLE[1:]), ends=st.booleans())
    def come_and_go(self, name: str, ends: bool) -> None:
        wish = LeaveChannel(channel=channel("general")) if ends else JoinChannel(channel=channel("general"))
        self.moved("general", name, self.do(name, wish), ends=ends)

    @rule(name=who, ends=st.booleans())
    def belong(self, name: str, ends: bool) -> None:
        wish = (LeaveDepartment if ends else JoinDepartment)(department=SALES, person=person(name))
        self.moved("sales", name, self.do("boss", wish), ends=ends)

    def moved(self, place: str, name: str, position: int | None, *, ends: bool) -> None:
        assert position is not None
        if ends:
            self.model.since[place].pop(name, None)
        else:
            self.model.since[place].setdefault(name, position)

    @rule(name=st.sampled_from(PEOPLE[1:]), place=where, ends=st.booleans())
    def say_when_somebody_moved(self, name: str, place: str, ends: bool) -> None:
        """The boss, who is everywhere, says something right after somebody came or went."""
        if place == "general":
            self.come_and_go(name, ends)
        else:
            self.belong("boss", ends=False)
            self.belong(name, ends)
        self.post("boss", place, frozenset({name}), None)

    @rule(name=st.sampled_from(PEOPLE[1:]), place=where, back=st.booleans())
    def come_anew_and_reach_back(self, name: str, place: str, back: bool) -> None:
        """Somebody goes and comes again, and wants to read and to answer what was said before, for those who were there then."""
        self.settle_history(place, "joined")
        self.belong("boss", ends=False)
        self.post("boss", place, frozenset({name}), None, sales=back)
        said = [*self.model.said.values()][-1]
        for ends in (True, False):
            if place == "general":
                self.come_and_go(name, ends)
            else:
                self.belong(name, ends)
        for wish in (MarkRead(message=message(said.name)), AddReaction(message=message(said.name), emoji="👌")):
            self.do(name, wish, allowed=False)
        self.post(name, place, frozenset(), said.name)

    @rule(data=st.data())
    def read_and_wait(self, data: st.DataObject) -> None:
        """Time passes after somebody has read of whom a reply is awaited, so that they are reminded."""
        if chosen := self.awaited(data, planned=False):
            self.do(chosen[1], MarkRead(message=message(chosen[0])))
            self.model.read(chosen[1], chosen[0])
        self.wait(4)

    @rule(data=st.data())
    def answer_and_wait(self, data: st.DataObject) -> None:
        """Time passes after somebody has answered, so that they are not reminded any more."""
        if chosen := self.awaited(data, planned=True):
            self.post(chosen[1], self.model.said[chosen[0]].place, frozenset(), chosen[0])
        self.wait(5)

    def awaited(self, data: st.DataObject, *, planned: bool) -> tuple[str, str] | None:
        """A message, and somebody who still owes a reply to it, if any."""
        owing = [
            (said.name, row.person)
            for said in self.model.said.values()
            for row in said.awaited.values()
            if row.ended is None and row.planned is planned and self.model.reaches(row.person, said) and not said.thread
        ]
        return data.draw(st.sampled_from(owing)) if owing else None

    @rule(shown=st.booleans())
    def settle_receipts(self, shown: bool) -> None:
        self.do("boss", ChangeReadReceipts(shown=shown))
        self.model.receipts = shown

    @rule(hours=st.integers(1, 5))
    def wait(self, hours: int) -> None:
        self.settle()
        self.clock.move(hours=hours)
        self.model.now += hours
        self.settle()

    @rule()
    def look(self) -> None:
        """Everybody is shown what the model says, and nothing else."""
        self.settle()
        for name in PEOPLE:
            found = self.loop.run(self.processes.read(EVERYTHING, person(name)))
            assert self.as_shown(found) == self.model.shown(name), name

    def as_shown(self, found: Any) -> dict[str, object]:
        # Every department gets a channel by itself, too, where nothing is said here.
        channels = [node for node in found["channels"]["nodes"] if node["id"] in WHERE]
        roots = [said for node in channels for said in node["messages"]["nodes"]]
        said = {self.name_of(one["id"]): one for root in roots for one in (root, *root["replies"]["nodes"])}
        return {
            "counts": {WHERE[n["id"]]: (n["unreadCount"], n["mentionCount"]) for n in channels},
            "receipts": {name: _by_person(one["recipients"], "read") for name, one in said.items()},
            "awaited": {name: _by_person(one["awaitedReplies"], "answered", "reminders", "ended") for name, one in said.items()},
            "alarms": {
                name: {
                    person: (times, at is not None, ended)
                    for person, (times, at, ended) in _by_person(one["alerts"], "times", "acknowledgedAt", "ended").items()
                }
                for name, one in said.items()
            },
            "plans": {n["text"]: n["heldBack"] is not None for n in found["scheduledMessages"]["nodes"]},
        }

    def chosen(self, data: st.DataObject) -> Said | None:
        """One of the messages, if any."""
        return self.model.said[data.draw(st.sampled_from([*self.model.said]))] if self.model.said else None

    def knows(self, said: Said) -> bool:
        """Whether its author still may know of the channel."""
        return said.place == "general" or said.author in self.model.members(said.place)

    def name_of(self, id_: str) -> str:
        return next(name for name in self.model.said if global_id("Message", message(name)) == id_)


def _by_person(nodes: Any, *fields: str) -> dict[str, Any]:
    """For each person in a connection, these fields."""
    shown = {NAMES[node["person"]["id"]]: tuple(node[name] for name in fields) for node in nodes["nodes"]}
    return {name: values[0] if len(fields) == 1 else values for name, values in shown.items()}


@pytest.mark.timeout(900)
def test_reading_reminders_and_alarms_are_as_they_should_be(postgres_server: str, database_template: str) -> None:
    class InDatabasesOfTheirOwn(Reading):
        def __init__(self) -> None:
            super().__init__(lambda stack: stack.enter_context(fresh_database(postgres_server, database_template)))

    run_state_machine_as_test(
        InDatabasesOfTheirOwn,
        # Shrinking would take many times as long as the search: the history that failed is told as it is.
        settings=settings(
            max_examples=6,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
