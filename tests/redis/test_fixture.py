"""The Valkey of the tests is real, empty for each test, and can be stopped."""

import pytest
from redis import Redis, exceptions

from tests.support.valkey import Valkey


@pytest.mark.parametrize("turn", [1, 2])
def test_it_is_empty(valkey: Valkey, turn: int) -> None:
    with Redis.from_url(valkey.url) as client:
        assert client.get("key") is None
        client.set("key", "value")


def test_it_can_be_stopped_and_comes_back(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as client:
        client.set("key", "value")
        valkey.stop()
        with pytest.raises(exceptions.ConnectionError):
            client.ping()
        valkey.start()
        assert client.get("key") is None
