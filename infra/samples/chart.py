"""The sample company's chart: who reports to whom, what posts people hold, and what became of two departments."""

from collections.abc import Iterator

from application.imports.records.every import AnyRecord
from application.imports.records.organisation import Dotted, Held, Merged, Moved, Post, Reported
from infra.samples.company import FOUNDED, PEOPLE, UNITS, Someone
from infra.samples.times import at

POSTS = (
    ("safety", "安全员 Safety Officer", None),
    ("first aid", "急救员 First Aider", None),
    ("shift", "班组长 Shift Leader", "production"),
    ("release", "Release Manager 发布经理", "research"),
)
"""Key, name, and whose it is."""
HELD = (
    ("safety", "nana", FOUNDED),
    ("safety", "qin", "2025-03-31"),
    ("first aid", "dora", FOUNDED),
    ("first aid", "bao", FOUNDED),
    ("shift", "fang", FOUNDED),
    ("release", "priya", FOUNDED),
    ("release", "leo", "2025-04-22"),
)
"""Which post, who, and from which day on."""
HELD_UNTIL = (("safety", "nana", "2025-03-31"), ("release", "priya", "2025-04-22"))
NEW_MANAGERS = (
    ("tom", "mo", "2025-03-27"),
    ("pan", "jiang", "2025-04-07"),
    ("tobias", "hua", "2025-04-14"),
)
"""Who, to whom they report from then on, and from which day. Before, it is whoever leads their department or the one above."""
DOTTED = (
    ("ines", "anders", FOUNDED),
    ("karl", "priya", "2025-04-09"),
    ("fang", "ruan", "2025-04-14"),
)
"""Who reports to whom as well, and since when: marketing to research, Hamburg's service to firmware, a line to quality."""
DOTTED_UNTIL = (("karl", "priya", "2025-04-18"),)
MOVED = (("it", "office", "2025-04-14"),)
MERGED = (("mechanics", "hardware", "2025-04-07"),)
"""Which department, into which one, and when. Its people's places are told with everybody's."""


def chart() -> Iterator[AnyRecord]:
    """All of it, after people and their places."""
    for key, name, department in POSTS:
        yield Post(key=key, name=name, department=department, at=at(FOUNDED, "07:00"))
    for someone in PEOPLE:
        if manager := first_manager(someone):
            yield Reported(person=someone.key, manager=manager, at=someone.begins)
    for post, who, since in HELD:
        yield Held(post=post, person=who, at=at(since, "07:00" if since == FOUNDED else "08:00"))
    for post, who, until in HELD_UNTIL:
        yield Held(post=post, person=who, ended=True, at=at(until))
    for who, manager, since in NEW_MANAGERS:
        yield Reported(person=who, manager=manager, at=at(since))
    for who, to, since in DOTTED:
        yield Dotted(person=who, to=to, at=at(since))
    for who, to, until in DOTTED_UNTIL:
        yield Dotted(person=who, to=to, ended=True, at=at(until, "17:00"))
    for department, parent, day in MOVED:
        yield Moved(department=department, parent=parent, at=at(day))
    for department, into, day in MERGED:
        yield Merged(department=department, into=into, at=at(day))


def first_manager(someone: Someone) -> str | None:
    """To whom somebody reports when they come: whoever leads their department, or of its leader, the one above."""
    unit = next((each for each in UNITS if each.key == someone.department), None)
    while unit is not None:
        if someone.key not in unit.leaders:
            return unit.leaders[0]
        unit = next((each for each in UNITS if each.key == unit.parent), None)
    return None
