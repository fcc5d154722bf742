"""Keys move to a new epoch; what stays in an old backup can't be opened after the old epoch is gone."""

from uuid import UUID, uuid4

import psycopg
import pytest

from application.ports.keys import KeyUnusable
from infra.crypto.data_key import new_secret
from infra.crypto.key_file import KeyRing
from infra.crypto.wrapping import Wrapping
from infra.postgres.access import connect_as_owner
from infra.postgres.rewrap import by_epoch, rewrap
from tests.support.postgres import ORGANISATION_ID, Database

FIRST = KeyRing.new()
SECOND = FIRST.advanced()


def stored(owner: psycopg.Connection) -> dict[UUID, tuple[int, bytes]]:
    return {
        key: (epoch, wrapped) for key, epoch, wrapped in owner.execute("SELECT id, epoch, wrapped FROM org_main_keys.data_keys")
    }


def fill(owner: psycopg.Connection, count: int) -> dict[UUID, bytes]:
    """So many keys in epoch 1, with their secrets."""
    secrets = {uuid4(): new_secret() for _ in range(count)}
    wrapping = Wrapping(FIRST, ORGANISATION_ID)
    for key, secret in secrets.items():
        owner.execute("INSERT INTO org_main_keys.data_keys VALUES (%s, %s, %s, %s)", (key, key, *wrapping.wrap(key, secret)))
    return secrets


def test_every_key_moves_and_its_old_copies_stay_closed(database: Database) -> None:
    with connect_as_owner(database.owner) as owner:
        secrets = fill(owner, 25)
        backup = stored(owner)
        wrapping, seen = Wrapping(SECOND, ORGANISATION_ID), list[int]()
        assert by_epoch(owner, database.organisation) == {1: 25}
        assert rewrap(owner, database.organisation, wrapping, batch=10, progress=seen.append) == 25
        assert seen == [10, 10, 5]
        assert by_epoch(owner, database.organisation) == {2: 25}
        assert rewrap(owner, database.organisation, wrapping) == 0
        only_new = Wrapping(SECOND.without(1), ORGANISATION_ID)
        assert {key: only_new.unwrap(key, *found) for key, found in stored(owner).items()} == secrets
        for key, found in backup.items():
            with pytest.raises(KeyUnusable):
                only_new.unwrap(key, *found)


def test_a_key_that_goes_while_the_others_move_does_not_come_back(database: Database) -> None:
    with connect_as_owner(database.owner) as owner, connect_as_owner(database.owner) as another:
        secrets = fill(owner, 4)
        gone = max(secrets)
        wrapping = Wrapping(SECOND, ORGANISATION_ID)

        def destroy_one(_: int) -> None:
            another.execute("DELETE FROM org_main_keys.data_keys WHERE id = %s", (gone,))

        assert rewrap(owner, database.organisation, wrapping, batch=2, progress=destroy_one) == 3
        assert stored(owner).keys() == secrets.keys() - {gone}


def test_an_interrupted_move_goes_on(database: Database) -> None:
    with connect_as_owner(database.owner) as owner:
        fill(owner, 6)
        wrapping = Wrapping(SECOND, ORGANISATION_ID)

        def stop(_: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rewrap(owner, database.organisation, wrapping, batch=2, progress=stop)
        assert by_epoch(owner, database.organisation) == {1: 4, 2: 2}
        assert rewrap(owner, database.organisation, wrapping) == 4


def test_a_process_that_knows_only_the_old_epoch_makes_no_more_keys(database: Database) -> None:
    with connect_as_owner(database.owner) as owner:
        fill(owner, 1)
        rewrap(owner, database.organisation, Wrapping(SECOND, ORGANISATION_ID))
        with pytest.raises(psycopg.errors.CheckViolation, match="restart this process"):
            fill(owner, 1)


def test_the_wrong_key_file_moves_nothing(database: Database) -> None:
    with connect_as_owner(database.owner) as owner:
        fill(owner, 3)
        before = stored(owner)
        with pytest.raises(KeyUnusable):
            rewrap(owner, database.organisation, Wrapping(KeyRing.new().advanced(), ORGANISATION_ID))
        assert stored(owner) == before
