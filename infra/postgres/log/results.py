"""What comes of a request: an answer, or an error that its caller is told."""

from collections.abc import Callable

import psycopg

from application.ports.log import Answer, AppendRejected, ClockJumped, CommandIdReused
from infra.postgres.log.verification import Request

Result = Answer | CommandIdReused | ClockJumped | AppendRejected
Deliver = Callable[[Request, Result], None]


def answer_of(result: Result) -> Answer:
    """Returns a result that is an answer, and raises one that is an error."""
    if isinstance(result, Exception):
        raise result
    return result


def rejected(error: psycopg.Error) -> AppendRejected:
    """The error of a request that the database refuses by itself."""
    return AppendRejected(f"the database refused it: {error.diag.message_primary or type(error).__name__}")
