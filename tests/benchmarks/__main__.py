"""`python -m tests.benchmarks [GROUP or FIGURE …]`: measures, prints, and appends to build/bench.jsonl."""

import importlib
import pkgutil
import sys

import tests.benchmarks
from tests.benchmarks.harness import Figure, measure


def figures() -> dict[str, Figure]:
    """Every figure by name: the lists FIGURES of this package's modules."""
    modules = (importlib.import_module(f"tests.benchmarks.{found.name}") for found in _modules())
    return {figure.name: figure for module in modules for figure in getattr(module, "FIGURES", ())}


def _modules() -> list[pkgutil.ModuleInfo]:
    return [found for found in pkgutil.iter_modules(tests.benchmarks.__path__) if found.name != "__main__"]


def main(wanted: list[str]) -> int:
    """Measures what was asked for, or everything. The exit code tells of unknown names only: a missed goal is a figure too."""
    known = figures()
    chosen = [figure for name, figure in known.items() if not wanted or name in wanted or name.split(".")[0] in wanted]
    unknown = [name for name in wanted if not any(name in (figure.name, figure.name.split(".")[0]) for figure in chosen)]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(sorted(known))}.", file=sys.stderr)
        return 2
    lines = measure(chosen)
    missed = [line.figure for line in lines if not line.reached]
    print(f"{len(lines) - len(missed)} of {len(lines)} goals reached{': missed ' + ', '.join(missed) if missed else ''}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
