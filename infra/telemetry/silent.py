"""For programs that speak to people on a terminal: nothing is logged or measured."""


class SilentTelemetry:
    """Fulfils application.ports.telemetry.Telemetry."""

    def info(self, event: str, **facts: object) -> None:
        """Nothing."""

    def warning(self, event: str, **facts: object) -> None:
        """Nothing."""

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Nothing."""

    def measure(self, name: str, value: float, **labels: str) -> None:
        """Nothing."""

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Nothing."""
