"""The use case: a history from elsewhere is recorded, piece by piece; told again, it adds only what is new.

Every piece is one append, all or nothing. Wherever an import ends, told again it goes on: identifiers are derived from the
source, and each piece asks the log what of it is recorded already.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import assert_never

import msgspec

from application.bulk import Bulk, Claim
from application.envelope import Asked
from application.imports import directory
from application.imports.acquaintances import Acquaintances, Nobody
from application.imports.around import around
from application.imports.channels import Channels
from application.imports.chart import chart
from application.imports.errors import TooMuchNotTaken
from application.imports.fitting import fitted
from application.imports.history import History
from application.imports.messages import Messages, OfMessage, OfPoll
from application.imports.naming import Names, address_of
from application.imports.records.channels import Announcing, Archived, Channel, Described, HandedOver, Joined, Left, Renamed
from application.imports.records.every import AnyRecord
from application.imports.records.messages import (
    Chosen,
    Edited,
    Noticed,
    Pinned,
    Polled,
    PollEnded,
    Reacted,
    Retracted,
    Said,
    Unpinned,
)
from application.imports.records.organisation import (
    Appointed,
    Departed,
    Department,
    Dotted,
    Held,
    Merged,
    Moved,
    Person,
    Placed,
    Post,
    Removed,
    Reported,
    Switched,
)
from application.imports.records.record import Micros, NotTaken
from application.ports.keys import Pseudonyms
from application.ports.log import LogUnavailable
from application.states import Snapshot
from domain.directory.identity import Identity
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import service

IMPORTER = service("import")
PIECE = 3_000
"""Claims in one append."""
MOST_NOT_TAKEN = 100_000
ATTEMPTS = 3


class Report(msgspec.Struct):
    """What came of an import so far: records taken by kind, new events, and what was not taken.

    Replies and files are counted beside the messages that they are or belong to.
    """

    taken: Counter[str] = msgspec.field(default_factory=Counter)
    events: int = 0
    pieces: int = 0
    not_taken: list[NotTaken] = msgspec.field(default_factory=list)

    @property
    def lost(self) -> list[NotTaken]:
        """What of the source is missing here."""
        return [each for each in self.not_taken if each.lost]


Told = Callable[[Report], None]
"""Hears of the report now and then, to show how far it is."""
OFTEN = 250


class Reading:
    """A history as pieces: claims to be asked of the log, with the people that they introduce."""

    def __init__(self, history: History, report: Report, told: Told | None, pseudonyms: Pseudonyms | None = None) -> None:
        self.history, self.report, self.told = history, report, told
        self.names = Names(history.source, pseudonyms)
        self.messages, self.channels = Messages(self.names), Channels(self.names)
        self.inactive: list[Person] = []
        self.latest: Micros = 0

    def pieces(self, size: int) -> Iterator[list[AnyRecord]]:
        """The records that can be taken, so many at a time. What can't be is in the report. Raises ImportRefused."""
        piece: list[AnyRecord] = []
        for number, record in enumerate(self.history.records()):
            if self.told is not None and number % OFTEN == 0:
                self.told(self.report)
            self.latest = max(self.latest, record.at)
            fit, note = fitted(record)
            if note is not None:
                self._note(note)
            if isinstance(fit, NotTaken):
                self._note(fit)
            elif isinstance(fit, OfMessage | OfPoll) and (refusal := self.messages.refusal(fit)):
                self._note(refusal)
            else:
                self._take(fit)
                piece.append(fit)
            if len(piece) >= size:
                yield piece
                piece = []
        yield piece

    def claims(self, record: AnyRecord) -> Iterator[Claim]:
        """What a record claims; those whom it names have been introduced."""
        match record:
            case Person() | Departed() | Department() | Placed() | Removed() | Appointed() | Switched():
                yield from directory.claims(record, self.names)
            case Moved() | Merged() | Post() | Held() | Reported() | Dotted():
                yield chart(record, self.names)
            case Channel() | Renamed() | Described() | Archived() | Announcing() | Joined() | Left() | HandedOver():
                yield from self.channels.claims(record)
            case Said() | Edited() | Retracted() | Reacted() | Pinned() | Unpinned():
                yield self.messages.claim(record)
            case Noticed() | Polled() | Chosen() | PollEnded():
                yield around(record, self.names)
            case NotTaken():
                return
            case _:
                assert_never(record)

    def closing(self) -> list[Claim]:
        """Who no longer belongs to the organisation: since when isn't known, so it is since the end of the history."""
        return [directory.gone(person.key, self.latest, self.names) for person in self.inactive]

    def _take(self, record: AnyRecord) -> None:
        self.report.taken[type(record).__name__] += 1
        if isinstance(record, Said):
            self.report.taken["File"] += len(record.files)
            self.report.taken["Reply"] += record.thread is not None
        elif isinstance(record, Person) and not record.active:
            self.inactive.append(record)

    def _note(self, note: NotTaken) -> None:
        self.report.not_taken.append(note)
        if len(self.report.not_taken) > MOST_NOT_TAKEN:
            raise TooMuchNotTaken(note.place.file, f"more than {MOST_NOT_TAKEN:,} things can't be taken; the last: {note.reason}")


