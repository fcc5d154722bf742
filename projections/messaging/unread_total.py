"""What somebody hasn't read yet, in all channels together: what stands beside the name of a program that is in the background."""

from __future__ import annotations

from projections.directory.person import Person
from projections.engine.fields import Formula, To, formula, found, one
from projections.engine.model import Model
from projections.messaging.unread import COUNTED, MENTIONED, UNREAD

EVERYBODY = "select p.id, p.id as person_id from {person} p"
MINE = "{channel} c where c.id in (select v.channel_id from {channel_member} v where v.person_id = {viewer})"
UNMUTED = "not exists (select from {channel_muting} u where u.channel_id = c.id and u.person_id = {viewer})"


def of_channel(count: str) -> str:
    """A count of one channel, of the one that is called c."""
    return f"({count.replace('{this}', 'c')})"


class Unread(
    Model,
    view=EVERYBODY,
    visible="{this}.id = {viewer}",
    queries=(found("unread", "What you haven't read, in all channels together.", where="{this}.id = {viewer}"),),
):
    """What you haven't read, in all channels where you take part."""

    person: To[Person] = one("You.")
    channel_count: Formula[int] = formula(
        f"select count(*)::integer from {MINE} and {UNMUTED} and {of_channel(UNREAD)} > 0",
        "In how many channels there is something unread, without those that you have muted.",
    )
    mention_count: Formula[int] = formula(
        f"select least(coalesce(sum({of_channel(MENTIONED)}), 0), {COUNTED})::integer from {MINE}",
        "How many unread messages mention you, a department or group of yours, or everybody, in muted channels too; 100 is 99+.",
    )
