"""The witness and the client, against each other and by hand-made requests, follow the specification's status codes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Thread

import pytest
from httpx2 import ASGITransport, AsyncClient, MockTransport, Request, Response

from infra.ledger import note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosign, cosigned_at
from infra.ledger.keys import COSIGNATURE, SigningKey
from infra.ledger.note import Note
from infra.ledger.proofs import consistency_ranges, roots_of
from infra.ledger.tree import EMPTY_ROOT
from infra.ledger.witness.client import Cosigned, Elsewhere, WitnessClient, WitnessUnavailable
from infra.ledger.witness.protocol import LONGEST, AddCheckpoint
from infra.ledger.witness.server import witness
from infra.ledger.witness.store import HeadFile
from tests.ledger.trees import grown, leaves, mth

ORIGIN = "onrecord.example/acme"
LOG = SigningKey(ORIGIN, bytes(range(32)))
NEXT = SigningKey(ORIGIN, bytes(range(1, 33)))
KEY = SigningKey("witness.example/w1", bytes(range(2, 34)), COSIGNATURE)
NOW = 1_700_000_000
HASHES = leaves(40)
_, TILES = grown(HASHES)
PREFIX = "https://witness.example/log"


def head(size: int, root: bytes | None = None, key: SigningKey = LOG, origin: str = ORIGIN) -> Note:
    return note.sign(Checkpoint(origin, size, root or mth(HASHES[:size])).text, [key])


def request(old: int, new: int, proof: tuple[bytes, ...] | None = None, signed: Note | None = None) -> AddCheckpoint:
    if proof is None:
        proof = tuple(roots_of(consistency_ranges(old, new), TILES)) if 0 < old <= new else ()
    return AddCheckpoint(old, proof, signed or head(new))


@dataclass
class Served:
    """A witness behind its HTTP interface."""

    file: Path
    http: AsyncClient

    async def post(self, body: object) -> Response:
        return await self.http.post("/add-checkpoint", content=body if isinstance(body, bytes) else str(body).encode())

    @property
    def client(self) -> WitnessClient:
        return WitnessClient("http://witness", KEY.verifier, self.http)


def application(file: Path) -> ASGITransport:
    return ASGITransport(witness(KEY, {ORIGIN: [LOG.verifier, NEXT.verifier]}, HeadFile(file), lambda: NOW))


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    file = tmp_path / "heads.sqlite"
    async with AsyncClient(transport=application(file), base_url="http://witness") as http:
        yield Served(file, http)


async def test_a_first_checkpoint_and_its_growth_are_cosigned(served: Served) -> None:
    for old, new in ((0, 5), (5, 5), (5, 8), (8, 40)):
        answer = await served.post(request(old, new))
        assert answer.status_code == 200
        assert answer.text.startswith("— witness.example/w1 ")
        cosigned = head(new).and_signed(note.signatures(answer.text))
        assert cosigned_at(cosigned, KEY.verifier) == NOW


async def test_an_empty_log_can_be_cosigned_and_grows(served: Served) -> None:
    assert (await served.post(request(0, 0, signed=head(0, EMPTY_ROOT)))).status_code == 200
    assert (await served.post(request(0, 0, signed=head(0, EMPTY_ROOT)))).status_code == 200
    assert (await served.post(request(0, 7))).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:0],
        lambda raw: raw[:-1],
        lambda raw: raw.replace(b"old 5", b"old 05"),
        lambda raw: raw.replace(b"old 5", b"old  5"),
        lambda raw: raw.replace(b"old 5", b"new 5"),
        lambda raw: raw.replace(b"old 5", b"old 9"),
        lambda raw: raw.replace(b"old 5\n", b"old 5\n!\n"),
        lambda raw: raw.replace(b"old 5\n", b"old 5\n" + b"AAAA\n" * 64),
        lambda raw: raw.replace(b"\n8\n", b"\n08\n"),
        lambda raw: b"\xff" + raw,
        lambda raw: raw + b"x" * LONGEST,
    ],
)  # fmt: skip
async def test_400_for_what_is_no_request(served: Served, change: Callable[[bytes], bytes]) -> None:
    assert (await served.post(request(0, 5))).status_code == 200
    assert (await served.post(change(str(request(5, 8)).encode()))).status_code == 400


async def test_404_for_a_log_that_is_not_watched(served: Served) -> None:
    assert (await served.post(AddCheckpoint(0, (), head(5, origin="other.example")))).status_code == 404


async def test_403_without_a_signature_by_the_log(served: Served) -> None:
    unknown = SigningKey(ORIGIN, bytes(32))
    assert (await served.post(AddCheckpoint(0, (), head(5, key=unknown)))).status_code == 403
    forged = note.Signature(ORIGIN, LOG.verifier.id, bytes(64))
    assert (await served.post(AddCheckpoint(0, (), Note(head(5).text, (forged,))))).status_code == 403


async def test_either_key_of_a_log_is_enough_while_keys_change(served: Served) -> None:
    assert (await served.post(AddCheckpoint(0, (), head(5, key=NEXT)))).status_code == 200


@pytest.mark.parametrize("old", [0, 3, 8])
async def test_409_and_its_size_where_the_old_size_is_another(served: Served, old: int) -> None:
    assert (await served.post(request(0, 5))).status_code == 200
    answer = await served.post(request(old, 8))
    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


async def test_409_for_another_root_of_the_same_size(served: Served) -> None:
    assert (await served.post(request(0, 5))).status_code == 200
    assert (await served.post(request(5, 5, signed=head(5, bytes(32))))).status_code == 409


async def test_422_for_a_proof_that_does_not_lead_there(served: Served) -> None:
    assert (await served.post(request(0, 5, proof=(bytes(32),)))).status_code == 422
    assert (await served.post(request(0, 5))).status_code == 200
    wrong = [
        request(5, 8, proof=()),
        request(5, 8, proof=request(5, 8).proof[:-1]),
        request(5, 8, proof=(*request(5, 8).proof, bytes(32))),
        request(5, 8, signed=head(8, bytes(32))),
        request(5, 5, proof=(bytes(32),)),
    ]
    for each in wrong:
        assert (await served.post(each)).status_code == 422
    assert (await served.post(request(5, 8))).status_code == 200


async def test_other_methods_and_paths_are_none_of_its(served: Served) -> None:
    assert (await served.http.get("/add-checkpoint")).status_code == 405
    assert (await served.http.post("/")).status_code == 404


async def test_what_was_refused_is_not_remembered_and_what_was_given_is(served: Served) -> None:
    await served.post(request(0, 5))
    await served.post(request(5, 8, proof=()))
    async with AsyncClient(transport=application(served.file), base_url="http://witness") as again:
        answer = await again.post("/add-checkpoint", content=str(request(0, 8)).encode())
    assert (answer.status_code, answer.text) == (409, "5\n")


async def test_of_two_histories_at_once_one_is_cosigned(served: Served) -> None:
    forks = [request(0, 5, signed=head(5, bytes((number,)) * 32)) for number in range(8)]
    answers = await asyncio.gather(*map(served.post, forks))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_two_processes_cannot_both_advance_the_head(tmp_path: Path) -> None:
    heads = HeadFile(tmp_path / "heads.sqlite")
    barrier, won = Barrier(8), []

    def advance(number: int) -> None:
        barrier.wait()
        won.append(heads.advance(None, Checkpoint(ORIGIN, number, bytes((number,)) * 32)))

    threads = [Thread(target=advance, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


async def test_the_client_gets_a_cosignature_or_the_witness_s_size(served: Served) -> None:
    assert await served.client.add_checkpoint(request(3, 5)) == Elsewhere(0)
    answer = await served.client.add_checkpoint(request(0, 5))
    assert isinstance(answer, Cosigned)
    assert answer.seconds == NOW
    assert cosigned_at(head(5).and_signed([answer.line]), KEY.verifier) == NOW
    assert await served.client.add_checkpoint(request(5, 5, signed=head(5, bytes(32)))) == Elsewhere(5)


async def test_the_client_names_a_refusal(served: Served) -> None:
    with pytest.raises(WitnessUnavailable, match=r"witness.example/w1: 404 this log"):
        await served.client.add_checkpoint(AddCheckpoint(0, (), head(5, origin="other.example")))


LINE = str(cosign(head(5).text, KEY, NOW))
OTHER = SigningKey("witness.example/w2", bytes(32), COSIGNATURE)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, "", "newline"),
        (200, "nonsense\n", "not a signature line"),
        (200, str(cosign(head(5).text, OTHER, NOW)), "no cosignature by its key"),
        (200, str(cosign(head(6).text, KEY, NOW)), "is wrong"),
        (200, LINE * 2_000, "too long"),
        (409, "many\n", "409"),
        (500, "sorry", "500 sorry"),
        (301, "", "301"),
    ],
)
async def test_the_client_takes_nothing_else_for_a_cosignature(status: int, body: str, words: str) -> None:
    def answer(_: Request) -> Response:
        return Response(status, text=body)

    async with AsyncClient(transport=MockTransport(answer)) as http:
        with pytest.raises(WitnessUnavailable, match=words):
            await WitnessClient(PREFIX, KEY.verifier, http).add_checkpoint(request(0, 5))


async def test_cosignatures_by_others_beside_it_are_left_out() -> None:
    def answer(asked: Request) -> Response:
        assert str(asked.url) == f"{PREFIX}/add-checkpoint"
        return Response(200, text=str(cosign(head(5).text, OTHER, NOW)) + LINE)

    async with AsyncClient(transport=MockTransport(answer)) as http:
        answered = await WitnessClient(f"{PREFIX}/", KEY.verifier, http).add_checkpoint(request(0, 5))
    assert isinstance(answered, Cosigned)
    assert str(answered.line) == LINE


async def test_a_witness_that_cannot_be_reached_is_named() -> None:
    async with AsyncClient() as http:
        with pytest.raises(WitnessUnavailable, match=r"witness.example/w1: ConnectError"):
            await WitnessClient("http://127.0.0.1:1", KEY.verifier, http).add_checkpoint(request(0, 5))
