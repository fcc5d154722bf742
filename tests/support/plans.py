"""Plans of compiled reads, made once for all values as the pool's connections have them, and run for some."""

import re

import psycopg
from psycopg import sql

from interfaces.graphql.compiler.reads import Ready


def ran(connection: psycopg.Connection, ready: Ready, name: str) -> str:
    """The plan of a read, with what it did when it was run. `name` is that of the prepared statement, new in this session."""
    values = ", ".join(sql.Literal(value).as_string(connection) for value in ready.values)
    connection.execute(b"set plan_cache_mode = force_generic_plan")
    connection.execute(f"prepare {name} as {ready.statement.sql}".encode())
    explained = f"explain (analyze, costs off, timing off, summary off) execute {name}({values})"
    return "\n".join(line for (line,) in connection.execute(explained.encode()).fetchall())


def messages_read(plan: str) -> float:
    """The rows that were taken from the tables of messages, those thrown away too."""
    return rows_read(plan, "messaging_message")


def rows_read(plan: str, table: str) -> float:
    """The rows that were taken from the tables whose names begin so, those thrown away too."""
    read, inside = 0.0, False
    for line in plan.splitlines():
        if scan := re.search(rf" on {table}\w*.*?(?:actual rows=([\d.]+) loops=(\d+)|never executed)", line):
            read += float(scan[1] or 0) * float(scan[2] or 0)
            inside = True
        elif "->" in line:
            inside = False
        elif inside and (removed := re.search(r"Rows Removed by \w+(?: \w+)?: (\d+)", line)):
            read += float(removed[1])
    return read
