"""Whatever is handed over when somebody leaves is given back when their leaving is undone."""

import pkgutil
from collections import defaultdict

from application import policies
from application.policies import load_all
from application.policies.declaration import POLICIES
from domain.directory.events.person import OffboardingUndone, PersonOffboarded
from domain.kernel.events import Event

load_all()


def test_every_hand_over_has_its_way_back() -> None:
    events: dict[str, list[type[Event]]] = defaultdict(list)
    for policy in POLICIES.values():
        events[policy.act.__module__.rpartition(".")[2]] += policy.events
    files = [module.name for module in pkgutil.iter_modules(policies.__path__) if module.name.startswith("handover_")]
    assert files
    for file in files:
        assert set(events[file]) == {PersonOffboarded, OffboardingUndone}, file
    strays = [file for file, waits in events.items() if PersonOffboarded in waits and file not in files]
    assert not strays, "a hand-over is declared in a file named handover_…"
