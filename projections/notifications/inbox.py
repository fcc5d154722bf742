"""An inbox as a whole: how much of it is unread."""

from __future__ import annotations

from projections.engine.fields import Formula, column, formula, found
from projections.engine.model import Model
from projections.engine.values import Long

EVERYBODY = """
    select p.id, coalesce(r.upto, 0) as upto from {person} p left join {inbox_reading} r on r.id = p.id
"""
UNREAD = """
    select count(*)::integer from (
        select from {seen_inbox_item} i
        where i.person_id = {this}.id and not i.dismissed and i.unread_since > {this}.upto limit 100
    ) counted
"""


class Inbox(
    Model,
    view=EVERYBODY,
    visible="{this}.id = {viewer}",
    queries=(found("inbox", "Your inbox as a whole; what is in it is `viewer.inbox`.", where="{this}.id = {viewer}"),),
):
    """Your inbox as a whole."""

    upto: Long = column("The position up to which you have taken note of everything.")
    unread: Formula[int] = formula(UNREAD, "How much you have not taken note of; 100 stands for that much or more.")
