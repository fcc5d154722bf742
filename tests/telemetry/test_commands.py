"""What operators are told of commands: by type and outcome, how they reached the log, and how far the log is."""

from prometheus_client import CollectorRegistry, generate_latest

from application.counts import Spread
from infra.telemetry.commands import Watched, command_metrics
from tests.support.organisations import ask, channel, everything, fresh_id, opened, person, post, settle
from tests.support.postgres import Database


async def test_commands_are_told_by_type_and_outcome(database: Database) -> None:
    registry = CollectorRegistry()
    async with opened(database) as organisation, opened(database) as other:
        for name, each in (("main", organisation), ("other process", other)):
            command_metrics(registry).watched[name] = Watched(each.platform.counts, each.log)

        def told(metric: str, **labels: str) -> float | None:
            return registry.get_sample_value(f"onrecord_{metric}", {"organisation": "main", **labels})

        await settle(organisation, "ann", "bea")
        again = fresh_id()
        for _ in range(3):
            await ask(organisation, post("hello"), person("ann"), again)
        await ask(organisation, post("who am I"), person("a stranger"))
        assert told("commands_total", command="PostMessage", outcome="done") == 1
        assert told("commands_total", command="PostMessage", outcome="repeated") == 2
        assert told("commands_total", command="PostMessage", outcome="NotPermitted") == 1
        assert told("log_position") == len(await everything(organisation))
        asked = sum(count for count in organisation.platform.counts.commands.values())
        assert told("append_commands_sum") == asked
        assert told("append_commands_bucket", le="1.0") == told("append_seconds_count") == asked

        await ask(other, post("theirs", where="general"), person("ann"))
        moved = await ask(organisation, post("theirs", where="general"), person("ann"))
        assert moved.refusal is None
        assert told("decisions_again_total", reason="moved") == 1
    page = generate_latest(registry).decode()
    assert page.count("# TYPE onrecord_commands_total counter") == 1
    assert 'onrecord_commands_total{command="PostMessage",organisation="other process",outcome="done"} 1.0' in page
    assert str(channel("general")) not in page


def test_a_spread_counts_what_is_at_most_each_bound() -> None:
    spread = Spread((1, 10))
    for value in (0.5, 1, 2, 10, 11):
        spread.add(value)
    assert spread.cumulative() == [2, 4, 5]
    assert spread.sum == 24.5
