"""How one wants to be told outside the platform, and what holds for everybody."""

from pydantic import Field

from domain.directory.commands.limits import TAG
from domain.kernel.commands import Command, Line
from domain.notifications.events.notification import NotificationKind
from domain.notifications.events.preferences import Language, Pace, Way

TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
TIME_ZONE = r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"
SIGNING = r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$"


class ChoosePace(Command):
    """Say how soon you want to be told for one reason in one way."""

    kind: NotificationKind = Field(description="For which reason.")
    way: Way = Field(description="In which way.")
    pace: Pace = Field(description="How soon.")


class ChooseQuietHours(Command):
    """Be told nothing outside the platform between two times of your day; it waits until they are over."""

    starts: Line = Field(description="From when on, by your time zone: `22:00`.", max_length=5, pattern=TIME_OF_DAY)
    ends: Line = Field(description="Until when; an earlier time is one of the next day.", max_length=5, pattern=TIME_OF_DAY)


class DropQuietHours(Command):
    """Be told at any time."""


class ChooseWebhook(Command):
    """Have a program of yours called, in place of any other before."""

    url: Line = Field(description="Where it listens.", max_length=2_000, pattern=r"^https?://\S+$")
    secret: Line = Field(
        description="What it checks signatures with: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks).",
        max_length=94,
        pattern=SIGNING,
    )


class DropWebhook(Command):
    """Have no program of yours called."""


class ChangeDeliveryRules(Command):
    """Say for everybody how notifications leave the platform."""

    content_in_mail: bool = Field(default=False, description="Whether e-mails show what was said, or only where and by whom.")
    bundle_minutes: int = Field(default=15, description="How many minutes of notifications are bundled.", ge=1, le=1_440)
    day_begins: Line = Field(
        default="09:00", description="When a day's bundle goes out, by each one's time zone.", max_length=5, pattern=TIME_OF_DAY
    )
    language: Language = Field(default="en", description="In which language people are written to of whom none is known.")
    time_zone: Line = Field(
        default="UTC", description="By whose clock people work of whom no time zone is known.", max_length=TAG, pattern=TIME_ZONE
    )
