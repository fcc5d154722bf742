"""What the organisations of a process count and measure."""

from prometheus_client import CollectorRegistry

from infra.telemetry.structured import StructuredTelemetry


def test_organisations_share_metrics_and_are_told_apart() -> None:
    registry = CollectorRegistry()
    for position, name in enumerate(("main", "second"), 1):
        telemetry = StructuredTelemetry(registry, organisation=name)
        telemetry.measure("projections_position", position, model="Message")
        telemetry.count("ledger_refusals", kind="LogForked")
        telemetry.observe("projections_page_seconds", position)
    for position, name in enumerate(("main", "second"), 1):
        labels = {"organisation": name, "model": "Message"}
        assert registry.get_sample_value("onrecord_projections_position", labels) == position
        assert registry.get_sample_value("onrecord_projections_page_seconds_sum", {"organisation": name}) == position
        refused = {"organisation": name, "kind": "LogForked"}
        assert registry.get_sample_value("onrecord_ledger_refusals_total", refused) == 1


def test_registries_know_nothing_of_each_other() -> None:
    first, second = CollectorRegistry(), CollectorRegistry()
    StructuredTelemetry(first).count("things")
    StructuredTelemetry(second).count("things")
    assert first.get_sample_value("onrecord_things_total") == second.get_sample_value("onrecord_things_total") == 1
