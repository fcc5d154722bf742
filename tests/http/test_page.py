"""The page for developers comes whole from this server, and its first query is one that the schema allows."""

import re
from pathlib import Path

from graphql import parse, validate

from interfaces.http import page
from tests.support.schemas import whole_schema
from tests.support.serving import Served

OURS = ("page.js", "transport.js", "style.css")


async def test_the_page_needs_no_other_server(shared: Served) -> None:
    response = await shared.http.get("/", follow_redirects=True)
    assert (response.status_code, response.url.path) == (200, "/graphiql")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    wanted = re.findall(r'(?:src|href)="([^"]+)"', response.text)
    assert [name for name in wanted if "//" in name] == []
    for name in {name for name in wanted if not name.startswith("data:")} | {f"graphiql/{name}" for name in OURS}:
        assert (await shared.http.get(f"/{name}")).status_code == 200, name
    for name in ("__init__.py", "..%2f__init__.py", "../app.py", "packages/package.json", "packages/..%2f__init__.py"):
        assert (await shared.http.get(f"/graphiql/{name}")).status_code == 404, name


def test_what_we_wrote_names_no_other_server() -> None:
    for name in ("index.html", *OURS):
        assert not re.search("https?://", (page.FOLDER / name).read_text()), name


async def test_packages_are_sent_packed_or_not(shared: Served) -> None:
    for name in page.PACKED:
        packed = await shared.http.get(f"/graphiql/packages/{name}")
        plain = await shared.http.get(f"/graphiql/packages/{name}", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert "immutable" in packed.headers["cache-control"]


def test_its_query_is_valid() -> None:
    script = (Path(page.FOLDER) / "page.js").read_text()
    assert validate(whole_schema(), parse(script.partition("FIRST = `")[2].partition("`")[0])) == []
