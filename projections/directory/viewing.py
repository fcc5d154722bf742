"""Who may look at all: what every read model's visibility begins with."""

ACTIVE = "exists (select from {person} a where a.id = {viewer} and a.standing = 'active')"
"""The viewer is in the organisation, and neither suspended nor gone: whoever may do nothing is shown nothing either."""
EMPLOYEE = "exists (select from {person} a where a.id = {viewer} and a.standing = 'active' and a.kind <> 'guest')"
"""The viewer is active and no guest."""
