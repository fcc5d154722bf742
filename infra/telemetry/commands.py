"""How many commands there were, what came of them, and how they reached the log: read when Prometheus asks."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from application.counts import Counts, Spread
from infra.postgres.log.log import PostgresLog


class Watched(NamedTuple):
    """An organisation whose commands this process handles."""

    counts: Counts
    log: PostgresLog


class CommandMetrics(Collector):
    """The organisations of one process, by name; they share their metrics and are told apart by a label."""

    def __init__(self) -> None:
        self.watched: dict[str, Watched] = {}

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        each = ["organisation"]
        commands = CounterMetricFamily("onrecord_commands", "Commands handled", labels=[*each, "command", "outcome"])
        again = CounterMetricFamily("onrecord_decisions_again", "Decisions taken again", labels=[*each, "reason"])
        sizes = HistogramMetricFamily("onrecord_append_commands", "Requests appended in one transaction", labels=each)
        seconds = HistogramMetricFamily("onrecord_append_seconds", "Duration of such a transaction", labels=each)
        head = GaugeMetricFamily("onrecord_log_position", "The last position of the log, as far as is known", labels=each)
        for name, (counts, log) in self.watched.items():
            for (command, outcome), count in [*counts.commands.items()]:
                commands.add_metric([name, command, outcome], count)
            for reason, count in [*counts.again.items()]:
                again.add_metric([name, reason], count)
            sizes.add_metric([name], _buckets(log.writer.sizes), log.writer.sizes.sum)
            seconds.add_metric([name], _buckets(log.writer.seconds), log.writer.seconds.sum)
            head.add_metric([name], log.arrivals.head)
        yield from (commands, again, sizes, seconds, head)


_METRICS: WeakKeyDictionary[CollectorRegistry, CommandMetrics] = WeakKeyDictionary()


def command_metrics(registry: CollectorRegistry) -> CommandMetrics:
    """Those of a registry."""
    if registry not in _METRICS:
        _METRICS[registry] = CommandMetrics()
        registry.register(_METRICS[registry])
    return _METRICS[registry]


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    bounds = [str(float(bound)) for bound in spread.bounds]
    return list(zip([*bounds, "+Inf"], spread.cumulative(), strict=True))
