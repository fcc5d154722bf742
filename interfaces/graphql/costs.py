"""What operations cost: measured on what they were compiled to, and charged to the viewer before they are executed."""

from math import ceil
from typing import NamedTuple

from graphql import GraphQLError

from application.ports.rates import Rate, Rates
from application.ports.telemetry import Telemetry
from interfaces.graphql.answers import Answer, Charge, Session

OPERATION = 1
"""Points of any query, beside one for each row that it asks for: the product of the page sizes on the way to each list."""
COMMAND = 20
"""Points of each mutation, beside the rows that it shows."""
FOLLOWING = 20
"""Points of a subscription when it begins, beside the rows that each change shows."""
ABOUT_SCHEMA = 500
"""Points of a question about the schema."""
UNREADABLE = 10
"""Points of a document that can't be executed: finding that out is work."""


class TooFast(GraphQLError):
    """The viewer has spent what a minute holds."""

    def __init__(self, cost: int, remaining: int, rate: Rate, wait: float) -> None:
        self.wait = max(1, ceil(wait))
        self.charge = Charge(cost, remaining, rate.points, self.wait, int(rate.seconds))
        super().__init__(
            f"You have asked for too much in a minute. Try again in {self.wait} s.",
            extensions={"code": "RATE_LIMITED", "retryAfter": self.wait, "cost": self.charge.told()},
        )

    @property
    def answer(self) -> Answer:
        """The answer to the operation."""
        return Answer(None, [self], begun=False, status=429, charge=self.charge)


class Charges(NamedTuple):
    """Charges the viewers of one organisation; without `rates` nothing is counted."""

    rates: Rates | None = None
    rate: Rate = Rate(1)
    telemetry: Telemetry | None = None

    async def take(self, session: Session, cost: int, kind: str) -> Charge | None:
        """Charges an operation. Raises TooFast."""
        if self.rates is None:
            return None
        taken = await self.rates.take(f"{session.organisation}:{session.viewer}", cost, self.rate)
        if self.telemetry:
            self.telemetry.count(
                "graphql_cost" if taken.allowed else "graphql_over_rate", cost if taken.allowed else 1, kind=kind
            )
        if not taken.allowed:
            raise TooFast(cost, taken.remaining, self.rate, taken.wait)
        return Charge(cost, taken.remaining, self.rate.points, ceil(taken.reset), int(self.rate.seconds))
