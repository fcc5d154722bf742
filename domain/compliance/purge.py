"""The removal of one position's content: authorised once, for ever."""

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.compliance.commands import AuthorisePurge
from domain.compliance.events import PurgeAuthorised, PurgeId
from domain.kernel.decisions import decides
from domain.kernel.states import NOTHING, Events, Maybe, State


class Purge(State[PurgeAuthorised], kind="compliance.purge", key=(PurgeId,)):
    """Which position's content may be removed, once that is authorised."""

    position: int | None = None

    def evolve(self, event: PurgeAuthorised) -> "Purge":
        return replace(self, position=event.position)


@decides(allowed=administrator())
def authorise(command: AuthorisePurge, purge: Maybe[Purge]) -> Events:
    return NOTHING if purge.exists else purge.records(PurgeAuthorised(position=command.position))
