"""Parts of visibility that many read models share: SQL over {viewer}, the same for every row, so it is asked once."""

STAFF = "exists (select from {person} v where v.id = {viewer} and v.kind <> 'guest')"
"""Somebody of the organisation itself, or a program of its own: no guest."""

SEEN_BY_GUESTS = (
    "{this}.id = {viewer}"
    " or {this}.id in (select m.person_id from {channel_member} m where m.channel_id in (select s.id from {seen_channel} s))"
    " or {this}.id in (select g.issuer_id from {guest} g where g.id = {viewer})"
)
"""Of people, a guest sees those whom they meet in a channel, and whoever invited them."""

PRIMARY = "exists (select from {administrator} v where v.person_id = {viewer} and v.department_id is null)"
"""A primary administrator."""


def administers(department: str) -> str:
    """Who administers the department that this SQL names, or one above it; the whole organisation is told apart."""
    return (
        f"{department} in (with recursive down(id) as (select v.department_id from {{administrator}} v"  # noqa: S608 (ours)
        " where v.person_id = {viewer} and v.department_id is not null"
        " union select d.id from {department} d join down on d.parent_id = down.id) select id from down)"
    )


def holds(action: str, *, on: str | None = None, within: str | None = None) -> str:
    """Who holds an action: everywhere, on the resource, or within the department, that this SQL names. What a viewer holds is
    gathered once for all rows."""
    mine = f"from {{permission}} v where v.person_id = {{viewer}} and v.action = '{action}'"
    ways = [f"exists (select {mine} and v.resource is null and v.within_id is null)"]
    if on is not None:
        ways.append(f"{on} in (select v.resource {mine} and v.resource is not null)")
    if within is not None:
        ways.append(
            f"{within} in (with recursive down(id) as (select v.within_id {mine} and v.within_id is not null"  # noqa: S608 (ours)
            " union select d.id from {department} d join down on d.parent_id = down.id) select id from down)"
        )
    return " or ".join(ways)
