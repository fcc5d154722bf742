"""The sample company: brought in through the import that any history takes, and the people through whom to look at it."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from application.envelope import Asked
from application.imports.bring import Importer, Report
from application.imports.history import History
from application.ports.log import CommandIdReused
from domain.access.commands import AppointAdministrator
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, derived, service
from infra.samples.asking import asking
from infra.samples.history import SampleCompany, person_id
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
)


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
    """Lets people of the sample company write to each other now, and ask something of each other.

    However often it is called, they do so once. Answers the position of the last of it.
    """
    position = 0
    for number, note in enumerate(TODAY):
        for command in (note.opening, note.said):
            asked = Asked(note.people[0], derived("demo note", str(number), type(command).__name__))
            position = max(position, (await organisation.platform.handle(command, asked)).position)
    for deed in asking(organisation.clock()):
        # Times are counted from the first run: a later one, which counts from its own, changes nothing.
        with suppress(CommandIdReused):
            outcome = await organisation.platform.handle(deed.command, Asked(deed.by, deed.id))
            position = max(position, outcome.position)
    return position
