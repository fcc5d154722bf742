"""Timers: what is done when a time has come. One file per timer, found by walking this package."""

import importlib
import pkgutil


def load_all() -> None:
    """Imports every timer, so that all are declared."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
