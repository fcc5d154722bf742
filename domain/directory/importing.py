"""An import of the organisation as a thing of its own: so that it can be found, and taken back once."""

from typing import Literal, assert_never

from msgspec.structs import replace

from domain.directory.events.importing import OrganisationImported, OrganisationImportEvent, OrganisationImportReverted
from domain.directory.ids import OrganisationImportId
from domain.kernel.states import State


class OrganisationImport(State[OrganisationImportEvent], kind="directory.import", key=(OrganisationImportId,)):
    """Whether it was done, and whether it was taken back."""

    status: Literal["new", "done", "reverted"] = "new"

    def evolve(self, event: OrganisationImportEvent) -> "OrganisationImport":
        match event:
            case OrganisationImported():
                return replace(self, status="done")
            case OrganisationImportReverted():
                return replace(self, status="reverted")
            case _:
                assert_never(event)
