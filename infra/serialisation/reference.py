"""The event catalogue as a page of the reference: docs/reference/events.md is generated from the event types."""

from collections import defaultdict
from collections.abc import Iterator

from domain.kernel.events import CATALOGUE, Event, describe
from domain.kernel.upcasts import UPCASTS
from infra.serialisation.shapes import shape

_HEAD = """\
# Event catalogue

<!-- Made by `make docs`. -->

Every event that can stand in the log, by its wire name. A field that *belongs to* somebody is stored encrypted under a key of
that person (or container), and reads as erased once the key is destroyed. Every field is always stored, empty ones as `null`;
in values inside a field, those marked `?` may be left out. How rows look is said in ledger-format.md.
"""


def event_catalogue() -> str:
    """The whole page."""
    contexts: defaultdict[str, list[type[Event]]] = defaultdict(list)
    for wire, event in sorted(CATALOGUE.items()):
        contexts[wire.partition(".")[0]].append(event)
    lines = [_HEAD]
    for context, events in contexts.items():
        lines += [f"## {context.capitalize()}", ""]
        for event in events:
            lines += _entry(event)
    if UPCASTS:
        lines += ["## Older versions", "", "Still in logs, and read as the newest version:", ""]
        lines += [f"- `{step.old}` → `{step.new}`" for _, step in sorted(UPCASTS.items())] + [""]
    return "\n".join(lines).rstrip() + "\n"


def _entry(event: type[Event]) -> Iterator[str]:
    yield f"### `{event.wire}`"
    yield ""
    yield describe(event)
    yield ""
    fields = shape(event)
    if not fields:
        yield "It has no fields."
    else:
        yield "| field | holds | belongs to |"
        yield "|---|---|---|"
        for name, told in fields.items():
            yield f"| {name} | {told['holds'].replace('|', 'or')} | {told.get('belongs to', '')} |"
    yield ""
    if any("belongs to" in told for told in fields.values()):
        yield f"Retention class: {event.retention}."
        yield ""
