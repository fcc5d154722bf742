"""The organisation as the mission tells of it, as plain sets and dicts: what a chart must say after each thing that happened."""

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

Key = int
"""A department or person of the model; what it is called may change."""


class Wish(NamedTuple):
    """A mutation, with the model's departments and people in place of ids."""

    mutation: str
    given: dict[str, Any]


@dataclass
class Past:
    """What is so. Departments and people are told apart by numbers, as names change."""

    names: dict[Key, str] = field(default_factory=dict)
    parent: dict[Key, Key | None] = field(default_factory=dict)
    merged: dict[Key, Key] = field(default_factory=dict)
    closed: set[Key] = field(default_factory=set)
    people: dict[Key, str] = field(default_factory=dict)
    members: set[tuple[Key, Key]] = field(default_factory=set)
    first: dict[Key, Key] = field(default_factory=dict)
    manager: dict[Key, Key] = field(default_factory=dict)
    dotted: set[tuple[Key, Key]] = field(default_factory=set)
    left: set[Key] = field(default_factory=set)
    successor: dict[Key, Key] = field(default_factory=dict)

    def copy(self) -> "Past":
        return deepcopy(self)

    def chain(self, one: Key | None, upwards: dict[Key, Any]) -> list[Key]:
        """One with all above it."""
        found: list[Key] = []
        while one is not None:
            found.append(one)
            one = upwards.get(one)
        return found

    def managers(self, who: Key) -> list[Key]:
        """All above somebody who are here: where one has left, their successor, who isn't on the way yet, or the next above."""
        way: list[Key] = [who]
        found: list[Key] = []
        at = who
        while True:
            heir = self.successor.get(at) if at in self.left and at != who else None
            above = heir if heir is not None and heir not in way else self.manager.get(at)
            if above is None or above in way:
                return found
            way.append(above)
            found += [above] if above not in self.left else []
            at = above

    def here(self, department: Key) -> set[Key]:
        return {who for place, who in self.members if place == department and who not in self.left}

    def chart(self) -> dict[str, Any]:
        """Every department and person by name, as a client is to see them."""
        called = self.people.get
        departments = {
            name: {
                "closed": one in self.closed,
                "parent": self.names.get(self.parent.get(one) or 0),
                "mergedInto": self.names.get(self.merged.get(one) or 0),
                "level": len(self.chain(one, self.parent)) - 1,
                "members": {called(who) for who in self.here(one)},
                "headCount": len({who for each in self.names if one in self.chain(each, self.parent) for who in self.here(each)}),
            }
            for one, name in self.names.items()
        }
        people = {
            name: {
                "standing": "LEFT" if who in self.left else "ACTIVE",
                "reportsTo": called(self.manager.get(who) or 0),
                "managers": [called(one) for one in self.managers(who)],
                "dottedLines": {called(to) for one, to in self.dotted if one == who},
                "departments": {self.names[place] for place, one in self.members if one == who and who not in self.left},
                "primaryDepartment": self.names.get(self.first.get(who) or 0),
                "staffSize": sum(
                    who in self.chain(self.manager.get(each), self.manager) for each in self.people if each not in self.left
                ),
            }
            for who, name in self.people.items()
        }
        return {"departments": departments, "people": people}

    # What may happen. Each changes the model and answers with the mutation that does the same.

    def rename(self, chance: Random) -> Wish | None:
        one = chance.choice(sorted(self.names.keys() - self.closed))
        self.names[one] = f"Department {chance.random()}"
        return Wish("renameDepartment", {"department": one, "name": self.names[one]})

    def call(self, chance: Random) -> Wish | None:
        who = chance.choice(sorted(self.people.keys() - self.left))
        self.people[who] = f"Person {chance.random()}"
        return Wish("renamePerson", {"person": who, "name": self.people[who]})

    def move(self, chance: Random) -> Wish | None:
        one, above = chance.sample(sorted(self.names.keys() - self.merged.keys()), 2)
        if above in self.closed or one in self.chain(above, self.parent):
            return None
        self.parent[one] = above
        return Wish("moveDepartment", {"department": one, "parent": above})

    def merge(self, chance: Random) -> Wish | None:
        one, into = chance.sample(sorted(self.names.keys() - self.closed), 2)
        if one in self.chain(into, self.parent) or len(self.names) - len(self.closed) < 4:
            return None
        self.closed.add(one)
        self.parent[one] = self.merged[one] = into
        self.members = {(into if place == one else place, who) for place, who in self.members}
        self.first = {who: into if place == one else place for who, place in self.first.items()}
        return Wish("mergeDepartment", {"department": one, "into": into})

    def join(self, chance: Random) -> Wish | None:
        one, who = chance.choice(sorted(self.names.keys() - self.closed)), chance.choice(sorted(self.people.keys() - self.left))
        self.members.add((one, who))
        primary = chance.random() < 0.5
        if primary:
            self.first[who] = one
        return Wish("joinDepartment", {"department": one, "person": who, "primary": primary})

    def leave(self, chance: Random) -> Wish | None:
        one, who = chance.choice(sorted(self.members) or [(0, 0)])
        if not one:
            return None
        self.members.remove((one, who))
        if self.first.get(who) == one:
            del self.first[who]
        return Wish("leaveDepartment", {"department": one, "person": who})

    def report(self, chance: Random) -> Wish | None:
        who, above = chance.sample(sorted(self.people), 2)
        if above in self.left or who in self.chain(above, self.manager):
            return None
        self.manager[who] = above
        return Wish("changeManager", {"person": who, "manager": above})

    def draw(self, chance: Random) -> Wish | None:
        who, to = chance.sample(sorted(self.people), 2)
        if to in self.left or (who, to) in self.dotted:
            return None
        self.dotted.add((who, to))
        return Wish("drawDottedLine", {"person": who, "to": to})

    def erase(self, chance: Random) -> Wish | None:
        if not self.dotted:
            return None
        who, to = chance.choice(sorted(self.dotted))
        self.dotted.remove((who, to))
        return Wish("eraseDottedLine", {"person": who, "to": to})

    def offboard(self, chance: Random) -> Wish | None:
        here = sorted(self.people.keys() - self.left)
        who, heir = chance.sample(here, 2)
        if len(here) < 4:
            return None
        self.left.add(who)
        self.successor[who] = heir
        return Wish("offboardPerson", {"person": who, "successor": heir})

    def undo(self, chance: Random) -> Wish | None:
        if not self.left:
            return None
        who = chance.choice(sorted(self.left))
        self.left.remove(who)
        del self.successor[who]
        return Wish("undoOffboarding", {"person": who})
