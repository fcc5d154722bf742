"""The removal of one position's content: authorised once, for ever."""

from msgspec.structs import replace

from domain.compliance.commands import AuthorisePurge
from domain.compliance.events import PurgeAuthorised, PurgeId
from domain.kernel.states import NOTHING, Events, Maybe, State


class Purge(State[PurgeAuthorised], kind="compliance.purge", key=(PurgeId,)):
    """Whether a position's content may be removed."""

    authorised: bool = False

    def evolve(self, event: PurgeAuthorised) -> "Purge":
        return replace(self, authorised=True)


def authorise(command: AuthorisePurge, purge: Maybe[Purge]) -> Events:
    return NOTHING if purge.authorised else purge.records(PurgeAuthorised(position=command.position))
