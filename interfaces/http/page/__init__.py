"""The page for developers, from files of our own: it works without any other server."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "files"
OWN = "script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"
NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": f"{NOTHING_ELSE}; {OWN}",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


async def page(_: Request) -> Response:
    """The page itself."""
    return FileResponse(FOLDER / "index.html", headers=HEADERS)


async def home(_: Request) -> Response:
    """Whoever opens the server in a browser is led to the page."""
    return RedirectResponse("graphiql")


def routes() -> list[BaseRoute]:
    """Where the page is: /graphiql, and from /."""
    files = StaticFiles(directory=FOLDER)
    return [Route("/", home), Route("/graphiql", page), Mount("/graphiql", files)]
