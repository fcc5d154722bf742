"""A tutorial's commands, run as somebody would who has the demo in one terminal and types into the others."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.docs.pages import PROJECT, Block
from tests.support.processes import die_with_parent
from tests.support.waiting import until

START, FOLLOW = 180, 30
"""Seconds that the demo has to start, and that something may take to arrive."""


class Terminals:
    """A folder with a `.venv/bin/onrecord` of this project, and what is typed there."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder, self.running = folder, running
        self.state, self.followed = folder / "state", list[Path]()
        self.output = ""
        self.state.touch()
        program = folder / ".venv" / "bin" / "onrecord"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m interfaces.cli "$@"\n')
        program.chmod(0o755)

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing of the terminal that the tests were started from but what programs need to run."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ONRECORD_", "PYTEST_"))}
        path = f"{self.folder / '.venv' / 'bin'}:{kept['PATH']}"
        return kept | {"PATH": path, "PYTHONPATH": str(PROJECT), "ONRECORD_DATA_DIR": str(self.folder / "data"), "COLUMNS": "500"}

    def demo(self, port: int) -> str:
        """Starts the demo; its address."""
        printed = self.folder / "demo"
        demo = [".venv/bin/onrecord", "demo"]
        self._start(demo, printed, ONRECORD_PORT=str(port))
        [url] = until(lambda: re.findall(r"^READY (\S+)$", printed.read_text(), re.MULTILINE), START)
        return str(url)

    def type(self, block: Block, until_it_says: str | None = None) -> None:
        """Runs a block: to its end; or until the page ends where it follows something, once that has said this."""
        if block.mark == "follow":
            printed = self.folder / f"followed-{len(self.followed)}"
            self._start(["bash", "-c", f"source ./state; {block.text}"], printed)
            self.followed.append(printed)
            self._await(re.compile(re.escape(until_it_says) if until_it_says else "(?s)."), newest=True)
            return
        # What is exported or defined stays for the blocks that follow, as in a terminal.
        keep = "declare -px > state; declare -f >> state"
        script = f"set -euo pipefail; source ./state; {block.text}\n{keep}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        self.output = done.stdout

    def expect(self, block: Block) -> None:
        """Each line of the block was printed by the last command, or is printed by one of those that follow; `…` is anything."""
        for line in block.text.splitlines():
            pattern = re.compile(".*".join(map(re.escape, line.rstrip().split("…"))))
            if block.mark == "follow":
                self._await(pattern)
            else:
                assert pattern.search(self.output), f"{line}\nis not in\n{self.output}"

    def _await(self, pattern: re.Pattern[str], newest: bool = False) -> None:
        among = self.followed[-1:] if newest else self.followed
        try:
            until(lambda: any(pattern.search(printed.read_text()) for printed in among), FOLLOW)
        except AssertionError as late:
            told = "\n".join(printed.read_text() for printed in self.followed)
            raise AssertionError(f"{pattern.pattern}\nhas not come, but\n{told}") from late

    def value(self, name: str) -> str:
        """A variable that was exported."""
        done = subprocess.run(
            ["bash", "-c", f'source ./state; printf %s "${name}"'], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def _start(self, command: list[str], printed: Path, **more: str) -> None:
        environment = {**self.environment, **more}
        with printed.open("w") as out:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=out, stderr=subprocess.STDOUT, preexec_fn=_in_a_terminal,
                start_new_session=True,
            )  # fmt: skip
        self.running.callback(_stop, process)


def _in_a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is ignored where these tests run in the background
    die_with_parent()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)


@contextmanager
def terminals(folder: Path) -> Iterator[Terminals]:
    """Terminals in a folder; whatever still runs in them is interrupted in the end."""
    with ExitStack() as running:
        yield Terminals(folder, running)
