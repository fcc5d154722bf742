"""One worker of a rebuild, in a process of its own: see infra.rebuilding.crew."""

import gc
import importlib
import os
import pkgutil
import sys
from threading import Thread

import msgspec
import uvloop

import domain
from infra.rebuilding.filling import filled
from infra.rebuilding.orders import Order, Report
from projections.engine.registry import models

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


def end_with_parent() -> None:
    """Waits for the end of standard input, which is that of whoever started this, and ends at once."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    ordered = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    load_events()
    models()
    spare_the_collector()
    Thread(target=end_with_parent, daemon=True).start()
    say(uvloop.run(filled(ordered, lambda reached: say(Report(reached)))))
