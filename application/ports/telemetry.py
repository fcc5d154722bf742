"""What the use cases tell operators: words without content, and numbers."""

from typing import Protocol


class Telemetry(Protocol):
    """Structured logs and metrics. Nothing that a person wrote and no name goes in: identifiers, types, counts, positions."""

    def info(self, event: str, **facts: object) -> None:
        """Something that an operator may want to know."""
        ...

    def warning(self, event: str, **facts: object) -> None:
        """Something that an operator should look at."""
        ...

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Adds to a counter."""
        ...

    def measure(self, name: str, value: float, **labels: str) -> None:
        """Sets a gauge."""
        ...

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Adds a duration to a histogram."""
        ...
