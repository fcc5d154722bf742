"""What is recorded of an import of the organisation, beside what it changed."""

from domain.kernel.events import Event, catalogue
from domain.kernel.upcasts import Fields, upcast


class OrganisationImported(Event, wire="directory.organisation_imported.v2"):
    """The organisation was brought in from a file, as one act. `digest` is the file's SHA-256, in hex; the rest are counts."""

    digest: str
    joined: int
    moved: int
    changed: int
    left: int
    departments: int
    posts: int


class OrganisationImportReverted(Event, wire="directory.organisation_import_reverted.v1"):
    """What an import had changed was taken back, as one act."""

    streams: int


OrganisationImportEvent = OrganisationImported | OrganisationImportReverted

catalogue(OrganisationImported, OrganisationImportReverted)


@upcast("directory.organisation_imported.v1", "directory.organisation_imported.v2")
def imported_without_posts(old: Fields) -> Fields:
    """Tables could not name posts yet."""
    return {**old, "posts": 0}
