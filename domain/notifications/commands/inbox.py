"""What one may do about an inbox as a whole."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import derived
from domain.notifications.ids import ReadingId


class ReadInbox(Command):
    """Take note of everything that you were told of up to a position of the log."""

    upto: int = Field(description="The position of the last notification that you have seen.", ge=0, le=2**63 - 1)

    @property
    def reading(self) -> ReadingId:
        """What names the one time that somebody takes note of everything up to here."""
        return ReadingId(derived("inbox reading", str(self.upto)))
