"""Two collections of Chinese conversations: a search finds exactly the messages that a plain scan of the texts finds."""

import gzip
import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.imports.bring import Importer
from application.imports.naming import Names
from application.imports.records.channels import Channel, Joined
from application.imports.records.every import AnyRecord
from application.imports.records.messages import Said
from application.imports.records.organisation import Person
from application.imports.records.record import Source
from interfaces.graphql.ids import global_id
from tests.messaging.scenes import level
from tests.support.serving import Client, Served
from tests.support.shared_data import shared_data

TERMS = 500
BEGAN = 1_600_000_000_000_000
CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
SEARCH = """query ($query: String!, $after: String) {
  searchMessages(query: $query, orderBy: OLDEST, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id }
  }
}"""


def crosswoz(folder: Path) -> Iterator[str]:
    with zipfile.ZipFile(folder / "val.json.zip") as archive:
        for dialogue in json.loads(archive.read("val.json")).values():
            yield from (each["content"] for each in dialogue["messages"])


def kdconv(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.json.gz")):
        with gzip.open(file) as stream:
            for dialogue in json.load(stream):
                yield from (each["message"] for each in dialogue["messages"])


class Conversations:
    """The texts as one channel's history; two people take turns."""

    def __init__(self, name: str, texts: list[str]) -> None:
        self.source = Source("corpus", name)
        self.texts, self.total, self.done = texts, len(texts), 0

    def records(self) -> Iterator[AnyRecord]:
        people = ("ann", "bo")
        yield from (Person(key=key, name=key, at=BEGAN) for key in people)
        yield Channel(key="talk", kind="group", name="talk", private=True, at=BEGAN)
        yield from (Joined(channel="talk", person=key, at=BEGAN) for key in people)
        for number, text in enumerate(self.texts):
            yield Said(channel="talk", key=str(number), author=people[number % 2], text=text, at=BEGAN + number + 1)
            self.done += 1

    def close(self) -> None: ...


async def found(who: Client, term: str) -> set[str]:
    ids: set[str] = set()
    after = None
    while True:
        page = (await who.ask(SEARCH, {"query": term, "after": after}))["searchMessages"]
        ids |= {node["id"] for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        after = page["pageInfo"]["endCursor"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "read"), [("crosswoz", crosswoz), ("kdconv", kdconv)])
async def test_a_search_finds_what_a_scan_finds(served: Served, name: str, read: object) -> None:
    assert callable(read)
    texts = [text for text in read(shared_data(f"chat-zh-{name}")) if text.strip()]
    history = Conversations(name, texts)
    await Importer(served.organisation.bulk, served.organisation.pseudonyms).bring(history)
    await level(served)
    names = Names(history.source)
    ann = served.client(names.by_account("ann"))
    folded = [unicodedata.normalize("NFKC", text).lower() for text in texts]
    chance, wrong = random.Random(5), []
    for _ in range(TERMS // 2):
        runs = CHINESE.findall(folded[chance.randrange(len(folded))]) or ["你好"]
        run = chance.choice(runs)
        length = min(chance.randint(2, 6), len(run))
        start = chance.randrange(len(run) - length + 1)
        term = run[start : start + length]
        scanned = {global_id("Message", names.message("talk", str(number))) for number, text in enumerate(folded) if term in text}
        assert scanned
        if await found(ann, term) != scanned:
            wrong.append(term)
    assert wrong == []
