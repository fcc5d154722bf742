"""A batch of requests in one transaction under the log's lock, and each request has an answer of its own.

It takes two round trips: one that takes the lock and looks, and one that writes what holds. Where others are not expected to have
written meanwhile, it is decided what holds before the lock is taken: the statement that writes verifies what was supposed.
"""

from collections.abc import Callable, Mapping, Sequence

import psycopg
import structlog

from application.ports.log import ClockJumped, Moved, Unmoved, Watcher
from infra.postgres.log import arrays, at_once, encoding
from infra.postgres.log.attempts import attempting
from infra.postgres.log.clock import ClockGuard, monotonic
from infra.postgres.log.look import PAGES, TAIL, Sight, catch_up, look, skip, unknown
from infra.postgres.log.pipe import Pipe, Statement
from infra.postgres.log.recent import Recent
from infra.postgres.log.results import Deliver, Result, rejected
from infra.postgres.log.session import is_unavailable, tuples
from infra.postgres.log.statements import lock_key
from infra.postgres.log.verification import Plan, Request, Shown, verify
from infra.postgres.log.versions import Versions
from infra.postgres.migrations import OrganisationSchema

_BEGIN, _COMMIT, _ROLLBACK, _HEAD = (Statement(name) for name in (b"begin", b"commit", b"rollback", b"head"))

_log = structlog.get_logger(__name__)


