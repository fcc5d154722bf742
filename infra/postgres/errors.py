"""What can be wrong with the database that we were given, in sentences that say what to do."""


class DatabaseUnusable(Exception):
    """The database can't be used as it is; the text says why and what helps."""


class DatabaseUnreachable(DatabaseUnusable):
    """Nobody answers there, or not to us."""


class DatabaseNotPrepared(DatabaseUnusable):
    """Its schema is older than this release, or absent."""


class DatabaseTooNew(DatabaseUnusable):
    """Its schema was made by a newer release."""


class RoleMissing(DatabaseUnusable):
    """The application's role isn't there or isn't ours to take, and we may not change that."""


class MigrationAltered(DatabaseUnusable):
    """A migration that was applied long ago reads otherwise now."""
