"""People as an operator names them on the command line."""

import asyncio

from application.ports.log import LogUnavailable
from domain.kernel.identifiers import PersonId
from interfaces.bootstrap import database
from interfaces.bootstrap.levelling import level_now
from interfaces.bootstrap.people import SomebodyFound, find_people
from interfaces.cli.console import err, fail, out
from interfaces.settings import Settings
from projections.engine.store import StoreUnavailable


def somebody(settings: Settings, organisation: str, said: str) -> PersonId:
    """The one person with this id or name, or in whose name it occurs; ends the program where that is nobody or several."""
    found = _found(settings, organisation, said)
    if not found:
        # Whoever came while no server was running isn't in the read models yet.
        with err.status("bringing the read models level with the log"):
            try:
                asyncio.run(level_now(settings, organisation))
            except (LogUnavailable, StoreUnavailable) as error:
                fail(str(error), "Whoever is meant is looked up in the read model of people.")
        found = _found(settings, organisation, said)
    if not found:
        fail(f"Nobody is called {said}.", "An id, a name, or part of a name says who is meant.")
    if len(found) > 1:
        for one in found:
            out.print(f"{one.id}  {one.name}", highlight=False)
        fail(f"{len(found)} people fit {said}.", "Say which one by the id.")
    return PersonId(found[0].id)


def _found(settings: Settings, organisation: str, said: str) -> list[SomebodyFound]:
    with database(settings) as access:
        return find_people(access, organisation, said)
