"""What can go wrong with the embedded server, in sentences that say what to do."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL can't be had; the text says why and what helps."""


class BinariesNotFound(EmbeddedPostgresError):
    """No PostgreSQL programs were found on this machine."""


class NoUnprivilegedAccount(EmbeddedPostgresError):
    """We are root, PostgreSQL refuses root, and there is no other account to run it as."""


class DirectoryUnusable(EmbeddedPostgresError):
    """A folder that the server needs can't be used: another's, unwritable, or of an unknown version."""


class ServerDidNotStart(EmbeddedPostgresError):
    """The server gave up; the end of its log is in the text."""
