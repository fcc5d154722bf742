"""Reading, replies that are awaited, alarms and plans, said once more in sets and numbers and apart from the product.

Times are hours since the beginning. What happens is recorded by the database's clock, which stays at the beginning while the
clock that things fall due by is moved on by whole hours; every limit lies between two hours.
"""

from dataclasses import dataclass, field

PLACES = ("general", "sales")
"""A public channel that one joins, and the channel of the department Sales."""
AFTER, EVERY, UNTIL = 1.5, 2.5, 24.0
ALARM_EVERY, ALARM_AT_MOST = 1.5, 3


@dataclass
class Awaited:
    """One person's reply."""

    person: str
    due: float | None = None
    planned: bool = False
    reminders: int = 0
    ended: str | None = None


@dataclass
class Alarm:
    """One person's alerts of one message."""

    person: str
    due: float | None
    times: int = 1
    acknowledged: bool = False
    ended: str | None = None


@dataclass
class Said:
    """A message. `thread` is the name of the one that it replies to."""

    name: str
    author: str
    place: str
    position: int
    thread: str | None
    mentions: frozenset[str]
    recipients: frozenset[str]
    history: str = "all"
    """What newcomers were shown of the place when it was said."""
    calls_sales: bool = False
    """Whether the department is mentioned, beside people."""
    retracted: bool = False
    signs: set[str] = field(default_factory=set)
    """Who has set the sign that counts as a reply."""
    reply_by: float | None = None
    asked_of: frozenset[str] | None = None
    released: bool = False
    awaited: dict[str, Awaited] = field(default_factory=dict)
    urgent: bool = False
    lifted: bool = False
    alarms: dict[str, Alarm] = field(default_factory=dict)


@dataclass
class Plan:
    """Something that somebody will say."""

    name: str
    author: str
    place: str
    at: float
    held_back: bool = False


