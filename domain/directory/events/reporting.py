"""What happens to reporting lines."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class ManagerChanged(Event, wire="directory.manager_changed.v1"):
    """Somebody reports to another person than before, or to nobody."""

    person: PersonId
    manager: PersonId | None = None


class DottedLineDrawn(Event, wire="directory.dotted_line_drawn.v1"):
    """Somebody reports to another person as well, beside their manager: for a project, a place, a profession."""

    person: PersonId
    to: PersonId


class DottedLineErased(Event, wire="directory.dotted_line_erased.v1"):
    """Somebody no longer reports to another person beside their manager."""

    person: PersonId
    to: PersonId


ReportingEvent = ManagerChanged | DottedLineDrawn | DottedLineErased

catalogue(ManagerChanged, DottedLineDrawn, DottedLineErased)
