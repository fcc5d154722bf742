"""onrecord up: runs the server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
import uvloop

from interfaces.bootstrap import migrate_database
from interfaces.bootstrap.database import database
from interfaces.bootstrap.process import Process, log_to_stderr, running
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail, out
from interfaces.http.server import NoPort, Server, listen, spare_the_collector, url_of
from interfaces.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(up)


def up(
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    port: Annotated[int | None, typer.Option(help="The port to listen on, instead of ONRECORD_PORT.")] = None,
) -> None:
    """Run the server: the API, and the followers of every organisation's log.

    Without ONRECORD_DATABASE_URL it starts an embedded PostgreSQL, prepares it, and makes the organisation if there is none of
    that name. A database of yours is prepared by `onrecord migrate`. SIGINT or SIGTERM ends it gracefully.
    """
    settings = load_settings(**({} if port is None else {"port": port}))
    serve(settings, organisation, lambda url, _: out.print(f"READY {url}", highlight=False))


async def _nothing(_: Process) -> None: ...


def serve(
    settings: Settings,
    organisation: str,
    ready: Callable[[str, Process], None],
    *,
    prepare: Callable[[Process], Awaitable[None]] = _nothing,
    exactly: bool = True,
) -> None:
    """Runs the server until it is told to stop: `prepare` before requests are taken, `ready` once they are. Raises EXPECTED."""
    log_to_stderr()
    with database(settings) as access:
        if settings.database_url is None:
            migrate_database(access, organisation)
        try:
            listening = listen(settings.host, settings.port, exactly=exactly)
        except NoPort as error:
            fail(str(error))

        async def run() -> None:
            async with running(settings, access) as process:
                await prepare(process)

                def begin() -> None:
                    spare_the_collector()
                    ready(url_of(listening), process)

                await Server(process.app, begin).serve([listening])

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, listening:
            runner.run(run())
