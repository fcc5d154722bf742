"""Who reports to whom: one manager, who has none of their own line above them, and any number of dotted lines."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.commands.reporting import ChangeManager, DrawDottedLine, EraseDottedLine
from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased, ManagerChanged, ReportingEvent
from domain.directory.person import HasLeft, Person
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by, climb
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, Maybe, State

LEVELS = 32
"""How many managers may be above somebody, where they get one."""


class ReportingLine(State[ReportingEvent], kind="directory.reporting", key=(PersonId,)):
    """To whom somebody reports. Where a manager has left, whoever took over from them stands in; the line stays as it is."""

    manager: PersonId | None = None
    dotted: frozenset[PersonId] = frozenset()

    def evolve(self, event: ReportingEvent) -> "ReportingLine":
        match event:
            case ManagerChanged(manager=manager):
                return replace(self, manager=manager)
            case DottedLineDrawn(to=to):
                return replace(self, dotted=self.dotted | {to})
            case DottedLineErased(to=to):
                return replace(self, dotted=self.dotted - {to})
            case _:
                assert_never(event)


class WouldReportToThemselves(Refusal, frozen=True):
    """Nobody reports to themselves, neither directly nor through others."""

    person: Annotated[PersonId, "Who would report."]
    manager: Annotated[PersonId, "To whom: themselves, or somebody who reports to them."]


class TooManyManagers(Refusal, frozen=True):
    """The reporting line would become too long."""

    levels: Annotated[int, "How many managers may be above somebody."]


Above = tuple[Maybe[ReportingLine], ...] | None
"""The line of a manager with those of all who are above them. All of them are guarded, so that two changes at the same time
can't make a circle together; and a chain that is longer than what is loaded is refused for its length."""


def change_manager(
    command: ChangeManager,
    person: Person,
    manager: Person | None = by("manager"),
    line: Maybe[ReportingLine] = by("person"),
    above: Above = climb("manager", "manager"),
) -> Events | WouldReportToThemselves | TooManyManagers | HasLeft:
    if line.manager == command.manager:
        return NOTHING
    if command.manager and manager:
        if any(each.thing == command.person for each in above or ()):
            return WouldReportToThemselves(person=command.person, manager=command.manager)
        if len(above or ()) > LEVELS:
            return TooManyManagers(levels=LEVELS)
        if manager.status == "left":
            return HasLeft(person=command.manager)
    return line.records(ManagerChanged(person=command.person, manager=command.manager))


def draw_dotted(
    command: DrawDottedLine, person: Person, to: Person, line: Maybe[ReportingLine] = by("person")
) -> Events | WouldReportToThemselves | HasLeft:
    if command.to in line.dotted:
        return NOTHING
    if command.to == command.person:
        return WouldReportToThemselves(person=command.person, manager=command.to)
    if to.status == "left":
        return HasLeft(person=command.to)
    return line.records(DottedLineDrawn(person=command.person, to=command.to))


def erase_dotted(command: EraseDottedLine, person: Person, line: Maybe[ReportingLine] = by("person")) -> Events:
    if command.to not in line.dotted:
        return NOTHING
    return line.records(DottedLineErased(person=command.person, to=command.to))
