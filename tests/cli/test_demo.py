"""The demo as a newcomer meets it: one command, a token, a query, the history, a rebuild; stopped and started again."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

QUERY = '{ viewer { name } messages(first: 3, filter: {text: {search: "交期"}}) { edges { node { text author { name } } } } }'
START = 120.0
STOP = 10.0


class Demo(NamedTuple):
    """A running demo."""

    process: subprocess.Popen[str]
    url: str
    tokens: list[str]


@pytest.fixture
def environment(clean_environment: None, tmp_path: Path) -> dict[str, str]:
    """The variables of a terminal in which the demo is used."""
    given = {"ONRECORD_DATA_DIR": str(tmp_path / "data"), "ONRECORD_DEV_ISSUER": "1", "ONRECORD_PORT": "18100"}
    return {**os.environ, **given, "COLUMNS": "200", "NO_COLOR": "1"}


@contextmanager
def demo(environment: dict[str, str]) -> Iterator[Demo]:
    """The demo from its start to SIGINT, which must end it cleanly and soon."""
    command = [sys.executable, "-m", "interfaces.cli", "demo"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(START, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line.strip())
                if line.startswith("READY "):
                    break
            watchdog.cancel()
            assert any(line.startswith("READY ") for line in lines), process.stderr and process.stderr.read()
            yield Demo(process, lines[-1].removeprefix("READY "), [line for line in lines if line.startswith("eyJ")])
            process.send_signal(signal.SIGINT)
            assert process.wait(STOP) == 0
        finally:
            watchdog.cancel()
            process.kill()


def onrecord(environment: dict[str, str], *arguments: str) -> str:
    """What a command prints; it must succeed."""
    command = [sys.executable, "-m", "interfaces.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(running: Demo, token: str, query: str = QUERY) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.post(f"{running.url}/graphql", json={"query": query}, headers=headers, timeout=30)
    body = answer.json()
    assert "errors" not in body, body
    data: dict[str, object] = body["data"]
    return data


def entries(ledger: str, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx2.get(f"{ledger}/tile/entries/000", headers=headers).status_code


@pytest.mark.timeout(300)
def test_the_demo(environment: dict[str, str]) -> None:
    with demo(environment) as running:
        assert running.url.startswith("http://127.0.0.1:181")
        assert ask(running, running.tokens[1])["viewer"] == {"name": "梅晓燕"}
        assert "交期" in str(ask(running, running.tokens[1])["messages"])
        names = [ask(running, token, "{ viewer { name } }")["viewer"] for token in running.tokens[3:]]
        assert names == [{"name": "Dora Winkler"}, {"name": "何志远"}, {"name": "Jette Hansen"}]
        token = onrecord(environment, "token", "--as", "Leo Brandt").strip()
        assert ask(running, token)["viewer"] == {"name": "Leo Brandt"}
        assert "notifications." in onrecord(environment, "events", "tail", "-n", "80")
        listed = onrecord(environment, "projections", "list")
        assert re.search(r"Message +│ 1 +│ \d+ +│ 0 +│ 0 ", listed)
        assert "the same as before" in onrecord(environment, "projections", "rebuild", "messages")
        assert "The history holds" in onrecord(environment, "audit", "verify")
        proofs = [ask(running, token, '{ proof(position: "100") }')["proof"] for token in running.tokens[:2]]
        assert str(proofs[0]).startswith("c2sp.org/tlog-proof@v1\n")
        assert proofs[1] is None
        ledger = f"{running.url}/ledger/main"
        assert httpx2.get(f"{ledger}/checkpoint").text.startswith("onrecord/")
        assert len(httpx2.get(f"{ledger}/tile/0/000").content) == 256 * 32
        assert [entries(ledger, token) for token in (None, *running.tokens[:2])] == [403, 200, 403]
        last = onrecord(environment, "events", "tail", "-n", "1")
    with demo(environment) as again:
        assert last.splitlines()[-1] in onrecord(environment, "events", "tail", "-n", "200")
        assert ask(again, again.tokens[0])["viewer"] == {"name": "沈云帆"}
    assert "is removed" in onrecord(environment, "demo", "--reset")
