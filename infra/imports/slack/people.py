"""Who speaks in a Slack export: those whom users.json describes, and those who are only named where they speak."""

from collections.abc import Iterable
from hashlib import sha256

from application.imports.records.organisation import Person
from application.imports.records.record import NOWHERE, Micros, Place
from infra.imports.slack.shapes import Message, SpokenAs, User

SLACKBOT = "USLACKBOT"


class People:
    """Everybody by their key; whoever turns up first in a message is added, and stands in `newcomers` until told of."""

    def __init__(self, users: Iterable[tuple[Place, User]], beginning: Micros) -> None:
        self.beginning = beginning
        self.newcomers: list[Person] = []
        self._known: set[str] = set()
        self._bots: dict[str, str] = {}
        for place, user in users:
            self._known.add(user.id)
            self.newcomers.append(_described(user, place, beginning))
            if user.profile and user.profile.bot_id:
                self._bots[user.profile.bot_id] = user.id

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def told(self) -> list[Person]:
        """Those not told of yet, once."""
        told, self.newcomers = self.newcomers, []
        return told

    def somebody(self, user: str, name: str | None, at: Micros, place: Place = NOWHERE) -> str:
        """The key of a user's id; one who isn't in users.json is added as not known, by the name that is used here."""
        if user not in self._known:
            bot = user == SLACKBOT
            called = "Slackbot" if bot else name or user
            self._add(Person(key=user, name=called, kind="bot" if bot else "employee", known=bot, active=bot, at=at, place=place))
        return user

    def author(self, said: Message, at: Micros, place: Place) -> str | None:
        """Who said a message: a user, or a program under a name of its own; None where nobody is named."""
        if said.user:
            return self.somebody(said.user, _called(said.user_profile), at, place)
        if said.bot_id and (user := self._bots.get(said.bot_id)):
            return user
        name = said.username or _called(said.bot_profile)
        if not (said.bot_id or name):
            return None
        key = f"bot:{said.bot_id}" if said.bot_id else f"bot-named:{sha256(str(name).encode()).hexdigest()[:32]}"
        if key not in self._known:
            self._add(Person(key=key, name=name or str(said.bot_id), kind="bot", at=at, place=place))
        return key

    def _add(self, person: Person) -> None:
        self._known.add(person.key)
        self.newcomers.append(person)


def _called(spoken: SpokenAs | None) -> str | None:
    return (spoken.real_name or spoken.display_name or spoken.name) if spoken else None


def _described(user: User, place: Place, at: Micros) -> Person:
    profile = user.profile
    names = (profile and profile.real_name, user.real_name, profile and profile.display_name, user.name)
    guest = user.is_restricted or user.is_ultra_restricted
    return Person(
        key=user.id,
        name=next((name for name in names if name), user.id),
        email=(profile and profile.email) or None,
        title=(profile and profile.title) or None,
        kind="bot" if user.is_bot or user.id == SLACKBOT else "guest" if guest else "employee",
        active=not user.deleted,
        at=at,
        place=place,
    )
