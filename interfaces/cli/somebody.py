"""People as an operator names them on the command line."""

from domain.kernel.identifiers import PersonId
from interfaces.bootstrap import database
from interfaces.bootstrap.people import find_people
from interfaces.cli.console import fail, out
from interfaces.settings import Settings


def somebody(settings: Settings, organisation: str, said: str) -> PersonId:
    """The one person with this id or name, or in whose name it occurs; ends the program where that is nobody or several."""
    with database(settings) as access:
        found = find_people(access, organisation, said)
    if not found:
        fail(f"Nobody is called {said}.", "An id, a name, or part of a name says who is meant.")
    if len(found) > 1:
        for one in found:
            out.print(f"{one.id}  {one.name}", highlight=False)
        fail(f"{len(found)} people fit {said}.", "Say which one by the id.")
    return PersonId(found[0].id)
