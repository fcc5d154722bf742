"""Appending in one round trip: what is supposed of the log is verified by the statement that writes."""

from collections.abc import Sequence

from application.ports.log import Appended
from infra.postgres.log import arrays, encoding
from infra.postgres.log.pipe import Pipe, Statement
from infra.postgres.log.session import tuples
from infra.postgres.log.verification import Plan, Request, Shown, verify
from infra.postgres.log.versions import Versions

_TO_BE_SET = 0


def supposed(requests: Sequence[Request], versions: Versions) -> Plan | None:
    """The plan for a log that nobody else has written to; None where that would have to be looked at.

    Its time is to be set. Only commands are appended in this way: if the connection is lost, each is known again by its outcome.
    """
    if any(request.attempt or not request.append.command for request in requests):
        return None
    plan = verify(requests, Shown(versions.head, _TO_BE_SET, {}, {}, versions.get))
    return plan if plan.rows and not plan.keys else None


async def write(
    pipe: Pipe,
    lock: Sequence[Statement],
    plan: Plan,
    requests: Sequence[Request],
    head: int,
    salts: bytes,
    window: tuple[int, int],
) -> tuple[int, int | None]:
    """Writes a plan, if all is as supposed: what the database's clock showed, and the time recorded, or None."""
    statement = encoding.at_once(plan, head, salts, window, _ends(requests, plan))
    results = await pipe.run([*lock, statement, Statement(b"commit")])
    [(clock, recorded_at)] = tuples(pipe, results[len(lock)])
    return clock + arrays.EPOCH, None if recorded_at is None else recorded_at + arrays.EPOCH


def timed(plan: Plan, recorded_at: int) -> Plan:
    """The plan with the time that was set for it."""
    answers = [Appended(each.first, each.last, recorded_at) if isinstance(each, Appended) else each for each in plan.answers]
    return plan._replace(answers=answers, recorded_at=recorded_at)


def _ends(requests: Sequence[Request], plan: Plan) -> int | None:
    """When the first authority ends of those under which a plan writes."""
    return min(
        (
            request.append.not_after
            for request, answer in zip(requests, plan.answers, strict=True)
            if request.append.not_after is not None and isinstance(answer, Appended)
        ),
        default=None,
    )
