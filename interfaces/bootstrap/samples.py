"""The sample company: brought in through the import that any history takes, and the people through whom to look at it."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from application.envelope import Asked
from application.imports.bring import Importer, Report
from application.imports.history import History
from application.ports.log import CommandIdReused
from domain.access.commands.administration import AppointAdministrator
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, derived, service
from infra.samples.asking import asking
from infra.samples.history import SampleCompany, person_id
from infra.samples.permitting import CUSTOMER, SUPPLIER, permitting
from infra.samples.today import TODAY
from interfaces.bootstrap.organisation import OpenOrganisation

_OPERATOR = service("demo")
_AUTHORITY = Authority("operator starts the demo")


class Guide(NamedTuple):
    """Somebody of the sample company as whom it is worth a look, and why."""

    person: PersonId
    name: str
    sees: str


GUIDES = (
    Guide(person_id("shen"), "沈云帆", "managing director and primary administrator"),
    Guide(person_id("mei"), "梅晓燕", "buyer: the late order, in Chinese and English"),
    Guide(person_id("leo"), "Leo Brandt", "firmware engineer: the incident and its threads"),
    Guide(
        person_id("dora"), "Dora Winkler", "auditor: reads a private channel under a case, `{ cases { nodes { id purpose } } }`"
    ),
)
VISITORS = (
    Guide(SUPPLIER.person, SUPPLIER.name, "supplier: looks at one channel, and changes nothing"),
    Guide(CUSTOMER.person, CUSTOMER.name, "customer's guest: talks in one channel, and sees nothing else"),
)
"""They come today."""


def sample_company() -> History:
    """What the sample tells."""
    return SampleCompany()


async def bring_sample(organisation: OpenOrganisation, sample: History, told: Callable[[Report], None]) -> int:
    """Brings the sample company and makes its director the administrator; done again, it changes nothing.

    Answers the position up to which read models must have come to show all of it. Raises what Importer.bring raises.
    """
    await Importer(organisation.bulk, organisation.pseudonyms).bring(sample, told)
    director = AppointAdministrator(person=GUIDES[0].person)
    outcome = await organisation.platform.handle(director, Asked(_OPERATOR, derived("demo", "director")), _AUTHORITY)
    return max(outcome.position, await organisation.log.reader.head())


async def say_todays_notes(organisation: OpenOrganisation) -> int:
    """Lets people of the sample company write to each other now, ask something of each other, and let others in.

    However often it is called, they do so once. Answers the position of the last of it.
    """
    position = 0
    for number, note in enumerate(TODAY):
        for command in (note.opening, note.said):
            asked = Asked(note.people[0], derived("demo note", str(number), type(command).__name__))
            position = max(position, (await organisation.platform.handle(command, asked)).position)
    now = organisation.clock()
    for deed in (*asking(now), *permitting(now)):
        # Times are counted from the first run: a later one, which counts from its own, changes nothing.
        with suppress(CommandIdReused):
            asked, authority = Asked(deed.by or _OPERATOR, deed.id), None if deed.by else _AUTHORITY
            outcome = await organisation.platform.handle(deed.command, asked, authority)
            position = max(position, outcome.position)
    return position
