"""Telemetry that tests can wait for."""

import asyncio
from typing import Any


class Heard:
    """Fulfils application.ports.telemetry.Telemetry. `until` waits for words, told before or later."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._news = asyncio.Event()

    def info(self, event: str, **facts: object) -> None:
        self.told.append((event, facts))
        self._news.set()
        self._news = asyncio.Event()

    warning = info

    def count(self, name: str, amount: float = 1, **labels: str) -> None: ...
    def measure(self, name: str, value: float, **labels: str) -> None: ...
    def observe(self, name: str, seconds: float, **labels: str) -> None: ...

    async def until(self, event: str, within: float = 15) -> dict[str, Any]:
        """The facts of the first such word."""
        async with asyncio.timeout(within):
            while True:
                news = self._news
                for told, facts in self.told:
                    if told == event:
                        return facts
                await news.wait()