class Readers:
    """What has become of everything."""

    def __init__(self, people: tuple[str, ...]) -> None:
        self.people = people
        self.now = 0.0
        self.since: dict[str, dict[str, int]] = {place: {} for place in PLACES}
        self.upto: dict[tuple[str, str], int] = {}
        self.said: dict[str, Said] = {}
        self.plans: dict[str, Plan] = {}
        self.receipts = True
        self.history = dict.fromkeys(PLACES, "all")

    def members(self, place: str) -> set[str]:
        return set(self.since[place])

    def hidden(self, who: str, said: Said) -> bool:
        """Whether it was said before somebody came, and isn't shown to newcomers. Who isn't there is a newcomer."""
        came = self.since[said.place].get(who)
        return said.history == "joined" and said.author != who and (came is None or said.position <= came)

    def reaches(self, who: str, said: Said) -> bool:
        """Whether somebody may do something about it."""
        return who in self.members(said.place) and not self.hidden(who, said)

    def mentioned(self, who: str, said: Said) -> bool:
        return who in said.mentions or (said.calls_sales and who in self.members("sales"))

    def say(self, said: Said) -> None:
        said.history = self.history[said.place]
        self.said[said.name] = said
        if said.thread:
            self._answered(self.said[said.thread], said.author)

    def sign(self, who: str, said: Said, *, back: bool) -> None:
        if back:
            said.signs.discard(who)
        elif who not in said.signs:
            said.signs.add(who)
            self._answered(said, who)

    def _answered(self, said: Said, who: str) -> None:
        """An answer ends the waiting, whether or not it is taken back later."""
        if (row := said.awaited.get(who)) and row.ended is None:
            row.ended, row.due = "ANSWERED", None

    def read(self, who: str, message: str) -> None:
        said = self.said[message]
        key = who, said.place
        self.upto[key] = max(self.upto.get(key, 0), said.position)
        for other in self.said.values():
            row = other.awaited.get(who)
            if other.place == said.place and row and self.has_read(who, other):
                self._begin(row)

    def _begin(self, row: Awaited) -> None:
        if row.ended is None and not row.planned and row.due is None:
            row.due = 0.0  # by the database's clock

    def has_read(self, who: str, said: Said) -> bool:
        return self.upto.get((who, said.place), 0) >= said.position

    def answered(self, who: str, said: Said) -> bool:
        replied = any(each.thread == said.name and each.author == who for each in self.said.values() if not each.retracted)
        return replied or who in said.signs

    def unread(self, who: str, place: str, *, mentions: bool) -> int:
        if who not in self.members(place):
            return 0
        start = max(self.since[place][who], self.upto.get((who, place), 0))
        left = [s for s in self.said.values() if s.place == place and s.position > start and s.author != who and not s.retracted]
        return sum(self.mentioned(who, s) if mentions else s.thread is None for s in left)

    def act(self) -> None:
        """What policies do: everybody who is asked is awaited, everybody who is to acknowledge is alerted."""
        for said in self.said.values():
            for who in () if said.asked_of is None or said.released else said.asked_of - said.awaited.keys():
                row = said.awaited[who] = Awaited(who)
                if self.has_read(who, said):
                    self._begin(row)
            for who in said.recipients - said.alarms.keys() if said.urgent and not said.lifted else ():
                said.alarms[who] = Alarm(who, self.now + ALARM_EVERY)

    def look(self) -> list[Plan]:
        """What timers do; answers the plans that are carried out."""
        for said in self.said.values():
            for row in said.awaited.values():
                if row.due is not None and row.due <= self.now:
                    self._remind(said, row)
            for alarm in said.alarms.values():
                if alarm.due is not None and alarm.due <= self.now:
                    self._alert(said, alarm)
        done = []
        for plan in [plan for plan in self.plans.values() if plan.at <= self.now and not plan.held_back]:
            if plan.author in self.members(plan.place):
                done.append(self.plans.pop(plan.name))
            else:
                plan.held_back = True
        return done

    def _remind(self, said: Said, row: Awaited) -> None:
        assert said.reply_by is not None
        last = said.reply_by + UNTIL
        if self.answered(row.person, said):
            row.ended, row.due = "ANSWERED", None
        elif not row.planned:
            first = max(AFTER, self.now)
            row.planned, row.due = True, first if first <= last else None
        elif said.retracted or row.person not in self.members(said.place):
            row.ended, row.due = "RETRACTED" if said.retracted else "LEFT", None
        else:
            row.reminders += 1
            row.due = self.now + EVERY if self.now + EVERY <= last else None

    def _alert(self, said: Said, alarm: Alarm) -> None:
        if said.retracted or alarm.person not in self.members(said.place):
            alarm.ended, alarm.due = "RETRACTED" if said.retracted else "LEFT", None
        else:
            alarm.times += 1
            alarm.due = self.now + ALARM_EVERY if alarm.times < ALARM_AT_MOST else None

    def release(self, said: Said) -> None:
        said.released = True
        for row in said.awaited.values():
            if row.ended is None:
                row.ended, row.due = "RELEASED", None

    def lift(self, said: Said) -> None:
        said.lifted = True
        for alarm in said.alarms.values():
            if not alarm.acknowledged and alarm.ended is None:
                alarm.ended, alarm.due = "LIFTED", None

    def acknowledge(self, who: str, said: Said) -> None:
        alarm = said.alarms.setdefault(who, Alarm(who, None, times=0))
        alarm.acknowledged, alarm.due = True, None

    def shown(self, who: str) -> dict[str, object]:
        """What somebody is shown."""
        there = [said for said in self.said.values() if said.place == "general" or who in self.members(said.place)]
        shown = [said for said in there if not self.hidden(who, said)]
        seen = [said for said in shown if said.thread is None or self.said[said.thread] in shown]
        return {
            "counts": {
                place: (self.unread(who, place, mentions=False), self.unread(who, place, mentions=True))
                for place in PLACES
                if place == "general" or who in self.members(place)
            },
            "receipts": {said.name: self._receipts(who, said) for said in seen},
            "awaited": {
                said.name: {
                    row.person: (self.answered(row.person, said), row.reminders, row.ended)
                    for row in said.awaited.values()
                    if who in (said.author, row.person)
                }
                for said in seen
            },
            "alarms": {
                said.name: {
                    alarm.person: (alarm.times, alarm.acknowledged, alarm.ended)
                    for alarm in said.alarms.values()
                    if who in (said.author, alarm.person)
                }
                for said in seen
            },
            "plans": {plan.name: plan.held_back for plan in self.plans.values() if plan.author == who},
        }

    def _receipts(self, who: str, said: Said) -> dict[str, bool]:
        told = {one for one in said.recipients if one == who or (who == said.author and self.receipts)}
        return {one: self.has_read(one, said) for one in told}
