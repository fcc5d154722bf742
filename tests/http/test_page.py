"""The page for developers comes whole from this server, and its first query is one that the schema allows."""

import re
from pathlib import Path

from graphql import parse, validate

from interfaces.graphql.schema.build import build_schema
from interfaces.http import page
from tests.support.serving import Served


async def test_the_page_needs_no_other_server(shared: Served) -> None:
    response = await shared.http.get("/", follow_redirects=True)
    assert (response.status_code, response.url.path) == (200, "/graphiql")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    wanted = re.findall(r'(?:src|href)="([^"]+)"', response.text)
    assert [name for name in wanted if "//" in name] == []
    for name in [each for each in wanted if not each.startswith("data:")] + ["graphiql/manual.js", "graphiql/transport.js"]:
        file = await shared.http.get(f"/{name}")
        assert file.status_code == 200, name
        assert "http://" not in file.text
        assert "https://" not in file.text
    for name in ("__init__.py", "..%2f__init__.py", "../app.py"):
        assert (await shared.http.get(f"/graphiql/{name}")).status_code == 404


def test_its_queries_are_valid() -> None:
    schema = build_schema()
    script, manual = ((Path(page.FOLDER) / name).read_text() for name in ("page.js", "manual.js"))
    for text, start in ((script, "FIRST = `"), (manual, "INTROSPECTION = `")):
        assert validate(schema, parse(text.partition(start)[2].partition("`")[0])) == []
