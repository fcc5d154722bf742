"""onrecord keys: the epochs of the key that wraps data keys (docs/how-to/keys.md)."""

from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from interfaces.bootstrap.keys import begin_epoch, create_key_file, end_epoch, epochs, wrap_anew
from interfaces.cli.console import err, out
from interfaces.settings import load_settings

keys = typer.Typer(name="keys", no_args_is_help=True, help="The epochs of the key that wraps data keys.")


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(keys)


@keys.command()
def create() -> None:
    """Make the key file that ONRECORD_KEY_FILE names, once, after `onrecord migrate`.

    With the embedded database it is made by itself.
    """
    settings = load_settings()
    create_key_file(settings)
    out.print(f"{settings.keys} is made. Keep a copy of it apart from the database's backups.", highlight=False)


@keys.command()
def status() -> None:
    """Show the epochs of the key file, and how many data keys are wrapped in each."""
    held, current, stored = epochs(load_settings())
    table = Table("Epoch", "In the key file", *stored)
    for epoch in sorted({*held, *(epoch for counts in stored.values() for epoch in counts)}):
        state = "current" if epoch == current else "yes" if epoch in held else "[bold red]no[/]"
        table.add_row(str(epoch), state, *(str(counts.get(epoch, 0)) for counts in stored.values()))
    out.print(table)


@keys.command("new-epoch")
def new_epoch() -> None:
    """Add an epoch to the key file: keys made from now on are wrapped in it.

    Then restart every process that uses the file, and run `onrecord keys rewrap`.
    """
    out.print(f"Epoch {begin_epoch(load_settings())} is current. Restart every process that uses the key file.", highlight=False)


@keys.command("rewrap")
def rewrap_all() -> None:
    """Wrap all data keys in the current epoch, as the database's owner. May be stopped and run again; the server goes on."""
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("keys", total=None)
        moved = wrap_anew(load_settings(), lambda name, count: progress.update(task, advance=count, description=name))
    for name, count in moved.items():
        out.print(f"{name}: {count} keys moved", highlight=False)


@keys.command()
def retire(epoch: Annotated[int, typer.Argument(help="The epoch to remove from the key file.")]) -> None:
    """Remove an epoch from the key file, once no data key needs it.

    What only this epoch opens is then closed for ever: the data keys in old backups, those of erased people among them.
    """
    end_epoch(load_settings(), epoch)
    out.print(f"Epoch {epoch} is removed. Destroy the old copies of the key file.", highlight=False)
