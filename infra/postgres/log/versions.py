"""What a process knows of the versions of streams, so that most guards are verified without asking the database."""

from collections.abc import Mapping


class Versions:
    """The versions of streams as of one position, the head; bounded, and never wrong.

    Invariant: for every stream in memory, its version is that of its last row at or before `head`. It holds at first, since
    nothing is in memory, and after each step:

    - `advance` moves the head and brings the last version of *every* stream that has rows in between;
    - `learn` adds versions that were read from the database while the head was the log's head, under the log's lock;
    - forgetting leaves less to be right about.

    So while the log's lock is held, and once the head has been advanced to the log's head, a version in memory is the stream's
    current one, and a guard is verified by comparing. Which load a guard's version came from, and when, doesn't matter.
    """

    def __init__(self, size: int = 200_000) -> None:
        """Remembers at least `size` streams that were used last, at most twice as many (some 200 bytes each)."""
        self.head = 0
        self._size = size
        # Two generations instead of an order of use: what is used moves to the young one, the old one is dropped whole.
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def get(self, stream: str) -> int | None:
        """The version of a stream at the head, 0 if it is absent then; None if that isn't known."""
        version = self._young.get(stream)
        if version is None and (version := self._old.get(stream)) is not None:
            self._young[stream] = version
        return version

    def advance(self, head: int, moved: Mapping[str, int]) -> None:
        """Moves the head forward; `moved` has the last version of each stream with rows after the old head."""
        if head < self.head:
            raise ValueError(f"the log's head can't go back from {self.head} to {head}")
        self._young.update(moved)
        self.head = head

    def learn(self, versions: Mapping[str, int]) -> None:
        """Adds what was read under the lock with the head at the log's head."""
        self._young.update(versions)

    def start_at(self, head: int) -> None:
        """Forgets everything, and begins at another head."""
        self._young, self._old, self.head = {}, {}, head

    def trim(self) -> None:
        """Forgets what has not been used for long. Not while a batch is being verified, which relies on what it learned."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
