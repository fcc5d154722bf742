"""The library's application recorder on our log."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProgrammingError,
    StoredEvent,
    Subscription,
)

from application.ports.log import Append, Appended, NewRow
from infra.postgres.log.library.background import BackgroundLog
from infra.postgres.log.library.subscription import LogSubscription
from infra.postgres.log.statements import statement
from infra.system import random_id

_LAST = 2**62
_FROM_ZERO = "#0"
"""Ends the streams of aggregates that count their versions from 0: a stream of ours counts from 1."""


class OnRecordApplicationRecorder(ApplicationRecorder):
    """Appends the library's events to our log, and reads any event of the log as one of the library's.

    An aggregate's id is the name of its stream, its topic the event's type, its state the payload; the other columns stay
    empty. Notification ids are positions. Ids must be texts. Threads that append at the same time share commits.
    """

    def __init__(self, log: BackgroundLog) -> None:
        self.log = log
        self._head, self._page, ascending = (
            statement(name, log.organisation).decode() for name in ("head", "notifications", "aggregate")
        )
        self._aggregate = {desc: ascending.replace("{order}", "DESC" if desc else "ASC") for desc in (False, True)}

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Appends events, all or none, and answers their positions. Raises IntegrityError on a conflict.

        The events of an aggregate follow what it has without a gap. Raises DataError for what is too large,
        OperationalError while the database can't be used, ProgrammingError for an argument that isn't known here.
        """
        if unknown := [name for name, value in kwargs.items() if value is not None]:
            raise ProgrammingError(f"the log doesn't take {', '.join(unknown)}")
        return self._insert(stored_events, self.log.append) if stored_events else []

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of an aggregate, of its versions in (gt, lte]."""
        stream = _stream(originator_id)
        bounds = (-1 if gt is None else gt, _LAST if lte is None else lte, _LAST if limit is None else limit)
        rows = self.log.ask(self._aggregate[desc], ([stream, stream + _FROM_ZERO], [0, 1], *bounds))
        return [StoredEvent(stream, version, topic, state) for version, topic, state in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The log from one position to another, of all topics or some."""
        after = 0 if start is None else start - inclusive_of_start
        rows = self.log.ask(self._page, (after, _LAST if stop is None else stop, limit, list(topics)))
        return [
            Notification(stream.removesuffix(_FROM_ZERO), version - stream.endswith(_FROM_ZERO), topic, state, position)
            for position, stream, version, topic, state in rows
        ]

    def max_notification_id(self) -> int | None:
        """The last position; None for an empty log."""
        ((head,),) = self.log.ask(self._head, ())
        return head or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """The log from a position on, and what is appended to it until the subscription is stopped."""
        return LogSubscription(self, gt, topics)

    def _insert(self, events: Sequence[StoredEvent], append: Any) -> Sequence[int]:
        aggregates = [(stream, list(own)) for stream, own in groupby(events, lambda event: _stream(event.originator_id))]
        from_zero = {stream for stream, own in aggregates if own[0].originator_version == 0}
        appended: Appended | None = append(_request(aggregates, from_zero))
        if appended is None and (others := self._counted_from_zero(stream for stream, _ in aggregates) - from_zero):
            appended = append(_request(aggregates, from_zero | others))
        if appended is None or appended.first is None:
            raise IntegrityError(f"an aggregate of {', '.join(stream for stream, _ in aggregates)} has moved")
        return list(range(appended.first, appended.last + 1))

    def _counted_from_zero(self, streams: Any) -> set[str]:
        """Those of these aggregates that exist and count from 0."""
        return {stream for stream in streams if self.select_events(stream, gt=-1, lte=0, limit=1)}


def _request(aggregates: Sequence[tuple[str, Sequence[StoredEvent]]], from_zero: set[str]) -> Append:
    rows: list[NewRow] = []
    guards: dict[str, int] = {}
    for name, events in aggregates:
        origin = int(name in from_zero)
        stream, other = (name + _FROM_ZERO, name) if origin else (name, name + _FROM_ZERO)
        guards.setdefault(stream, events[0].originator_version + origin - 1)
        guards[other] = 0
        rows += [
            NewRow(
                random_id(),
                stream,
                event.originator_version + origin,
                event.topic,
                None,
                None,
                None,
                None,
                None,
                b"{}",
                event.state,
            )
            for event in events
        ]
    return Append(rows=rows, guards=guards)


def _stream(originator_id: UUID | str) -> str:
    if not isinstance(originator_id, str):
        raise ProgrammingError("ids of aggregates are texts here: they are the names of streams")
    return originator_id
