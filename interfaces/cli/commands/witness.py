"""onrecord witness: cosigns the checkpoints of logs, somewhere else than where they are made."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from interfaces.bootstrap.witness import open_witness
from interfaces.cli.console import out


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(witness)


def witness(
    name: Annotated[str, typer.Option(help="What this witness is called, for instance witness.example/auditor.")],
    log: Annotated[list[str], typer.Option(help="The key of a log to watch; may be given several times.")],
    folder: Annotated[Path, typer.Option(help="Where its key and its memory are kept.")] = Path(".witness"),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8100,
) -> None:
    """Witness logs: cosign a checkpoint if, and only if, the log has only grown since the last one (C2SP tlog-witness).

    Run it where the logs' operator has no access, and keep its folder: a witness that forgets lets a log be rewritten.
    """
    application, key = open_witness(folder, name, log)
    out.print(f"ONRECORD_WITNESSES='[\"http://{host}:{port}/ {key}\"]'", highlight=False, soft_wrap=True)
    uvicorn.run(application, host=host, port=port, log_level="warning")
