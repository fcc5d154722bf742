"""Bringing sets to where a batch ends: by one statement each, or key by key where that failed."""

from collections.abc import Collection
from uuid import UUID

from infra.postgres.projections.binary import array
from infra.postgres.projections.session import Said
from infra.postgres.projections.transaction import DATA_FAULTS, Transaction, int8, without_values
from projections.engine.members import MODELS
from projections.engine.store import Changes, Held, Refused, Slot

_TRY, _TRIED, _UNDO = Said(b"SAVEPOINT tried"), Said(b"RELEASE SAVEPOINT tried"), Said(b"ROLLBACK TO SAVEPOINT tried")


class Deriving(Transaction):
    """A transaction in which sets are made."""

    async def derive(self, slots: Collection[Slot]) -> None:
        """Brings sets to where the batch ends, by one statement each."""
        self.derives = self.derives or bool(slots)
        self.waiting += [self.tables.set_statements(slot).derive(self.after, self.upto) for slot in slots]

    async def derive_each(self, slot: Slot, *, strict: bool) -> int:
        """The same key by key, so that one whose rows can't be made is put aside; answers how many.

        Where strict, raises Refused.
        """
        statements = self.tables.set_statements(slot)
        results = await self.run(*self.waiting, statements.touched(self.after, self.upto))
        self.waiting = []
        failed: dict[UUID, tuple[int, str]] = {}
        for key, position in self.session.tuples(results[-1]):
            if key in failed:
                continue
            try:
                await self.session.run([_TRY, statements.again([key], position, position), _TRIED])
            except DATA_FAULTS as error:
                if strict:
                    raise Refused(position, f"the {slot.model.name} of {key}: {without_values(error)}") from error
                await self.session.run([_UNDO])
                failed[key] = position, without_values(error)
        for key, (position, reason) in failed.items():
            await self._put_aside(slot, key, position, reason)
        return len(failed)

    async def derive_after(self, slots: Collection[Slot], source: Slot, row: UUID, since: int) -> None:
        """Makes anew what follows, from a position on, from a row of a source whose versions have changed since then."""
        standing = await self._standing(slots)
        self.derives = True
        for slot in standing:
            statements = self.tables.set_statements(slot)
            results = await self.run(*self.waiting, statements.touched_by(source.model, row, since))
            self.waiting = []
            keys = [key for (key,) in self.session.tuples(results[-1])]
            self.waiting += [*statements.rewind(keys, since), statements.again(keys, since, standing[slot])]
        # Another release's sets are made anew by the processes of that release.
        ours = array("text", [model.table for model in MODELS.values() if model.derived is not None])
        self.waiting.append(Said(self.tables.texts.other_sets, (ours,)))

    async def derive_again(self, slot: Slot, key: UUID, since: int) -> None:
        """Makes the rows of one key from a position on, before which they stopped. Raises Refused."""
        standing = await self._standing([slot])
        try:
            await self.session.run([self.tables.set_statements(slot).again([key], since, standing[slot])])
        except DATA_FAULTS as error:
            raise Refused(since, f"the {slot.model.name} of {key}: {without_values(error)}") from error

    async def _standing(self, slots: Collection[Slot]) -> dict[Slot, int]:
        """Where these tables stand; they stay there."""
        by_table = {slot.table: slot for slot in slots}
        results = await self.run(*self.waiting, Said(self.tables.texts.stand, (array("text", list(by_table)),)))
        self.waiting = []
        return {by_table[table]: position for table, position in self.session.tuples(results[-1])}

    async def _put_aside(self, slot: Slot, key: UUID, position: int, reason: str) -> None:
        results = await self.run(Said(self.tables.texts.type, (int8(position),)))
        [(type_,)] = self.session.tuples(results[-1]) or [("",)]
        self.tables.clear = False
        held = Held(key, position, type_, reason)
        self.waiting.append(self.hold(Changes(slot, (), (), (), (), [held])))
