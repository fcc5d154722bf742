"""PostgreSQL stopped and started again under load: clients are told so by name meanwhile, and everything recovers by itself."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import httpx2
import pytest

from infra.postgres.access import connect_as_owner
from interfaces.http.tokens import DevelopmentIssuer
from tests.support.clusters import reachable_folder
from tests.support.organisations import person
from tests.support.postgres import ORGANISATION
from tests.support.waiting import until
from tests.verification import accounts
from tests.verification.api_process import Deployment, deployed
from tests.verification.talk import Talker, read_journal
from tests.verification.test_kills import PEOPLE, await_news, found, talking

STOPS = 2
QUERY = "{ viewer { name } channels(first: 5) { nodes { name messages(first: 5) { nodes { text } } } } }"


class Reader:
    """Asks one process the same question, again and again, and counts the answers by their HTTP status and code."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self.answers: Counter[tuple[int, str]] = Counter()

    def ask(self) -> tuple[int, str]:
        """One answer: its status, and `ok` or the code of its error."""
        said = httpx2.post(f"{self._url}/graphql", json={"query": QUERY}, headers=self._headers, timeout=30)
        errors = said.json().get("errors")
        answer = said.status_code, errors[0].get("extensions", {}).get("code", "?") if errors else "ok"
        self.answers[answer] += 1
        return answer


@pytest.mark.timeout(600)
def test_clients_are_told_and_everything_recovers_by_itself() -> None:
    with reachable_folder() as folder, deployed(folder, processes=2) as deployment:
        asyncio.run(found(deployment))
        deployment.start()
        with connect_as_owner(deployment.access.owner) as owner:
            until(lambda: not accounts.behind(owner), within=60)
        token = DevelopmentIssuer(deployment.settings.data_dir).issue(person("ann"), ORGANISATION)
        readers = [Reader(url, token) for url in deployment.urls]
        with talking(deployment) as talkers:
            for _ in range(STOPS):
                stop_and_start(deployment, talkers, readers)
        assert [api.starts for api in deployment.apis] == [1, 1]
        assert [fault for talker in talkers for fault in talker.faults] == []
        assert {answer for reader in readers for answer in reader.answers} == {(200, "ok"), (503, "UNAVAILABLE")}
        with connect_as_owner(deployment.access.owner) as owner:
            until(lambda: not accounts.behind(owner), within=60)
            meant = [entry for name in PEOPLE for entry in read_journal(folder / f"{name}.journal")]
            assert accounts.settle_accounts(owner, meant)["done"]
            accounts.nothing_is_held(owner)
        assert [api.stop() for api in deployment.apis] == [0, 0]


def stop_and_start(deployment: Deployment, talkers: Sequence[Talker], readers: Sequence[Reader]) -> None:
    """Everybody must have been told that the database is away before it comes back, and be answered again after that."""
    until(lambda: {reader.ask() for reader in readers} == {(200, "ok")}, within=60)
    await_news(deployment, talkers, 20)
    for talker in talkers:
        talker.named.clear()
    deployment.server.stop()
    for reader in readers:
        assert reader.ask() == (503, "UNAVAILABLE")
    assert not any(api.is_ready() for api in deployment.apis)
    until(lambda: all("TryAgain" in talker.named for talker in talkers), within=60)
    deployment.server.start()
    until(lambda: {reader.ask() for reader in readers} == {(200, "ok")}, within=60)
    until(lambda: all(api.is_ready() for api in deployment.apis), within=60)
    await_news(deployment, talkers, 20)
