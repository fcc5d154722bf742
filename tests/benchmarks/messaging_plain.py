"""The baseline of messaging.send: a plain FastAPI route that inserts what it was sent as one row, and commits.

`python -m tests.benchmarks.messaging_plain OWNER_DSN` prints its address.
"""

import sys

import psycopg
import uvloop
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool

from interfaces.http.server import Server, listen, url_of

TABLE = b"CREATE TABLE said (position bigserial PRIMARY KEY, said_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)"
INSERT = b"INSERT INTO said (body) VALUES (%s) RETURNING position"


def plain(pool: AsyncConnectionPool) -> FastAPI:
    """The route."""
    app = FastAPI()

    @app.post("/plain")
    async def say(request: Request) -> Response:
        body = await request.body()
        async with pool.connection() as connection:
            row = await (await connection.execute(INSERT, [body], prepare=True)).fetchone()
        assert row
        return Response(b'{"position": %d}' % row[0], media_type="application/json")

    return app


async def main(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute(TABLE)
    async with AsyncConnectionPool(dsn, min_size=8, max_size=8) as pool:
        listening = listen("127.0.0.1", 22_000, exactly=False)
        print(url_of(listening), flush=True)
        await Server(plain(pool), lambda: None).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
