"""The context of a row, as it is stored for ever."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.compliance.events import DataKeyRestricted
from domain.kernel.events import Authority, Context
from infra.serialisation.codec import JsonCodec
from tests.serialisation.samples import ANN, KEYS, ORDER, STREAM, row

CODEC = JsonCodec()
WIRE = DataKeyRestricted.wire
STORED = (
    '{"authority":{"rule":"member of the channel","streams":["sample.note/01890a5d-ac96-774b-bcce-b302099a0004"]},'
    '"decided_on":{"sample.note/01890a5d-ac96-774b-bcce-b302099a0004":2},"client":"web",'
    '"session":"01890a5d-ac96-774b-bcce-b302099a0003",'
    '"address":{"is":"sealed","key":"01890a5d-ac96-774b-bcce-b302099a0001",'
    '"box":"PPQR8dcinfFSchqX0cyP/IAAiruhd8yzolvMHhJC2jM63USF0NGvNNwCLpQ="},"imported":"slack"}'
)
SAID = Context(
    authority=Authority("member of the channel", (STREAM,)),
    decided_on={STREAM: 2},
    client="web",
    session=ORDER,
    address="192.0.2.17",
    imported="slack",
)

texts = st.text(max_size=20)
contexts = st.builds(
    Context,
    authority=st.none() | st.builds(Authority, texts, st.lists(texts, max_size=3).map(tuple)),
    decided_on=st.dictionaries(texts, st.integers(0, 2**62), max_size=3),
    client=st.none() | texts,
    session=st.none() | st.uuids(),
    address=st.none() | texts,
    imported=st.none() | texts,
)


def read(stored: bytes) -> Context:
    return CODEC.finish(CODEC.parse(row(b"{}", WIRE, context=stored)), KEYS).context


@given(contexts)
def test_a_context_is_read_as_it_was_written(context: Context) -> None:
    assert read(CODEC.encode_context(context, STREAM, 3, WIRE, KEYS[ANN])) == context


def test_a_context_that_was_stored_once_is_still_read() -> None:
    # Golden: never changed. What later releases add to contexts gets a sample of its own beside this one.
    assert read(STORED.encode()) == SAID


def test_a_context_is_still_written_as_it_was() -> None:
    now = msgspec.json.decode(CODEC.encode_context(SAID, STREAM, 3, WIRE, KEYS[ANN]))
    then = msgspec.json.decode(STORED)
    assert now.pop("address").keys() == then.pop("address").keys()
    assert now == then


def test_an_empty_context_is_stored_as_nothing_but_itself() -> None:
    assert CODEC.encode_context(Context(), STREAM, 3, WIRE) == b"{}"
