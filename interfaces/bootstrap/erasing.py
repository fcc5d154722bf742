"""The erasure of a person by an operator."""

from functools import partial
from uuid import UUID

from application.envelope import Asked
from application.erasure import Erasure, erase
from domain.compliance.events import ErasureGround
from domain.kernel.events import Authority
from domain.kernel.identifiers import service
from infra.system import random_id
from interfaces.bootstrap.opening import opened
from interfaces.settings import Settings

OPERATOR = Authority("operator at the command line")


async def erase_person(settings: Settings, organisation: str, person: UUID, ground: ErasureGround) -> Erasure:
    """Destroys all keys of a person. Raises EXPECTED, LogUnavailable; asked again, it goes on."""
    async with opened(settings, organisation) as found:
        asked = Asked(service("operator"), random_id())
        return await erase(person, ground, asked, partial(found.platform.handle, authority=OPERATOR), found.keys)
