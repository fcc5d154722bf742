"""How long work shows where it is: as a bar on a terminal, and elsewhere in a line for each stage and each tenth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Told = Callable[[int, int], None]
Stage = Callable[[str], None]


@contextmanager
def shown(what: str, console: Console) -> Iterator[tuple[Told, Stage]]:
    """Two functions to be told by: how much is done and of how much, and what comes next."""
    if not console.is_terminal:
        yield _lines(what, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield (
            lambda done, whole: progress.update(task, completed=done, total=whole),
            lambda name: progress.update(task, description=f"{what}, {name}"),
        )


def _lines(what: str, console: Console) -> tuple[Told, Stage]:
    said = 0

    def told(done: int, whole: int) -> None:
        nonlocal said
        tenth = 10 * done // whole if whole else 0
        if tenth > said:
            said = tenth
            console.print(f"{what}: {done} of {whole} positions", highlight=False)

    return told, lambda name: console.print(f"{what}: {name}", highlight=False)
