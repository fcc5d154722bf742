"""Who is here already by their address: so that somebody of another system meets the person whom they are."""

from collections.abc import Collection, Mapping
from typing import Protocol

from domain.kernel.identifiers import PersonId


class Acquaintances(Protocol):
    """People by their e-mail addresses."""

    async def by_email(self, addresses: Collection[str]) -> Mapping[str, PersonId]:
        """Who has each of these addresses (in lower case); one that nobody or several have is absent."""
        ...


class Nobody:
    """Nobody is known by an address: for a history that has none."""

    async def by_email(self, _: Collection[str]) -> Mapping[str, PersonId]:
        """Nobody."""
        return {}
