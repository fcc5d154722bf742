"""Events into rows, in memory: what a batch comes to in one table. Pure, and the same whatever the batching."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from projections.engine.model import Model
from projections.engine.sources import blanked, value_keys
from projections.engine.steps import Step
from projections.engine.store import Changes, Held, Slot, Stored, ValueKeys, Version, Wanted


class RowMissing(Exception):
    """An event changes a row that isn't there."""


class RowExists(Exception):
    """An event makes a row that is there already."""


class WrongKey(Exception):
    """A function returned a row with another id than that of the row it was given."""


class PoisonEvent(Exception):
    """An event that a function can't take, where nothing may be put aside: in a rebuild."""


class Entry:
    """A row while a batch is folded."""

    __slots__ = ("closed", "keys", "row", "since", "stored")

    def __init__(self, stored: Stored | None) -> None:
        self.stored = stored
        self.row: Model | None = stored.row if stored else None
        self.keys: ValueKeys = stored.keys if stored else ()
        self.since = stored.since if stored else 0
        self.closed: list[Version] = []

    def become(self, row: Model | None, keys: ValueKeys, position: int) -> None:
        """The row is another one from this position on."""
        if self.row is not None:
            self.closed.append(Version(self.row, self.keys, self.since, position))
        self.row, self.keys, self.since = row, keys, position


class Fold:
    """A batch of events on one table. `held` are the keys in quarantine; `strict`: PoisonEvent instead.

    `purged` are streams whose content was removed in part: their events pass over rows that aren't there. `row_missing` tells
    whether there was such an event of another stream.
    """

    def __init__(
        self,
        slot: Slot,
        loaded: Wanted,
        rows: Iterable[Stored],
        held: Collection[UUID] = (),
        purged: Collection[str] = (),
        *,
        strict: bool,
    ) -> None:
        self.slot = slot
        self.row_missing = False
        self._strict, self._purged = strict, purged
        self._entries = {stored.row.id: Entry(stored) for stored in rows}
        self._poisoned = set(held)
        self._held: list[Held] = []
        self._found: dict[str, dict[UUID, dict[UUID, None]]] = {column: {} for column in loaded.lookups}
        if self._found:
            for id_, entry in self._entries.items():
                self._index(id_, None, entry.row)

    def take(self, each: Step) -> None:
        """Applies one event."""
        if each.error is not None:
            for key in each.keys:
                self._poison(key, each, each.error)
        elif each.feed.takes_row:
            for key in self._keys(each):
                self._guarded(key, each, None)
        else:
            for row in each.made:
                self._guarded(row.id, each, row)

    def erase(self, withdrawn: Collection[UUID]) -> None:
        """Blanks what was sealed with these keys, in the rows at hand and in their versions."""
        personal = self.slot.model.personal
        for id_, entry in self._entries.items():
            before = entry.row
            if before is not None:
                entry.row, entry.keys = blanked(personal, before, entry.keys, withdrawn)
                self._index(id_, before, entry.row)
            versions = ((version, *blanked(personal, version.row, version.keys, withdrawn)) for version in entry.closed)
            entry.closed = [
                Version(row, keys, version.since, version.until) for version, row, keys in versions if row is not None
            ]

    def changes(self) -> Changes:
        """What it all came to."""
        inserted, updated, deleted, closed = [], [], [], []
        for id_, entry in self._entries.items():
            closed += entry.closed
            if entry.row is None:
                if entry.stored is not None:
                    deleted.append(id_)
            elif entry.stored is None:
                inserted.append(Stored(entry.row, entry.keys, entry.since))
            elif entry.row is not entry.stored.row:
                updated.append(Stored(entry.row, entry.keys, entry.since))
        return Changes(self.slot, inserted, updated, deleted, closed if self.slot.model.history else (), self._held)

    def _keys(self, each: Step) -> Sequence[UUID]:
        if each.feed.lookup is None or each.keys:
            return each.keys
        return tuple(self._found[each.feed.lookup.column].get(each.feed.lookup.value(each.said), ()))

    def _guarded(self, key: UUID, each: Step, made: Model | None) -> None:
        if self._poisoned and key in self._poisoned:
            self._held.append(Held(key, each.said.position, each.said.event.wire, None))
            return
        entry = self._entries.get(key)
        before = entry.row if entry else None
        try:
            after = self._made(key, before, made) if made is not None else self._changed(key, before, each)
            keys = value_keys(self.slot.model, before, entry.keys if entry else (), after, each.said)
        except Exception as error:  # noqa: BLE001 (as above: the event waits, the follower goes on)
            self._poison(key, each, error)
            return
        if after is before:
            return
        if entry is None:
            entry = self._entries[key] = Entry(None)
        entry.become(after, keys, each.said.position)
        if self._found:
            self._index(key, before, after)

    def _changed(self, key: UUID, before: Model | None, each: Step) -> Model | None:
        if before is None and not each.feed.optional:
            if each.said.stream in self._purged:
                return None
            raise RowMissing(f"{each.said.event.wire} changes a {self.slot.model.name} that isn't there")
        after: Model | None = each.feed.change(before, each.said)
        if after is not None and after.id != key:
            raise WrongKey(f"{each.feed.name} was given the {self.slot.model.name} {key} and returned {after.id}")
        return after

    def _made(self, key: UUID, before: Model | None, row: Model) -> Model:
        if before is not None:
            raise RowExists(f"{self.slot.model.name} {key} is there already")
        return row

    def _poison(self, key: UUID, each: Step, error: Exception) -> None:
        self.row_missing |= isinstance(error, RowMissing)
        if self._strict:
            raise PoisonEvent(
                f"position {each.said.position}, {each.said.event.wire}: {each.feed.name} failed: {described(error)}"
            ) from error
        self._poisoned.add(key)
        self._held.append(Held(key, each.said.position, each.said.event.wire, f"{each.feed.name}: {described(error)}"))

    def _index(self, key: UUID, before: Model | None, after: Model | None) -> None:
        for column, found in self._found.items():
            old, new = getattr(before, column, None), getattr(after, column, None)
            if old != new:
                if old is not None:
                    found.get(old, {}).pop(key, None)
                if new is not None:
                    found.setdefault(new, {})[key] = None


def described(error: Exception) -> str:
    """What failed, without values: an exception's text may hold what somebody wrote. Our own say no content."""
    if type(error).__module__.startswith("projections.engine"):
        return f"{type(error).__name__}: {error}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"