class Importer(msgspec.Struct, frozen=True):
    """Brings histories into one organisation."""

    bulk: Bulk
    pseudonyms: Pseudonyms
    piece: int = PIECE
    acquaintances: Acquaintances = Nobody()

    async def bring(self, history: History, told: Told | None = None) -> Report:
        """Records a history.

        Raises ImportRefused, and what Bulk.record raises; what was recorded before stays, and told again it goes on.
        """
        report = Report()
        reading = Reading(history, report, told, self.pseudonyms)
        with _collecting_seldom():
            for piece in reading.pieces(self.piece):
                await self._introduce([record for record in piece if isinstance(record, Person)], reading.names)
                claims = [claim for record in piece for claim in reading.claims(record)]
                report.events += await self._record(claims, history.source.system)
                report.pieces += 1
                if told is not None:
                    told(report)
            report.events += await self._record(reading.closing(), history.source.system)
        return report

    async def _introduce(self, people: list[Person], names: Names) -> None:
        """Finds out who people are: those of accounts met before, those with an address that is known here, and newcomers."""
        streams = {person.key: Identity.at(names.identity(person.key)).stream for person in people}
        snapshot = Snapshot(self.bulk.reader.streams, self.bulk.codec, self.bulk.keys)
        await snapshot.load({(Identity, stream) for stream in streams.values()})
        met = {key: state.person for key, stream in streams.items() if isinstance(state := snapshot.states[stream], Identity)}
        strangers = [person for person in people if not met[person.key]]
        addresses = {address for person in strangers if (address := address_of(person))}
        here = await self.acquaintances.by_email(addresses) if addresses else {}
        for person in people:
            found = met[person.key] or here.get(address_of(person) or "") or names.newcomer(person, self.pseudonyms)
            names.introduce({person.key: found})

    async def _record(self, claims: list[Claim], system: str) -> int:
        """Records one piece; a connection that is lost is tried anew, under the same command id, so nothing doubles."""
        if not claims:
            return 0
        command = self.bulk.new_id()
        asked = Asked(IMPORTER, command, Context(imported=system))
        authority = Authority(rule="an operator brings a history from elsewhere")
        for attempt in range(ATTEMPTS):
            try:
                _, new = await self.bulk.record(claims, asked, authority, sha256(command.bytes).digest())
            except LogUnavailable:
                if attempt + 1 == ATTEMPTS:
                    raise
            else:
                return new
        raise LogUnavailable


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A piece is thousands of objects that all end with it, and none in circles: looking for those took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def survey(history: History, told: Told | None = None) -> Report:
    """What an import would take and what not, without recording anything. Raises ImportRefused."""
    report = Report()
    for _ in Reading(history, report, told).pieces(PIECE):
        pass
    return report
