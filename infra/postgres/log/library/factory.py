"""The library's factory, which chooses our recorders."""

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    NotSupportedError,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic

from infra.postgres.log.library.background import BackgroundLog
from infra.postgres.log.library.recorder import OnRecordApplicationRecorder
from infra.postgres.log.library.tracking import OnRecordProcessRecorder, OnRecordTrackingRecorder
from infra.postgres.migrations import OrganisationSchema


class OnRecordFactory(InfrastructureFactory[TrackingRecorder]):
    """Makes recorders that share one log and its connections, until it is closed."""

    DATABASE_URL = "ONRECORD_DATABASE_URL"
    ORGANISATION = "ONRECORD_ORGANISATION"

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Raises InfrastructureFactoryError without ONRECORD_DATABASE_URL."""
        super().__init__(env)
        self._log: BackgroundLog | None = None
        dsn = self.env.get(self.DATABASE_URL)
        if not dsn:
            raise InfrastructureFactoryError(f"{self.DATABASE_URL} says where the log is, and is not set")
        self._dsn = dsn

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """A recorder of events. Raises NotSupportedError for snapshots: the log keeps facts only."""
        if purpose != "events":
            raise NotSupportedError(f"the log keeps events, no {purpose}")
        return self.application_recorder()

    def application_recorder(self) -> ApplicationRecorder:
        """A recorder of events that gives positions."""
        return OnRecordApplicationRecorder(self._opened())

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        """A recorder of how far others were followed, of a class given here or by TRACKING_RECORDER_TOPIC."""
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen: type = tracking_recorder_class or (resolve_topic(topic) if topic else OnRecordTrackingRecorder)
        if not issubclass(chosen, OnRecordTrackingRecorder):
            raise InfrastructureFactoryError(f"{chosen.__qualname__} is no {OnRecordTrackingRecorder.__qualname__}")
        return chosen(self._opened())

    def process_recorder(self) -> ProcessRecorder:
        """A recorder of both, together."""
        return OnRecordProcessRecorder(self._opened())

    def close(self) -> None:
        """Ends the connections."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _opened(self) -> BackgroundLog:
        if self._log is None:
            self._log = BackgroundLog(self._dsn, OrganisationSchema(self.env.get(self.ORGANISATION) or "main"))
        return self._log
