"""Parts of visibility that many read models share. What they ask of the viewer is the same for every row, so it is asked once."""

from collections.abc import Sequence

from projections.engine.once import once, trait
from projections.engine.ways import Among, Way

_GUEST = "exists (select from {person} v where v.id = {viewer} and v.kind = 'guest')"
GUEST = trait("guest", _GUEST)
"""The trait of whoever was ever a guest."""
ADMINISTRATOR = trait("administrator", "exists (select from {administrator} v where v.person_id = {viewer})")
"""The trait of whoever ever administered anything."""
HOLDER = "holder"
"""The trait of whoever was ever granted anything. What that means stands with the permissions."""

_STAFF = once("staff", "select 1 from {person} v where v.id = {viewer} and v.kind <> 'guest'", but=GUEST)
STAFF = f"exists (select from {_STAFF} o)"
"""Somebody of the organisation itself, or a program of its own: no guest."""
_ACTIVE_STAFF = once(
    "active_staff",
    "select 1 from {person} v where v.id = {viewer} and v.standing = 'active' and v.kind <> 'guest'",
    but=GUEST,
)
ACTIVE_STAFF = f"exists (select from {_ACTIVE_STAFF} o)"
"""One of them who takes part."""

_MET = once(
    "met_people",
    "select m.id from (select {viewer} as id"
    " union select m.person_id from {channel_member} m where m.channel_id in (select s.id from {seen_channel} s)"
    " union select g.issuer_id from {guest} g where g.id = {viewer}) m"
    f" where {_GUEST}",
    of=[GUEST],
)
SEEN_BY_GUESTS = Among("id", "o.id", f"{_MET} o")
"""Of people, a guest sees those whom they meet in a channel, and whoever invited them. Of the staff, who see everybody, nobody is
asked whom they meet."""

_PRIMARY = once(
    "primary",
    "select 1 from {administrator} v where v.person_id = {viewer} and v.department_id is null",
    of=[ADMINISTRATOR],
)
PRIMARY = f"exists (select from {_PRIMARY} o)"
"""A primary administrator."""

_ADMINISTERED = once(
    "administered",
    "with recursive down (id) as ("
    "select v.department_id from {administrator} v where v.person_id = {viewer} and v.department_id is not null"
    " union select d.id from {department} d join down on d.parent_id = down.id) select id from down",
    of=[ADMINISTRATOR],
)


def administers(department: str) -> Among:
    """Who administers the department that this column holds, or one above it; the whole organisation is told apart."""
    return Among(department, "o.id", f"{_ADMINISTERED} o")


def holds(action: str, *, on: str | None = None, within: str | None = None) -> Sequence[Way]:
    """Who holds an action: everywhere, on the resource, or within the department, that these columns hold."""
    name = action.replace(".", "_")
    held = once(
        f"held_{name}",
        f"select v.resource, v.within_id from {{permission}} v where v.person_id = {{viewer}} and v.action = '{action}'",
        of=[HOLDER],
    )
    ways: list[Way] = [f"exists (select from {held} o where o.resource is null and o.within_id is null)"]
    if on is not None:
        ways.append(Among(on, "o.resource", f"{held} o where o.resource is not null"))
    if within is not None:
        below = once(
            f"within_{name}",
            f"with recursive down (id) as (select o.within_id from {held} o where o.within_id is not null"
            " union select d.id from {department} d join down on d.parent_id = down.id) select id from down",
            of=[HOLDER],
        )
        ways.append(Among(within, "o.id", f"{below} o"))
    return ways
