"""onrecord documents: the operations that clients may ask for by an id."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.bootstrap import documents as trusted
from interfaces.cli.console import fail, out
from interfaces.settings import load_settings

documents = typer.Typer(name="documents", no_args_is_help=True, help="Documents that clients ask for by their ids.")


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(documents)


@documents.callback()
def _group() -> None:
    """Documents that clients ask for by their ids."""


@documents.command("register")
def register_files(
    files: Annotated[list[Path], typer.Argument(help="What the client's build made: a JSON file of ids and documents.")],
) -> None:
    """Register the documents of a client, so that it can send their ids instead, and others can be refused.

    relay-compiler (`persistConfig`), graphql-codegen (`persistedDocuments`) and Apollo's manifests are understood. Every
    document is checked against the schema first. Servers see them at once; earlier ones stay, for clients of earlier builds.
    """
    try:
        new = trusted.register(load_settings(), files)
    except trusted.NotADocumentFile as error:
        fail(str(error), "Nothing was registered.")
    out.print(f"{new} new documents." if new != 1 else "1 new document.", highlight=False)


@documents.command("list")
def list_ids() -> None:
    """List the ids under which documents are registered, each with the first line of its document."""
    for key, text in sorted(trusted.registered(load_settings()).items()):
        if not key.startswith("sha256:"):
            out.print(f"{key}  {text.strip().splitlines()[0][:100]}", highlight=False, markup=False, soft_wrap=True)
