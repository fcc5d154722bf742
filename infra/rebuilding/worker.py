"""One worker of a rebuild, in a process of its own: see infra.rebuilding.crew."""

import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread

import msgspec
import uvloop

import domain
import projections.compliance.erasure  # noqa: F401  what ends the readability of values, whichever read model holds them
from infra.rebuilding.filling import filled
from infra.rebuilding.orders import Order, Report

YOUNG = 200_000
"""Objects that are made before the youngest are looked through."""


def load_events() -> None:
    """Imports what events there are, and nothing else of the domain: half a second less than all of it."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        if ".events" in module.name:
            importlib.import_module(module.name)


def say(report: Report) -> None:
    """One line."""
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


def spare_the_collector() -> None:
    """A page is many thousands of small objects without circles, which are gone after it: looked through, they cost a quarter."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)


def ordered() -> Iterator[Order]:
    """What is ordered on standard input. With its end, which is that of whoever started this, this ends too, at once."""
    lines: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            lines.put(line)
        os._exit(1)

    Thread(target=read, daemon=True).start()
    while True:
        yield msgspec.json.decode(lines.get(), type=Order)


if __name__ == "__main__":
    load_events()
    for order in ordered():
        for module in order.modules:
            importlib.import_module(module)
        spare_the_collector()
        say(uvloop.run(filled(order, lambda reached: say(Report(reached)))))
