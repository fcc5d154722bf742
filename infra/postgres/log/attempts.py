"""Where requests are being written, which has to be known if the connection is lost at the commit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from application.ports.log import Appended
from infra.postgres.log.verification import Attempt, Plan, Request


@contextmanager
def attempting(requests: Sequence[Request], plan: Plan) -> Iterator[None]:
    """Notes with each request where it is being written, until the server says that nothing of it was committed."""
    attempts = [request.attempt for request in requests]
    for request, answer in zip(requests, plan.answers, strict=True):
        if isinstance(answer, Appended):
            request.attempt = Attempt(answer.first, answer.last, answer.recorded_at or None)
    try:
        yield
    except psycopg.Error:
        for request, attempt in zip(requests, attempts, strict=True):
            request.attempt = attempt
        raise
