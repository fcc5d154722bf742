"""The eventsourcing library's own test-cases, run against our log, and an application of the library on it."""

from datetime import datetime
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, MetaDomainEvent, event
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.tests import persistence as library
from eventsourcing.utils import get_topic

from application.ports.log import Append, Appended
from infra.postgres.log.library.factory import OnRecordFactory
from infra.postgres.log.library.tracking import OnRecordTrackingRecorder
from infra.postgres.log.log import PostgresLog
from tests.log.requests import row
from tests.log.test_faults import end_sessions
from tests.support.postgres import Database


def factory_of(database: Database, **more: str) -> OnRecordFactory:
    """As the library makes it from the environment."""
    env = {"PERSISTENCE_MODULE": "infra.postgres.log.library", "ONRECORD_DATABASE_URL": database.application, **more}
    made = InfrastructureFactory.construct(env)
    assert isinstance(made, OnRecordFactory)
    return made


class Texts:
    """Ids as texts, and a database for each of the library's tests."""

    factory: OnRecordFactory

    @pytest.fixture(autouse=True)
    def _database(self, database: Database) -> Any:
        self.factory = factory_of(database)
        yield
        self.factory.close()

    def new_originator_id(self) -> str:
        return f"test.aggregate/{uuid4()}"


class TestApplicationRecorder(Texts, library.ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(Texts, library.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.factory.tracking_recorder()


class TestProcessRecorder(Texts, library.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.factory.process_recorder()


class TestPositionsDontInterleave(Texts, library.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


@pytest.fixture
def factory(database: Database) -> Any:
    """The factory, closed afterwards."""
    with_log = factory_of(database)
    yield with_log
    with_log.close()


class Happened(CanMutateAggregate[str], metaclass=MetaDomainEvent):
    """An event of an aggregate with a text for an id."""

    originator_id: str
    originator_version: int
    timestamp: datetime


class Began(CanInitAggregate[str], Happened):
    """The first one."""

    originator_topic: str


class Named(BaseAggregate[str]):
    """What the library's Aggregate is for identifiers that are UUIDs."""

    class Event(Happened):
        pass

    class Created(Event, Began):
        pass


class Dog(Named):
    """As in the library's documentation, but for its id."""

    @staticmethod
    def create_id(*_: Any, name: str, **__: Any) -> str:
        return f"test.dog/{name}"

    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.tricks: list[str] = []

    @event("TrickAdded")
    def add_trick(self, trick: str) -> None:
        self.tricks.append(trick)


def test_an_application_of_the_library_keeps_its_events_here(database: Database) -> None:
    env = {"PERSISTENCE_MODULE": "infra.postgres.log.library", "ONRECORD_DATABASE_URL": database.application}
    app: Application[str] = Application(env)
    dog = Dog("Fido")
    app.save(dog)
    dog.add_trick("roll over")
    app.save(dog)
    copy: Dog = app.repository.get("test.dog/Fido")
    assert copy.tricks == ["roll over"]
    assert [(item.id, item.originator_version) for item in app.notification_log.select(1, 10)] == [(1, 1), (2, 2)]
    app.close()


async def test_a_follower_of_the_library_reads_what_the_platform_wrote(factory: OnRecordFactory, log: PostgresLog) -> None:
    new = row("messaging.message/1", 1, "你好".encode())
    answer = await log.writer.append(Append(rows=[new], guards={new.stream: 0}))
    assert isinstance(answer, Appended)
    (notification,) = factory.application_recorder().select_notifications(1, 10)
    assert (notification.id, notification.originator_id, notification.originator_version) == (1, "messaging.message/1", 1)
    assert (notification.topic, notification.state) == ("test.happened.v1", "你好".encode())


def test_versions_may_be_counted_from_zero(factory: OnRecordFactory) -> None:
    recorder = factory.application_recorder()
    recorder.insert_events([StoredEvent("a", version, "t", b"%d" % version) for version in range(3)])
    recorder.insert_events([StoredEvent("a", 3, "t", b"3"), StoredEvent("b", 1, "t", b"1")])
    recorder.insert_events([StoredEvent("b", 2, "t", b"2")])
    assert [stored.originator_version for stored in recorder.select_events("a")] == [0, 1, 2, 3]
    assert [stored.originator_version for stored in recorder.select_events("a", gt=0, lte=2)] == [1, 2]
    assert [stored.originator_version for stored in recorder.select_events("a", desc=True, limit=2)] == [3, 2]
    assert [(found.originator_id, found.originator_version) for found in recorder.select_notifications(4, 9)] == [
        ("a", 3), ("b", 1), ("b", 2)
    ]  # fmt: skip
    for conflict in (0, 3, 5):
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent("a", conflict, "t", b"")])
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent("b", 0, "t", b"")])


def test_a_conflict_leaves_the_tracking_where_it_was(factory: OnRecordFactory) -> None:
    recorder = factory.process_recorder()
    recorder.insert_events([StoredEvent("a", 1, "t", b"")], tracking=Tracking("upstream", 1))
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent("a", 1, "t", b"")], tracking=Tracking("upstream", 2))
    assert recorder.max_tracking_id("upstream") == 1


def test_what_is_not_offered_is_refused_by_name(factory: OnRecordFactory) -> None:
    recorder = factory.application_recorder()
    with pytest.raises(ProgrammingError, match="texts"):
        recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"")])
    with pytest.raises(ProgrammingError, match="colour"):
        recorder.insert_events([], colour="red")
    with pytest.raises(NotSupportedError, match="snapshots"):
        factory.aggregate_recorder("snapshots")
    with pytest.raises(InfrastructureFactoryError, match="ONRECORD_DATABASE_URL"):
        OnRecordFactory({})


def test_a_tracking_recorder_of_ones_own(database: Database) -> None:
    class Own(OnRecordTrackingRecorder):
        pass

    factory = factory_of(database)
    assert type(factory.aggregate_recorder()).__name__ == "OnRecordApplicationRecorder"
    assert type(factory.tracking_recorder(Own)) is Own
    factory.env["TRACKING_RECORDER_TOPIC"] = get_topic(OnRecordTrackingRecorder)
    assert type(factory.tracking_recorder()) is OnRecordTrackingRecorder
    with pytest.raises(InfrastructureFactoryError, match="is no"):
        factory.tracking_recorder(TrackingRecorder)
    factory.close()


def test_a_subscription_survives_a_lost_connection(database: Database, factory: OnRecordFactory) -> None:
    recorder = factory.application_recorder()
    with recorder.subscribe() as subscription:
        found: list[int] = []
        reading = Thread(target=lambda: found.extend(next(subscription).id for _ in range(2)))
        reading.start()
        recorder.insert_events([StoredEvent("a", 1, "t", b"")])
        end_sessions(database)
        while True:
            try:
                recorder.insert_events([StoredEvent("a", 2, "t", b"")])
                break
            except OperationalError:
                continue
        reading.join(20)
        assert found == [1, 2]


def test_a_database_that_is_not_there_is_an_operational_error(database: Database) -> None:
    elsewhere = psycopg.conninfo.make_conninfo(database.application, dbname="nowhere")
    factory = factory_of(database, ONRECORD_DATABASE_URL=elsewhere)
    with pytest.raises(OperationalError):
        factory.application_recorder()
