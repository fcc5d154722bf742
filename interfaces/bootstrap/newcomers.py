"""Whom an operator takes into an organisation or lets administer it: there, nobody may before the first of them."""

from functools import partial
from typing import NamedTuple

from application.envelope import Asked
from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import AddPerson
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, service
from domain.kernel.refusals import Refusal
from infra.system import random_id
from interfaces.bootstrap.erasing import OPERATOR
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings


class NotDone(Exception):
    """The platform refused it; the text says why."""


class Newcomer(NamedTuple):
    """What is known of somebody who is to be added."""

    name: str
    email: str | None = None
    title: str | None = None


async def add_person(settings: Settings, organisation: str, newcomer: Newcomer, *, administers: bool) -> PersonId:
    """Adds somebody, as a primary administrator if wanted. By e-mail address they are the same person each time, as in imports.

    Raises NotDone, EXPECTED, LogUnavailable, ClockJumped; pydantic's ValidationError for what can't be a name or an address.
    """
    name, email, title = newcomer
    AddPerson(person=PersonId(random_id()), name=name, email=email, title=title)
    async with opened(settings, organisation) as found:
        address = (email or "").strip().lower()
        person = PersonId(found.pseudonyms("person", address) if address else random_id())
        await _do(found, AddPerson(person=person, name=name, email=email, title=title))
        if administers:
            await _do(found, AppointAdministrator(person=person))
        return person


async def appoint(settings: Settings, organisation: str, person: PersonId) -> None:
    """Lets somebody administer the whole organisation. Raises NotDone, EXPECTED, LogUnavailable, ClockJumped."""
    async with opened(settings, organisation) as found:
        await _do(found, AppointAdministrator(person=person))


async def _do(organisation: OpenOrganisation, command: Command) -> None:
    handle = partial(organisation.platform.handle, authority=OPERATOR)
    outcome = await handle(command, Asked(service("operator"), random_id()))
    if isinstance(outcome.refusal, Refusal):
        raise NotDone(f"{type(outcome.refusal).__name__}: {type(outcome.refusal).__doc__}")
