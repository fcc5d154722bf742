"""Who speaks in a bulk export, and under what key: Mattermost names people by their user names."""

import re
from hashlib import sha256

from application.imports.records.messages import MENTION
from application.imports.records.organisation import Person
from application.imports.records.record import NOWHERE, Micros, Place
from infra.imports.mattermost.lines import holdable
from infra.imports.mattermost.shapes import User

MENTIONED = re.compile(r"@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)

NOBODYS = ".invalid"
"""Ends an address that only fills a place (RFC 6761)."""


def key_of(username: str) -> str:
    """The key of somebody. A user name tells about a person, so the key is a digest of it."""
    return sha256(f"mattermost user {username.lower()}".encode()).hexdigest()[:32]


class People:
    """Everybody by their user name; whoever is only named is added when they turn up."""

    def __init__(self) -> None:
        self.described: dict[str, tuple[Place, User]] = {}
        self._told: set[str] = set()
        self._newcomers: list[Person] = []

    def describe(self, user: User, place: Place) -> None:
        """What the export says of somebody. The first word counts."""
        self.described.setdefault(user.username.lower(), (place, user))

    def all(self, at: Micros) -> list[Person]:
        """Those who are described."""
        self._told.update(self.described)
        return [_person(user, place, at) for place, user in self.described.values()]

    def somebody(self, username: str, at: Micros, place: Place = NOWHERE) -> str:
        """The key of a user name; one who isn't described is added."""
        name = username.lower()
        if name not in self._told:
            self._told.add(name)
            self._newcomers.append(
                Person(key=key_of(name), name=holdable(username), known=False, active=False, at=at, place=place)
            )
        return key_of(name)

    def told(self) -> list[Person]:
        """Those not told of yet, once."""
        told, self._newcomers = self._newcomers, []
        return told

    def words(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A text with a MENTION for everybody of the export who is named in it as `@name`."""
        found: list[str] = []

        def mention(match: re.Match[str]) -> str:
            name = match[1]
            rest = ""
            while name and name.lower() not in self._told:
                if name[-1] not in "._-":
                    return match[0]
                name, rest = name[:-1], name[-1] + rest
            found.append(key_of(name))
            return MENTION + rest

        written = MENTIONED.sub(mention, holdable(text).replace(MENTION, "\ufffd"))
        return written, tuple(found)


def _person(user: User, place: Place, at: Micros) -> Person:
    full = " ".join(part for part in (user.first_name, user.last_name) if part)
    roles = (user.roles or "").split()
    return Person(
        key=key_of(user.username),
        name=holdable(full or user.nickname or user.username),
        email=user.email if user.email and not user.email.endswith(NOBODYS) else None,
        title=holdable(user.position) if user.position else None,
        kind="guest" if "system_guest" in roles else "employee",
        active=not user.delete_at,
        at=at,
        place=place,
    )
