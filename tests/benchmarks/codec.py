"""`python -m tests.benchmarks.codec`: what it takes to write and read a message event, in µs of one core.

Each figure is the median of seven rounds, with the fastest and slowest; the rounds of all figures are interleaved.
"""

import statistics
import time
from collections.abc import Callable
from uuid import UUID

from application.ports.log import Row
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import ChannelId
from infra.crypto.data_key import AesDataKey
from infra.serialisation.codec import JsonCodec

ROUNDS, REPEATS = 7, 20_000
ANN = PersonId(UUID(int=1))
CHANNEL = ChannelId(UUID(int=2))
STREAM = f"messaging.message/{UUID(int=3)}"
TEXT = "你好, see you at the meeting in room 4 at three o'clock? 上海" * 2
CONTEXT = Context(
    authority=Authority("active person and member of the channel", (STREAM, STREAM)),
    decided_on={STREAM: 0, f"messaging.channel/{CHANNEL}": 4, f"directory.person/{ANN}": 9},
    client="web",
    session=UUID(int=4),
)


def cases() -> dict[str, Callable[[], object]]:
    """What is measured: writing and reading a message and its context, with and without the sender's network address."""
    codec, key = JsonCodec(), AesDataKey(ANN, bytes(32))
    event, keys = MessagePosted(channel=CHANNEL, author=ANN, text=TEXT), {UUID(int=1): key}
    payload = codec.encode(event, STREAM, 1, lambda _: key)
    found: dict[str, Callable[[], object]] = {
        "encode the payload, text and attachments sealed": lambda: codec.encode(event, STREAM, 1, lambda _: key)
    }
    for name, context in (("", CONTEXT), (" with an address", Context(address="192.0.2.17", client="web"))):
        raw = codec.encode_context(context, STREAM, 1, event.wire, key)
        row = Row(1, 1, 1, 1, UUID(int=5), STREAM, 1, event.wire, ANN, None, UUID(int=6), None, None, raw, payload, bytes(16))
        found[f"encode a context{name}"] = lambda context=context: codec.encode_context(context, STREAM, 1, event.wire, key)  # type: ignore[misc]
        found[f"read a row{name}"] = lambda row=row: codec.finish(codec.parse(row), keys)  # type: ignore[misc]
        found[f"read a row{name}, its keys gone"] = lambda row=row: codec.finish(codec.parse(row), {})  # type: ignore[misc]
    found["seal 112 bytes"] = lambda: key.seal(bytes(112), b"about" * 30)
    box = key.seal(bytes(112), b"about" * 30)
    found["open 112 bytes"] = lambda: key.open(box, b"about" * 30)
    return found


def measured(case: Callable[[], object]) -> float:
    """µs for one call."""
    started = time.perf_counter()
    for _ in range(REPEATS):
        case()
    return (time.perf_counter() - started) / REPEATS * 1e6


def main() -> None:
    """Measures everything and prints it."""
    todo = cases()
    rounds = [{name: measured(case) for name, case in todo.items()} for _ in range(ROUNDS)]
    for name in todo:
        took = sorted(each[name] for each in rounds)
        print(f"{name:55} {statistics.median(took):6.2f} µs   ({took[0]:.2f}–{took[-1]:.2f})")


if __name__ == "__main__":
    main()
