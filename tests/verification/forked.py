"""Processes that are killed hundreds of times: forked from one that has imported everything, they start in milliseconds."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any

from tests.support.processes import die_with_parent

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.verification.delivery_process", "tests.verification.timer_process"])


class Crew:
    """So many processes that run the same function."""

    def __init__(self, size: int, main: Callable[..., None], *given: Any) -> None:
        """`main` and what it is given are pickled."""
        self._main, self._given = main, given
        self._processes = [self._started() for _ in range(size)]

    def kill(self, *which: int) -> None:
        """Kills these, then starts others in their places. Fails where one had ended by itself."""
        for number in which:
            assert self._processes[number].is_alive(), f"it ended by itself, with {self._processes[number].exitcode}"
            self._processes[number].kill()
        for number in which:
            self._processes[number].join()
            self._processes[number] = self._started()

    def stop(self) -> None:
        """Kills all."""
        for process in self._processes:
            process.kill()
            process.join()

    def _started(self) -> ForkServerProcess:
        process = _CONTEXT.Process(target=_begun, args=(self._main, *self._given))
        process.start()
        return process


def _begun(main: Callable[..., None], *given: Any) -> None:
    die_with_parent()
    main(*given)
