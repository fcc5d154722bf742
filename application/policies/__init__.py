"""Policies: events in, commands out. The one place where contexts meet; one file per policy, found by walking this package."""

import importlib
import pkgutil


def load_all() -> None:
    """Imports every policy, so that all are declared."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
