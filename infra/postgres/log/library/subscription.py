"""The library's subscription on our log: no thread of its own, no event missed, and no lost connection ends it."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from threading import Event
from typing import TYPE_CHECKING

from eventsourcing.persistence import ApplicationRecorder, Notification, OperationalError, Subscription

if TYPE_CHECKING:
    from infra.postgres.log.library.recorder import OnRecordApplicationRecorder

_PAGE = 500
_PATIENCE = 5.0
_PAUSE = 0.2


class LogSubscription(Subscription[ApplicationRecorder]):
    """Reads page by page and waits at the head; `stop` may be called by any thread."""

    def __init__(self, recorder: "OnRecordApplicationRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._log = recorder.log
        self._after = gt or 0
        self._page: deque[Notification] = deque()
        self._stopped = Event()
        self._waiting: Future[bool] | None = None

    def stop(self) -> None:
        """Ends the iteration, at once if it is waiting."""
        super().stop()
        self._stopped.set()
        if (waiting := self._waiting) is not None:
            waiting.cancel()

    def __next__(self) -> Notification:
        """The next event of the log; waits for it."""
        while not self._stopped.is_set():
            if self._page:
                return self._page.popleft()
            try:
                if not self._read():
                    self._wait()
            except OperationalError:
                self._stopped.wait(_PAUSE)
        raise StopIteration

    def _read(self) -> bool:
        """Reads a page; whether the log had gone on."""
        head = self._recorder.max_notification_id() or 0
        if head <= self._after:
            return False
        found = self._recorder.select_notifications(self._after, _PAGE, head, self._topics, inclusive_of_start=False)
        self._page.extend(found)
        self._after = found[-1].id if len(found) == _PAGE else head
        return True

    def _wait(self) -> None:
        self._waiting = self._log.wait(self._after, _PATIENCE)
        if self._stopped.is_set():
            self._waiting.cancel()
        try:
            self._waiting.result()
        except CancelledError:
            return
