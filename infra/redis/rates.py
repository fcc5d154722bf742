"""Rates that all processes count together in Redis, by one call for each question."""

from pathlib import Path

from application.ports.rates import Rate, Rates, Taken
from infra.redis.client import RedisClient, RedisUnavailable

_TAKE = (Path(__file__).parent / "take.lua").read_text()


class RedisRates:
    """Fulfils application.ports.rates.Rates; while Redis can't be reached, `alone` counts for this process."""

    def __init__(self, client: RedisClient, alone: Rates) -> None:
        self._client, self._alone = client, alone
        self._script = client.raw.register_script(_TAKE)

    async def take(self, user: str, points: int, rate: Rate) -> Taken:
        """See Rates.take."""
        given = (points, rate.points, int(rate.seconds * 1_000_000))
        try:
            allowed, remaining, reset, wait = await self._client.ask(
                lambda redis: self._script(keys=[f"onrecord:rate:{user}"], args=given, client=redis)
            )
        except RedisUnavailable:
            return await self._alone.take(user, points, rate)
        return Taken(bool(allowed), remaining, reset / 1_000_000, wait / 1_000_000)
