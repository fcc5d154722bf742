"""The first tutorial: every command is run against the demo, and prints what the page says."""

import json
import socket
from pathlib import Path

import httpx2
import pytest
from graphql import OperationType, parse, validate
from graphql.language import OperationDefinitionNode

from tests.docs.pages import DOCS, Block, blocks
from tests.docs.terminals import Terminals, terminals
from tests.support.schemas import whole_schema

PAGE = DOCS / "tutorial" / "1-first-steps.md"
WRITTEN = "http://127.0.0.1:8000"
pytestmark = pytest.mark.timeout(600)


def test_every_step_does_what_the_page_says(tmp_path: Path) -> None:
    with terminals(tmp_path) as here:
        url = here.demo(free_port())
        waiting: list[Block] = []
        answers: dict[Block, object] = {}
        for block in blocks(PAGE):
            match block.language:
                case "sh" if block.mark != "server":
                    here.type(block._replace(text=block.text.replace(WRITTEN, url)))
                case "text":
                    here.expect(block)
                case "graphql":
                    waiting.append(block)
                case "json":
                    answers[waiting[-1]] = json.loads(block.text)
                case _:
                    pass
        assert (len(waiting), len(answers)) == (4, 1)
        for block in waiting:
            asked_on_the_page(block, url, here, answers.get(block))


def asked_on_the_page(block: Block, url: str, here: Terminals, answer: object = None) -> None:
    document = parse(block.text)
    assert not validate(whole_schema(), document)
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    if operation.operation is OperationType.QUERY:
        headers = {"Authorization": f"Bearer {here.value('TOKEN')}"}
        body = httpx2.post(f"{url}/graphql", json={"query": block.text}, headers=headers, timeout=30).json()
        assert "errors" not in body, body
        if answer is not None:
            assert body["data"] == answer
        elif "at" in body["data"]:
            [firmware] = body["data"]["at"]["departments"]["nodes"]
            names = [member["person"]["name"] for member in firmware["members"]["nodes"]]
            assert len(names) == firmware["size"] > 0
            assert "韩雪" not in names
        else:
            assert len(body["data"]["messages"]["nodes"]) == 3


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
