"""The routine of the sample company: what is said on every working day, put together from phrases, always the same."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from infra.samples import phrases
from infra.samples.company import FIRST_DAY, LAST_DAY, PEOPLE, ROOMS
from infra.samples.talk import Line
from infra.samples.times import clock

HOLIDAYS = {"2025-04-04"}
"""清明节 falls on a Friday."""
STANDUPS = (1, 3)
"""Tuesdays and Thursdays."""
SINCE = {someone.key: someone.since for someone in PEOPLE}
UNTIL = {someone.key: someone.until or "9999" for someone in PEOPLE}
LUNCHING = next(room.members for room in ROOMS if room.key == "lunch")


def routine() -> Iterator[Line]:
    """Every working day's talk."""
    chance = Random(20250303)  # noqa: S311 - a sample is to be the same each time, not unforeseeable
    questions = list(phrases.HELP)
    build, ticket, standups = 1041, 2207, 0
    for number, day in enumerate(working_days()):
        if date.fromisoformat(day).weekday() in STANDUPS:
            yield from _standup(day, standups)
            standups += 1
        yield from _production(day, chance)
        yield from _supply_and_sales(day, chance)
        yield from _lunch(day, chance)
        for hour in (10, 14):
            ticket += 1
            yield from _ticket(day, hour, ticket, chance)
        for _ in range(chance.randint(2, 4)):
            build += 1
            yield _build(day, build, chance)
        if number % 3 == 1:
            yield _alert(day, chance)
        if number % 2 == 1 and questions:
            yield from _help(day, questions.pop(0), chance)


def working_days() -> Iterator[str]:
    """The days from the first to the last on which the company works."""
    day, last = date.fromisoformat(FIRST_DAY), date.fromisoformat(LAST_DAY)
    while day <= last:
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            yield day.isoformat()
        day += timedelta(days=1)


def _here(people: Sequence[str], day: str) -> list[str]:
    return [who for who in people if SINCE[who] <= day <= UNTIL[who]]


def _standup(day: str, number: int) -> Iterator[Line]:
    for minute, who in enumerate(_here(("priya", "leo", "hanxue"), day)):
        said = phrases.STANDUP[who]
        # The intern's first standup is the fifth.
        turn = number - 4 if who == "hanxue" else number
        yield Line("firmware", clock(day, f"09:{40 + 2 * minute}"), who, said[turn % len(said)])


def _production(day: str, chance: Random) -> Iterator[Line]:
    for time, who in (("07:55", chance.choice(("fang", "qin"))), ("16:05", chance.choice(("fang", "daxiong")))):
        made = chance.randint(186, 232)
        text = chance.choice(phrases.SHIFT).format(
            made=made,
            plan=210,
            rate=f"{chance.uniform(97.1, 99.6):.1f}",
            repaired=chance.randint(1, 6),
            issue=chance.choice(phrases.SHIFT_ISSUES),
        )
        report = _cheered(Line("production", clock(day, time), who, text), _here(("guo", "nana"), day), chance)
        yield report
        if chance.random() < 0.4:
            later = report.at + timedelta(minutes=chance.randint(4, 40))
            yield Line("production", later, "guo", chance.choice(phrases.ANSWERS), thread=report)
    text = chance.choice(phrases.INSPECTION).format(
        n=chance.randint(12, 48), bad=chance.randint(1, 3), cause=chance.choice(phrases.CAUSES), drift=chance.randint(1, 6)
    )
    yield _cheered(Line("quality", clock(day, f"16:{chance.randint(20, 50)}"), "bao", text), ("ruan",), chance)


