"""How far the followers of the log have come, and which process runs them."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Checkpoints(Protocol):
    """The positions of followers, by name; one process at a time holds a follower."""

    def hold(self, name: str) -> AbstractAsyncContextManager[None]:
        """Waits until no other process runs this follower, and holds it until the end of the context.

        A holder whose connection is lost may be followed by another: what followers do must bear being done twice.
        """
        ...

    async def load(self, name: str) -> int:
        """The last position that the follower has dealt with; 0 for a new one."""
        ...

    async def save(self, name: str, position: int) -> None:
        """Moves the follower's position on; it never goes back."""
        ...
