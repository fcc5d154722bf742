"""What is recorded about who may do what, and about what was refused."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.directory.events import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class AdministratorAppointed(Event, wire="access.administrator_appointed.v1"):
    """Somebody administers a department and those below it; without one, the whole organisation."""

    person: PersonId
    department: DepartmentId | None = None


class AdministratorDismissed(Event, wire="access.administrator_dismissed.v1"):
    """Somebody no longer administers a department; without one, the whole organisation."""

    person: PersonId
    department: DepartmentId | None = None


class CommandRefused(Event, wire="access.command_refused.v1"):
    """Somebody wished something that was not done. Never holds what they wrote, only what they aimed at.

    `targets` are the ids in the command, by field (a list counts its items: `people.0`); `rule` is what was lacking or
    stood against it, `missing` the authority that would have allowed it; `digest` is the command's SHA-256, in hex;
    `at` is when it was decided, since the rate is counted by it.
    """

    command: str
    refusal: str
    targets: Mapping[str, UUID] = {}
    rule: str | None = None
    missing: str | None = None
    digest: str
    at: datetime


class RefusalsCounted(Event, wire="access.refusals_counted.v1"):
    """So many more wishes of somebody were refused in a time, too fast to be written down each by itself.

    `counts` are by the refusal's name.
    """

    since: datetime
    until: datetime
    counts: Mapping[str, int]


AdministrationEvent = AdministratorAppointed | AdministratorDismissed
RefusalEvent = CommandRefused | RefusalsCounted

catalogue(AdministratorAppointed, AdministratorDismissed, CommandRefused, RefusalsCounted)
