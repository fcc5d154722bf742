"""A Slack export as a history: every channel's days joined into one order of time."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import msgspec

from application.imports.records.every import AnyRecord
from application.imports.records.record import Micros, NotTaken, Record, Source
from infra.imports.archive import Archive, open_archive
from infra.imports.limits import LIMITS, Limits
from infra.imports.slack.days import Days, Told
from infra.imports.slack.lists import Lists
from infra.imports.slack.messages import Teller
from infra.imports.slack.notices import HANDLED, Notices
from infra.imports.slack.people import People


class SlackExport:
    """A folder or a zip file that Slack wrote, or its tools. See History."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """Looks through the whole export once. Raises ImportRefused; what isn't whole in single files is told later."""
        self.limits = limits
        self.archive: Archive = open_archive(path, limits)
        try:
            lists = Lists(self.archive, path, limits)
            self.problems, users, self.talks = lists.problems, lists.users, lists.talks
            self.days = Days(self.archive, lists.days, limits)
            self.days.survey()
        except BaseException:
            self.archive.close()
            raise
        teams = Counter(user.team_id for _, user in users if user.team_id)
        self.source = Source("slack", min(teams, key=lambda team: (-teams[team], team)) if teams else "")
        self.total, self.done = sum(talk.survey.elements for talk in self.talks.values()), 0
        self.beginning = min((at for talk in self.talks.values() for at in talk.starts()), default=1)
        self.people = People(users, self.beginning)
        self.teller = Teller(self.people, self._name)
        self.notices = Notices(self.teller)

    def close(self) -> None:
        """Closes the archive."""
        self.archive.close()

    def records(self) -> Iterator[AnyRecord]:
        """Everything in the order of its times: people first, then channels as they open, with what was said in them."""
        yield from (msgspec.structs.replace(problem, at=self.beginning) for problem in self.problems)
        yield from self.people.told()
        numbers = count()
        later: list[tuple[Micros, int, Iterable[Record]]] = []
        for talk in self.talks.values():
            talk.opened = min(talk.starts(), default=self.beginning)
            heapq.heappush(later, (talk.opened, next(numbers), talk.opening()))
        now = self.beginning
        for told in self.days.in_order():
            while later and later[0][0] <= told.at:
                yield from self._introduced(heapq.heappop(later)[2])
            now = max(now, told.at)
            self.done = min(self.done + 1, self.total)
            if isinstance(told, NotTaken):
                yield told
                continue
            for record in self._introduced(self._of(told)):
                if record.at > told.at:
                    heapq.heappush(later, (record.at, next(numbers), (record,)))
                else:
                    yield record
        while later:
            at, _, last = heapq.heappop(later)
            now = max(now, at)
            yield from self._introduced(last)
        for talk in self.talks.values():
            yield from self._introduced(talk.closing(now))
            yield from (
                NotTaken(reason="a pinned message that isn't here", key=pin.id, at=now, place=talk.place)
                for pin in talk.pins.values()
            )

    def _of(self, told: Told) -> Iterator[Record]:
        at, talk, place, message = told
        if message.type not in (None, "message"):
            yield NotTaken(reason=f"an element of type {message.type}", at=at, place=place)
        elif message.subtype in HANDLED:
            yield from self.notices.tell(talk, message, at, place)
        elif at in talk.survey.wordings:
            self.notices.said.add((talk.key, at))
            yield from self.teller.tell(talk, message, at, place, text=talk.survey.wordings[at])
        else:
            yield from self.teller.tell(talk, message, at, place)

    def _introduced(self, records: Iterable[Record]) -> Iterator[AnyRecord]:
        """Records, each after the people whom it names and who were not told of yet."""
        for record in records:
            for field in ("person", "by", "author"):
                if isinstance(named := getattr(record, field, None), str):
                    self.people.somebody(named, None, record.at, record.place)
            for named in (*getattr(record, "members", ()), *(file.owner for file in getattr(record, "files", ()))):
                self.people.somebody(named, None, record.at, record.place)
            yield from self.people.told()
            yield record  # type: ignore[misc] # every record made here is one of AnyRecord's

    def _name(self, channel: str) -> str:
        talk = self.talks.get(channel)
        return (talk.shape.name if talk else None) or channel
