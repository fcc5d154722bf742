"""Who was there, in which departments and posts, and who reported to whom."""

from typing import Literal

from application.imports.records.record import Key, Record


class Person(Record, frozen=True, kw_only=True):
    """Somebody, or a program that speaks. One who isn't `known` is only named in the source, never described.

    `active` says whether they still belong to the organisation at the end of what is imported; `number` is their employee number.
    """

    key: Key
    name: str
    email: str | None = None
    title: str | None = None
    number: str | None = None
    kind: Literal["employee", "guest", "bot"] = "employee"
    known: bool = True
    active: bool = True


class Departed(Record, frozen=True, kw_only=True):
    """Somebody left the organisation; with a successor, who took over what was theirs, channel by channel (`HandedOver`)."""

    person: Key
    successor: Key | None = None


class Department(Record, frozen=True, kw_only=True):
    """A department was founded."""

    key: Key
    name: str
    parent: Key | None = None


class Placed(Record, frozen=True, kw_only=True):
    """Somebody began to belong to a department, or to lead it; `first`: above all others that they belong to."""

    department: Key
    person: Key
    leads: bool = False
    first: bool = True


class Removed(Record, frozen=True, kw_only=True):
    """Somebody no longer belongs to a department."""

    department: Key
    person: Key


class Moved(Record, frozen=True, kw_only=True):
    """A department, with all below it, belongs to another one from now on, or to none. No circle may come of it."""

    department: Key
    parent: Key | None = None


class Merged(Record, frozen=True, kw_only=True):
    """A department became part of another one, to which its members and channels went before, each told by itself."""

    department: Key
    into: Key


class Post(Record, frozen=True, kw_only=True):
    """There is a post that people can hold: of a department, or of everything."""

    key: Key
    name: str
    department: Key | None = None


class Held(Record, frozen=True, kw_only=True):
    """Somebody began to hold a post; with `ended`, no longer does."""

    post: Key
    person: Key
    ended: bool = False


class Reported(Record, frozen=True, kw_only=True):
    """Somebody began to report to a manager, or to nobody. No circle may come of it."""

    person: Key
    manager: Key | None = None


class Dotted(Record, frozen=True, kw_only=True):
    """Somebody began to report to another as well, beside their manager; with `ended`, no longer does."""

    person: Key
    to: Key
    ended: bool = False


class Appointed(Record, frozen=True, kw_only=True):
    """Somebody began to administer a department with those below it; without one, everything.

    No reader of another system's export may yield it: who administers what there says nothing about here.
    """

    person: Key
    department: Key | None = None


class Switched(Record, frozen=True, kw_only=True):
    """A part of the platform was there for everybody from now on, for a pilot group, or for nobody.

    No reader of another system's export may yield it.
    """

    module: str
    switch: Literal["on", "pilot", "off"]
    by: Key
    departments: tuple[Key, ...] = ()
    people: tuple[Key, ...] = ()
