"""The library's tracking on our database: how far an application has followed another, moved on with what it wrote."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from eventsourcing.persistence import IntegrityError, ProcessRecorder, ProgrammingError, StoredEvent, Tracking, TrackingRecorder

from infra.postgres.log.library.background import BackgroundLog
from infra.postgres.log.library.recorder import OnRecordApplicationRecorder
from infra.postgres.log.statements import statement


class OnRecordTrackingRecorder(TrackingRecorder):
    """Keeps, for each application that is followed, the last notification that was processed; it only moves forward."""

    def __init__(self, log: BackgroundLog) -> None:
        self.log = log
        self._track, self._tracked = (statement(name, log.organisation).decode() for name in ("track", "tracked"))

    def insert_tracking(self, tracking: Tracking) -> None:
        """Moves on. Raises IntegrityError if that, or a later notification, was processed already."""
        if not self.log.ask(self._track, (_name(tracking.application_name), tracking.notification_id)):
            raise IntegrityError(f"{tracking.application_name} was followed past {tracking.notification_id} already")

    def max_tracking_id(self, application_name: str) -> int | None:
        """The last notification of an application that was processed."""
        found = self.log.ask(self._tracked, (_name(application_name),))
        return found[0][0] if found else None


class OnRecordProcessRecorder(OnRecordTrackingRecorder, OnRecordApplicationRecorder, ProcessRecorder):
    """Appends what came of a notification and moves on past it, in one transaction."""

    def __init__(self, log: BackgroundLog) -> None:
        OnRecordApplicationRecorder.__init__(self, log)
        OnRecordTrackingRecorder.__init__(self, log)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, tracking: Tracking | None = None, **kwargs: Any
    ) -> Sequence[int] | None:
        """Appends as an application recorder does. With `tracking` it decides under the log's lock: one commit per call."""
        if tracking is None:
            return super().insert_events(stored_events, **kwargs)
        if not stored_events:
            self.insert_tracking(tracking)
            return super().insert_events([], **kwargs)
        if kwargs:
            raise ProgrammingError(f"the log doesn't take {', '.join(kwargs)} with tracking")
        follower = _name(tracking.application_name)
        return self._insert(stored_events, partial(self.log.append_tracked, follower=follower, position=tracking.notification_id))


def _name(application: str) -> str:
    return f"tracking/{application}"