class Appender:
    """What a process knows of one log, and how it appends to it. For one transaction at a time."""

    def __init__(
        self,
        organisation: OrganisationSchema,
        reached: Callable[[int], None],
        recent: Recent,
        own_clock: Callable[[], int] = monotonic,
    ) -> None:
        """`reached` is called with each head that this process has committed; `own_clock` as the writer has it."""
        self._recent = recent
        self._lock = Statement(b"lock", (arrays.int8(lock_key(organisation)),))
        self._reached = reached
        self._versions = Versions()
        self._clock = ClockGuard()
        self._own_clock = own_clock
        self._started = False
        self._alone = True
        self.watchers: list[Watcher] = []

    async def start(self, pipe: Pipe) -> None:
        """Finds the head from which on this process is told what others write."""
        if not self._started:
            self._versions.start_at(tuples(pipe, (await pipe.run([_HEAD]))[0])[0][0])
            self._started = True

    async def append(
        self, pipe: Pipe, requests: Sequence[Request], deliver: Deliver, *, staged: bool = False, prove_absent: bool = False
    ) -> None:
        """Appends what holds of a batch and delivers every request's result.

        A request that the database refuses is found by halving the batch, so that its neighbours go through. `staged`: the rows
        lie in the connection's staging table already. Raises ConnectionLost, after which the requests that may have been
        written carry their attempt and can be appended again, and psycopg.Error where the database can't be used now.
        """
        try:
            await self.start(pipe)
            if not (staged or prove_absent) and await self._append_at_once(pipe, requests, deliver):
                return
            shown = await self._look(pipe, requests, prove_absent=prove_absent)
            await self._write(pipe, requests, shown, deliver, staged=staged)
        except psycopg.Error as error:
            await self.release(pipe)
            if is_unavailable(error):
                raise
            if isinstance(error, psycopg.errors.UniqueViolation) and not prove_absent:
                await self.append(pipe, requests, deliver, staged=staged, prove_absent=True)
            elif len(requests) == 1:
                deliver(requests[0], rejected(error))
            else:
                middle = len(requests) // 2
                await self.append(pipe, requests[:middle], deliver, prove_absent=prove_absent)
                await self.append(pipe, requests[middle:], deliver, prove_absent=prove_absent)

    async def append_staged(self, pipe: Pipe, request: Request, unmoved: Unmoved) -> Result:
        """Appends what lies in the connection's staging tables, rows and keys. Raises psycopg.Error, ConnectionLost.

        Which streams it writes to isn't known here: afterwards nothing is known of any. The keys are written before the lock is
        taken, for nothing rests on their order; who wants one of them under the lock meanwhile is found by PostgreSQL as a
        deadlock, of which this act is the victim, as it has waited the longest.
        """
        results: list[Result] = []
        try:
            await self.start(pipe)
            await self._catch_up(pipe)
            shown = await self._look(pipe, [request], prove_absent=True, before=[Statement(b"insert_staged_keys")])
            kinds = arrays.int8(unmoved.position), arrays.texts(unmoved.kinds)
            [(still,)] = tuples(pipe, (await pipe.run([Statement(b"unmoved", kinds)]))[0])
            if not still:
                await self.release(pipe)
                return Moved(frozenset())
            plan = verify([request], shown)
            if not (plan.rows or plan.entries):
                await self.release(pipe)
            else:
                await pipe.run([*encoding.plan(plan, shown.head, b"", staged=True), _COMMIT])
        except psycopg.Error:
            await self.release(pipe)
            raise
        self._versions.start_at(shown.head + len(plan.rows))
        self._alone = False
        self._settle([request], plan._replace(moved={}), shown.head, lambda _, result: results.append(result))
        return results[0]

    async def hold(self, pipe: Pipe) -> None:
        """Begins a transaction and takes the lock, for a decision that is made under it."""
        await self.start(pipe)
        try:
            await pipe.run([_BEGIN, self._lock])
        except psycopg.Error:
            await self.release(pipe)
            raise

    async def append_held(self, pipe: Pipe, request: Request) -> tuple[Result, bool]:
        """Appends one request in the transaction that holds the lock: the result, and whether the lock is still held.

        It is held on where nothing was to be written. Raises as `append` does.
        """
        results: list[Result] = []
        try:
            shown = await self._look(pipe, [request], prove_absent=True, held=True)
            committed = await self._write(pipe, [request], shown, lambda _, result: results.append(result), held=True)
        except psycopg.Error as error:
            await self.release(pipe)
            if is_unavailable(error):
                raise
            return rejected(error), False
        return results[0], not committed

    async def release(self, pipe: Pipe) -> None:
        """Ends a transaction without having written."""
        await pipe.run([_ROLLBACK])

    async def _append_at_once(self, pipe: Pipe, requests: Sequence[Request], deliver: Deliver) -> bool:
        """The only round trip, if the log is as this process knows it. Whether it was; if not, nothing was written.

        What was lost at a commit is looked up instead, and so is what isn't known.
        """
        window = self._clock.window(self._own_clock())
        if not self._alone or window is None or unknown(requests, self._versions, prove_absent=False):
            return False
        plan, head = at_once.supposed(requests, self._versions), self._versions.head
        if plan is None:
            return False
        salts = encoding.new_salts(len(plan.rows))
        with attempting(requests, plan):
            clock, recorded_at = await at_once.write(pipe, [_BEGIN, self._lock], plan, requests, head, salts, window)
        if recorded_at is None:
            self._alone = False
            for request in requests:
                request.attempt = None
            return False
        self._clock.showed(clock, self._own_clock())
        self._recent.wrote(head, plan.rows, recorded_at, salts)
        self._settle(requests, at_once.timed(plan, recorded_at), head, deliver)
        return True

    async def _look(
        self,
        pipe: Pipe,
        requests: Sequence[Request],
        *,
        prove_absent: bool,
        held: bool = False,
        before: Sequence[Statement] = (),
    ) -> Shown:
        """The first round trip, after which memory is at the log's head and the lock is held; `before` runs ahead of the lock."""
        while True:
            probes = unknown(requests, self._versions, prove_absent=prove_absent)
            opening = [] if held else [_BEGIN, *before, self._lock]
            sight = await look(pipe, opening, requests, probes, self._versions.head)
            if sight.known and sight.tail is not None:
                return self._take_in(sight)
            if not held:
                await self.release(pipe)
            if sight.known:
                await self._catch_up(pipe)
            else:
                _log.error("the log has lost its last entries", known_head=self._versions.head, head=sight.head)
                self._versions.start_at(0)
                self._started = False
                await self.start(pipe)

    def _take_in(self, sight: Sight) -> Shown:
        self._alone = not sight.tail
        if sight.tail:
            self._tell(sight.tail)
        self._versions.advance(sight.head, sight.tail or {})
        self._versions.learn(sight.probed)
        return Shown(sight.head, self._time(sight), sight.outcomes, sight.placed, self._versions.get)

    async def _catch_up(self, pipe: Pipe) -> None:
        for _ in range(PAGES):
            before = self._versions.head
            head, moved = await catch_up(pipe, before)
            self._tell(moved)
            self._versions.advance(head, moved)
            self._versions.trim()
            if head - before < TAIL:
                return
        # What is remembered of versions is asked for anew rather than learned of row by row.
        async for head, moved in skip(pipe, self._versions.head):
            self._tell(moved)
            self._versions.start_at(head)

    def _time(self, sight: Sight) -> int | ClockJumped:
        try:
            return self._clock.time_of(sight.reading(self._own_clock()))
        except ClockJumped as jump:
            _log.error("the clock jumped", reason=str(jump))
            return jump

    def _tell(self, moved: Mapping[str, int]) -> None:
        for watcher in self.watchers:
            watcher(moved)

    async def _write(
        self, pipe: Pipe, requests: Sequence[Request], shown: Shown, deliver: Deliver, *, staged: bool = False, held: bool = False
    ) -> bool:
        """The second round trip: writes what was found to hold, commits and delivers. Whether there was anything to write."""
        plan = verify(requests, shown)
        writes = bool(plan.rows or plan.entries)
        if writes:
            await self._commit(pipe, requests, shown, plan, staged=staged)
        elif not held:
            await self.release(pipe)
        self._settle(requests, plan, shown.head, deliver)
        return writes

    async def _commit(self, pipe: Pipe, requests: Sequence[Request], shown: Shown, plan: Plan, *, staged: bool) -> None:
        salts = b"" if staged else encoding.new_salts(len(plan.rows))
        with attempting(requests, plan):
            await pipe.run([*encoding.plan(plan, shown.head, salts, staged=staged), _COMMIT])
        if salts:
            self._recent.wrote(shown.head, plan.rows, plan.recorded_at, salts)

    def _settle(self, requests: Sequence[Request], plan: Plan, before: int, deliver: Deliver) -> None:
        """Takes in what is durable now, after the head `before`, and delivers the answers."""
        head = before + len(plan.rows)
        self._versions.advance(head, plan.moved)
        self._versions.trim()
        for request, answer in zip(requests, plan.answers, strict=True):
            deliver(request, answer)
        if plan.rows:
            self._reached(head)
