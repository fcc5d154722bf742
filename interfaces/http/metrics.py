"""What the API counts and measures, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The API's metrics; labels have few values, none of them a user's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.operations = Histogram(
            "onrecord_graphql_seconds", "Duration of operations", ["kind", "outcome"], registry=registry, buckets=BUCKETS
        )
        self.refused = Counter("onrecord_http_refused", "Requests refused before execution", ["status"], registry=registry)
        self.sockets = Gauge("onrecord_live_connections", "Open live connections", ["transport"], registry=registry)
        self.delivered = Counter("onrecord_live_events", "Answers sent over live connections", registry=registry)
