"""What holds now, from the states at hand."""

from application.ports.facts import S
from application.states import States


class StatesAtHand:
    """Fulfils application.ports.facts.Facts."""

    def __init__(self, states: States) -> None:
        self._states = states

    async def of(self, first: S) -> S:
        """At hand, or loaded."""
        kind = type(first)
        while True:
            found = self._states.view(kind, first.stream)
            if isinstance(found, kind):
                return found
            await self._states.load({(kind, first.stream)})
