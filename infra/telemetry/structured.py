"""Telemetry by structlog and Prometheus: one line of JSON per event, and metrics under `onrecord_`."""

import logging
import sys
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Bounds of the histograms, in seconds."""


def configure_logs(*, pretty: bool = False, level: int = logging.INFO) -> None:
    """Structured logs to standard error: JSON, or for a person at a terminal, readable lines."""
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


_METRICS: WeakKeyDictionary[CollectorRegistry, dict[str, Any]] = WeakKeyDictionary()
"""The metrics of each registry by name: the organisations of a process share them, and are told apart by a label."""


class StructuredTelemetry:
    """Fulfils application.ports.telemetry.Telemetry. Metrics are made when they are first used, with those labels for good.

    What is bound stands in every line of the log and is a label of every metric: all that share a registry bind the same names.
    """

    def __init__(self, registry: CollectorRegistry, **bound: str) -> None:
        self._log = structlog.get_logger(**bound)
        self._registry, self._bound = registry, bound
        self._metrics = _METRICS.setdefault(registry, {})

    def info(self, event: str, **facts: object) -> None:
        self._log.info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        self._log.warning(event, **facts)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        self._metric(Counter, name, labels).inc(amount)

    def measure(self, name: str, value: float, **labels: str) -> None:
        self._metric(Gauge, name, labels).set(value)

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        self._metric(Histogram, name, labels, buckets=BUCKETS).observe(seconds)

    def _metric(self, kind: Any, name: str, labels: dict[str, str], **options: Any) -> Any:
        labels = self._bound | labels
        metric = self._metrics.get(name)
        if metric is None:
            words = name.replace("_", " ")
            metric = kind(f"onrecord_{name}", words, sorted(labels), registry=self._registry, **options)
            self._metrics[name] = metric
        return metric.labels(**labels) if labels else metric