def _supply_and_sales(day: str, chance: Random) -> Iterator[Line]:
    who = chance.choice(_here(("mei", "mei", "rosa"), day))
    english, *chinese = phrases.RECEIVING
    part, vendor = chance.choice(phrases.GOODS)
    text = english if who == "rosa" else chance.choice(chinese)
    text = text.format(part=part, vendor=vendor, n=chance.randint(2, 60) * 50, short=chance.randint(1, 9))
    yield _cheered(Line("supply", clock(day, f"10:{chance.randint(30, 59)}"), who, text), ("wei", "ben"), chance)
    sellers = [each for each in phrases.SALES if each[0] != "tom" or day < "2025-03-27"]
    for hour in sorted(chance.sample((9, 11, 14, 15, 17), chance.randint(1, 2))):
        who, text = chance.choice(sellers)
        text = text.format(customer=chance.choice(phrases.CUSTOMERS), n=chance.randint(1, 24) * 10)
        others = [each for each in ("clara", "zhou", "ines") if each != who]
        yield _cheered(Line("sales", clock(day, f"{hour:02}:{chance.randint(0, 59):02}"), who, text), others, chance)


def _lunch(day: str, chance: Random) -> Iterator[Line]:
    people = _here(LUNCHING, day)
    chance.shuffle(people)
    asked, answers = chance.choice(phrases.LUNCH)
    root = Line("lunch", clock(day, f"11:{chance.randint(20, 40)}"), people[0], asked)
    yield root
    for minute, (who, answer) in enumerate(zip(people[1 : 1 + chance.randint(1, 4)], answers, strict=False), 41):
        reply = Line("lunch", clock(day, f"11:{minute + minute % 3}"), who, answer, thread=root)
        yield _cheered(reply, people[5:8], chance)


def _ticket(day: str, hour: int, number: int, chance: Random) -> Iterator[Line]:
    asked, who, answer, end = phrases.TICKETS[number * 5 % len(phrases.TICKETS)]
    asked = asked.format(customer=chance.choice(phrases.CUSTOMERS), n=chance.randint(2, 30))
    if who == "karl":
        hour = 15  # It is morning in Hamburg.
    root = Line("service", clock(day, f"{hour}:{chance.randint(0, 29):02}"), "xin", f"#{number} {asked}")
    yield root
    yield _cheered(Line("service", root.at + timedelta(minutes=chance.randint(3, 28)), who, answer, thread=root), ("mo",), chance)
    yield _cheered(
        Line("service", root.at + timedelta(minutes=chance.randint(40, 160)), "xin", end, thread=root), ("mo", "karl"), chance
    )


def _help(day: str, question: tuple[str, str, str, str, str], chance: Random) -> Iterator[Line]:
    who, asked, helper, answer, thanks = question
    minute = chance.randint(10, 40)
    root = Line("help", clock(day, f"14:{minute}"), who, asked)
    yield root
    yield Line("help", clock(day, f"14:{minute + 6}"), helper, answer, thread=root)
    last = Line("help", clock(day, f"15:{minute}"), who, thanks, thread=root)
    last.signs.append(("👍", helper))
    yield last


def _build(day: str, number: int, chance: Random) -> Line:
    text = chance.choices(phrases.BUILDS, (6, 3, 1, 4))[0]
    text = text.format(number=number, minutes=chance.randint(5, 7), seconds=chance.randint(10, 59))
    line = Line("builds", clock(day, f"{chance.randint(9, 18):02}:{chance.randint(0, 59):02}"), "buildbot", text)
    if "failed" in text:
        line.signs.append(("👀", chance.choice(("priya", "leo"))))
    return line


def _alert(day: str, chance: Random) -> Line:
    text = chance.choice(phrases.ALERTS).format(percent=chance.randint(71, 98), seconds=chance.randint(20, 90))
    line = Line("it", clock(day, f"0{chance.randint(1, 7)}:{chance.randint(10, 59)}"), "monitor", text)
    line.signs.append(("👀", chance.choice(("tobias", "ling"))))
    return line


def _cheered(line: Line, people: Sequence[str], chance: Random) -> Line:
    for who in people:
        if chance.random() < 0.45:
            line.signs.append((chance.choice(phrases.CHEERS), who))
    return line
