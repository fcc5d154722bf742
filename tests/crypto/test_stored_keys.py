"""Data keys in PostgreSQL, checked against the log."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from application.ports.keys import KeyUnusable
from application.ports.log import NewKey
from application.sealing import Held
from domain.compliance.events import DataKeyCreated, DataKeyDestroyed, DataKeyReleased, DataKeyRestricted, KeyEvent
from infra.crypto.key_file import KeyRing
from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.keys import KEPT_FOR, PostgresKeys
from tests.support.postgres import ORGANISATION_ID, Database

RING = KeyRing.new()
ANN, BOB = uuid4(), uuid4()


class Store:
    """Keys over a real database, and a hand that writes into its log."""

    def __init__(self, database: Database, connections: Connections) -> None:
        self.database, self.connections, self.now = database, connections, 0.0
        self.keys = self.with_ring(RING)

    def with_ring(self, ring: KeyRing) -> PostgresKeys:
        wrapping = Wrapping(ring, ORGANISATION_ID)
        return PostgresKeys(self.connections, self.database.organisation, wrapping, kept_open=3, clock=lambda: self.now)

    async def put(self, new: NewKey) -> None:
        async with self.connections.connection() as connection:
            await connection.execute(
                "INSERT INTO org_main_keys.data_keys (id, owner, epoch, wrapped) VALUES (%s, %s, %s, %s)", new
            )

    async def record(self, key: UUID, event: KeyEvent) -> None:
        stream = f"compliance.key/{key}"
        async with self.connections.connection() as connection:
            await connection.execute(
                """INSERT INTO org_main.events
                SELECT 1, (SELECT coalesce(max(position), 0) + 1 FROM org_main.events), clock_timestamp(), clock_timestamp(),
                    %s, %s, (SELECT count(*) + 1 FROM org_main.events WHERE stream = %s), %s,
                    NULL, NULL, NULL, NULL, NULL, '{}', %s, %s""",
                (uuid4(), stream, stream, event.wire, msgspec.json.encode(event), bytes(16)),
            )

    async def create(self, owner: UUID = ANN, commitment: str | None = None) -> UUID:
        key = uuid4()
        new, _, committed = self.keys.create(key, owner)
        await self.put(new)
        await self.record(
            key,
            DataKeyCreated(
                owner=owner,
                retention_class="conversation",
                month="2026-11",
                generation=0,
                commitment=commitment or committed,
                epoch=new.epoch,
            ),
        )
        return key


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    async with Connections(database.application) as connections:
        yield Store(database, connections)


async def test_a_created_key_opens_what_it_sealed(store: Store) -> None:
    key = uuid4()
    new, made, commitment = store.keys.create(key, ANN)
    assert store.keys.at_hand(key) is None
    assert await store.keys.open([key]) == {}
    await store.put(new)
    await store.record(
        key,
        DataKeyCreated(owner=ANN, retention_class="general", month="2026-11", generation=0, commitment=commitment, epoch=1),
    )
    opened = (await store.keys.open([key]))[key]
    assert opened.open(made.seal(b"hello", b"here"), b"here") == b"hello"
    assert store.keys.at_hand(key) is opened


async def test_a_restricted_key_is_absent_until_it_is_released_and_a_destroyed_one_for_ever(store: Store) -> None:
    key = await store.create()
    assert key in await store.keys.open([key])
    await store.record(key, DataKeyRestricted())
    assert key in await store.keys.open([key])  # still at hand: this is why it must be forgotten
    store.keys.forget(key)
    assert await store.keys.open([key]) == {}
    await store.record(key, DataKeyReleased())
    assert key in await store.keys.open([key])
    await store.record(key, DataKeyDestroyed(ground="requested"))
    store.keys.moved({"messaging.message/x": 3, f"compliance.key/{key}": 4})
    assert await store.keys.open([key]) == {}


async def test_a_key_is_deleted_as_its_destruction_is_recorded_and_no_other_with_it(store: Store) -> None:
    key, other = await store.create(), await store.create()
    await store.record(key, DataKeyRestricted())
    assert await store.keys.of(ANN) == sorted([key, other])
    await store.record(key, DataKeyDestroyed(ground="requested"))
    assert await store.keys.of(ANN) == [other]


async def test_a_destruction_that_is_rolled_back_leaves_the_key(store: Store) -> None:
    key = await store.create()
    async with store.connections.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute(
            """INSERT INTO org_main.events SELECT format, 99, recorded_at, effective_at, %s, stream, 2, %s, NULL, NULL, NULL,
            NULL, NULL, context, payload, salt FROM org_main.events WHERE stream = %s""",
            (uuid4(), DataKeyDestroyed.wire, f"compliance.key/{key}"),
        )
        assert (await connection.execute("SELECT FROM org_main_keys.data_keys")).rowcount == 0
    assert await store.keys.of(ANN) == [key]


async def test_the_application_can_neither_delete_nor_change_a_key_by_itself(store: Store) -> None:
    key = await store.create()
    for statement in (
        "DELETE FROM org_main_keys.data_keys",
        "UPDATE org_main_keys.data_keys SET epoch = 2",
        "TRUNCATE org_main_keys.data_keys",
        f"SELECT org_main_keys.rewrap(ARRAY['{key}'::uuid], ARRAY[1], 2, ARRAY['\\x00'::bytea])",
    ):
        async with store.connections.connection() as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement.encode())


async def test_the_keys_of_a_person_are_found(store: Store) -> None:
    mine = sorted([await store.create(ANN), await store.create(ANN)])
    await store.create(BOB)
    assert await store.keys.of(ANN) == mine


async def test_a_swapped_key_is_caught_by_its_commitment(store: Store) -> None:
    key = await store.create(commitment="00" * 32)
    with pytest.raises(KeyUnusable, match="swapped"):
        await store.keys.open([key])


async def test_a_key_that_the_log_does_not_know_is_refused(store: Store) -> None:
    new, _, _ = store.keys.create(uuid4(), ANN)
    await store.put(new)
    with pytest.raises(KeyUnusable, match="no event in the log"):
        await store.keys.open([new.id])


async def test_the_wrong_key_file_is_a_fault_and_not_an_erasure(store: Store) -> None:
    key = await store.create()
    await store.keys.verify()
    stranger = store.with_ring(KeyRing.new())
    with pytest.raises(KeyUnusable, match="ONRECORD_KEY_FILE"):
        await stranger.open([key])
    with pytest.raises(KeyUnusable, match="ONRECORD_KEY_FILE"):
        await stranger.verify()


async def test_few_keys_are_kept_open_and_not_for_long(store: Store) -> None:
    keys = [await store.create() for _ in range(5)]
    assert set(await store.keys.open(keys)) == set(keys)
    assert sum(store.keys.at_hand(key) is not None for key in keys) == 3
    for key in keys[:3]:
        await store.keys.open([key])
    await store.keys.open([keys[0]])
    await store.keys.open([keys[4]])
    assert [key for key in keys if store.keys.at_hand(key)] == [keys[0], keys[2], keys[4]]
    store.now += KEPT_FOR + 1
    assert not any(store.keys.at_hand(key) for key in keys)


async def test_one_act_holds_all_the_keys_that_it_opened(store: Store) -> None:
    keys = [await store.create() for _ in range(5)]
    held = Held(store.keys)
    for key in keys:
        await held.open([key])
    assert all(held.at_hand(key) for key in keys)
    held.forget(keys[-1])
    assert not held.at_hand(keys[-1])
    assert not Held(store.keys).at_hand(keys[0])


async def test_a_key_that_is_forgotten_while_it_is_being_opened_is_not_kept(store: Store) -> None:
    key = await store.create()
    rows = store.keys._rows

    async def forgotten_meanwhile(*arguments: object) -> object:
        found = await rows(*arguments)  # type: ignore[arg-type]  # passes on what it is called with
        store.keys.forget(key)
        return found

    store.keys._rows = forgotten_meanwhile  # type: ignore[method-assign,assignment]  # puts the two in this order
    assert key in await store.keys.open([key])
    assert store.keys.at_hand(key) is None
