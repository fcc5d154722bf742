"""Whoever was invited to a channel, and may do more than look, takes part in it."""

from collections.abc import Iterator

from application.policies.declaration import policy
from domain.access.events.invitation import GuestAdmitted
from domain.kernel.events import Recorded
from domain.messaging.channel import Channel
from domain.messaging.commands.membership import AddMember
from domain.messaging.ids import ChannelId


@policy
def add_guest_to_channel(admitted: Recorded[GuestAdmitted]) -> Iterator[AddMember]:
    """Until then, and where they may only look, what was granted to them lets them read."""
    guest = admitted.event
    if guest.kind == Channel.kind and not guest.view_only:
        yield AddMember(channel=ChannelId(guest.resource), person=guest.person)
