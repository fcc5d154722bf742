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

        Answers at once, from what is shown by now: what was granted a moment ago may be missing, and what was revoked a
        moment ago may be among them. Raises LogUnavailable.
        """
        ...

    async def level(self) -> None:
        """Waits until all that was recorded before the call is shown; not for ever. Nothing else should wait for who waits
        here. Raises LogUnavailable.
        """
        ...
