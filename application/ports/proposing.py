"""Finding the grants that may allow something: a read model proposes them, and decisions look at the facts themselves."""

from collections.abc import Sequence
from typing import Protocol

from domain.access.holding import Proposal
from domain.kernel.identifiers import PersonId
from domain.kernel.rules import Claim


class Proposals(Protocol):
    """Proposes what somebody may hold."""

    async def propose(self, actor: PersonId, claim: Claim) -> Sequence[Proposal]:
        """The grants that may give the actor what is claimed, those that hold longest first; at most a few of them.

        All that was recorded before the call is taken into account. Raises LogUnavailable.
        """
        ...
