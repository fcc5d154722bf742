"""The page for developers: GraphiQL from files of our own, so that it works without any other server."""

import gzip
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "files"
PACKED = {file.stem: file for file in (Path(__file__).parent / "packages").glob("*.gz")}
"""What comes from npm, by the name under which it is asked for; `.ci/make-page` packs it."""
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Their names say their versions."""

OWN = "script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src data:"
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


async def packed(request: Request) -> Response:
    """A file of a package, as it is packed for whoever takes that, which all browsers do."""
    file = PACKED.get(request.path_params["name"])
    if file is None:
        return Response(status_code=404)
    headers = {**FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    media_type = MEDIA_TYPES[Path(file.stem).suffix]
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return FileResponse(file, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(gzip.decompress(file.read_bytes()), headers=headers, media_type=media_type)


def routes() -> list[BaseRoute]:
    """Where the page is: /graphiql, and from /."""
    files = StaticFiles(directory=FOLDER)
    return [
        Route("/", home),
        Route("/graphiql", page),
        Route("/graphiql/packages/{name}", packed),
        Mount("/graphiql", files),
    ]
