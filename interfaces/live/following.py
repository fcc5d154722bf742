"""One subscription: live from now on, or from a position, without a gap and without a repeat."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from datetime import datetime
from typing import cast
from uuid import UUID

from graphql import GraphQLError, GraphQLObjectType

from application.ports.log import LogReader, LogUnavailable
from application.ports.reading import ReadTooLong, ReadUnavailable
from interfaces.graphql.answers import Answer, Session, refused
from interfaces.graphql.compiler.reads import Operation, Reads
from interfaces.graphql.compiler.selection import Selection, Use, Wrong
from interfaces.graphql.costs import FOLLOWING, Charges, TooFast
from interfaces.graphql.ids import local_key
from interfaces.graphql.limits import TooMuch
from interfaces.graphql.schema.naming import camel
from interfaces.graphql.service import AtOnce
from interfaces.graphql.standing import Expelled, Standing
from interfaces.live.audience import Asking, Delivery, shown
from interfaces.live.endings import Interrupted, Outside, Unavailable, left
from interfaces.live.followed import EVERYTHING, Followed
from interfaces.live.forms import Forms, Unreadable
from interfaces.live.hub import BATCH, Hub
from interfaces.live.present import Present
from interfaces.live.sight import Sight
from interfaces.live.subscriber import Subscriber
from interfaces.live.typed import typed
from projections.engine.progress import NotReached, NotRegistered
from projections.engine.store import StoreUnavailable

OLDEST = 50_000
"""Positions of the log that are read for one who resumes; whoever was away longer asks anew."""


class Following:
    """Follows changes of one organisation."""

    def __init__(
        self,
        reads: Reads,
        reader: LogReader,
        hub: Hub,
        now: Callable[[], datetime],
        present: Present,
        standing: Standing,
        sight: Sight,
        charges: Charges = Charges(),  # noqa: B008 (immutable)
    ) -> None:
        self.reads, self.reader, self.hub, self.now, self.charges = reads, reader, hub, now, charges
        self.present, self.standing, self.sight = present, standing, sight
        self.forms = Forms(reads)

    def end(self) -> None:
        """Ends every subscription, since the server stops."""
        self.hub.end()
        self.present.end()

    async def follow(self, operation: Operation, session: Session, at_once: AtOnce | None = None) -> AsyncGenerator[bytes, None]:
        """The encoded answers, one for each change that the viewer may see: here, or while nothing else waits through `at_once`.

        Raises Interrupted.
        """
        document, name, variables = operation
        schema = self.reads.schema
        selection = Selection(schema, document.operation(name), document.fragments, variables)
        root = cast(GraphQLObjectType, schema.subscription_type)
        [(alias, details)] = selection.fields(root, None)
        use = selection.use(root, alias, details)
        if isinstance(use, Wrong):
            yield refused(use.error).encoded()
            return
        try:
            self.standing.heed(session.viewer)
            async with aclosing(self._answers(operation, selection, use, session, at_once)) as answers:
                async for answer in answers:
                    yield answer
        except (LogUnavailable, ReadUnavailable, ReadTooLong, StoreUnavailable, NotReached, NotRegistered):
            raise Unavailable from None
        except TooFast as error:
            yield error.answer.encoded()
        except Expelled:
            raise Outside from None
        except Interrupted:
            raise
        except Exception as fault:  # noqa: BLE001 (nothing of a fault of ours is told but that it happened)
            yield Answer(None, [GraphQLError("fault", original_error=fault)], begun=False).encoded()

    async def _answers(
        self, operation: Operation, selection: Selection, use: Use, session: Session, at_once: AtOnce | None
    ) -> AsyncGenerator[bytes, None]:
        if "watched" in use.field.extensions:
            await self.charges.take(session, FOLLOWING, "subscription")
            stream = self.present.follow(selection, use, session)
        else:
            stream = _Stream(self, operation, selection, use, session, at_once).answers()
        async with aclosing(stream) as answers:
            async for answer in answers:
                yield answer


class _Stream:
    """One subscription on its way."""

    def __init__(
        self, following: Following, operation: Operation, selection: Selection, use: Use, session: Session, at_once: AtOnce | None
    ) -> None:
        self.selection, self.use, self.session, self.now, self.at_once = selection, use, session, following.now, at_once
        self.reads, self.reader, self.hub, self.charges = following.reads, following.reader, following.hub, following.charges
        self.followed: Followed = use.field.extensions["followed"]
        self.standing = following.standing
        self.after: int | None = use.args.get("after")
        self.sight = following.sight
        self.container = self._container()
        self.operation, self.forms = operation, following.forms

    async def answers(self) -> AsyncGenerator[bytes, None]:
        followed = self.followed
        # Whoever was let in just now, and follows at once, is seen to be in.
        with suppress(NotReached):
            await self.hub.level(await self.reader.head(), [followed.within or followed.model])
        if self.container is None or not await self._sees(self.container):
            yield typed(self.selection, self.use, "NotFound", {"kind": (followed.within or followed.model).name})
            return
        try:
            form, rows = self.forms.form(self.operation, self.selection, self.use, self.hub.changes[followed.name])
            await self.charges.take(self.session, FOLLOWING + rows, "subscription")
        except Unreadable as wrong:
            yield refused(*wrong.errors).encoded()
            return
        except (TooMuch, TooFast) as error:
            yield refused(error).encoded()
            return
        subscriber = Subscriber(self.session.viewer, form, self.at_once, since=self.after or 0)
        try:
            # First what was missed, then what is live: from here on the queue holds exactly what happens after `since`.
            after = self.hub.position if self.after is None else self.after
            since = await self.hub.attach(subscriber, self.container)
            if self.after is not None and since - self.after > OLDEST:
                yield self._resync(since, f"More than {OLDEST} events have happened since then.")
                return
            async for delivery in self._missed(subscriber, after, since):
                yield delivery.answer
            with self.standing.watching(self.session.viewer, subscriber.wake):
                async for answer in self._live(subscriber):
                    yield answer
        finally:
            self.hub.detach(subscriber)

    async def _missed(self, subscriber: Subscriber, after: int, since: int) -> AsyncGenerator[Delivery, None]:
        """What happened between two positions in the places that are followed, read from the log."""
        form = subscriber.form
        known = self.hub.changes[form.name]
        while after < since and (rows := await self.reader.read(after, BATCH, since)):
            after = rows[-1].position
            named = known.named(rows)
            if not named:
                continue
            await self.hub.level(after, {known.model, *form.models})
            if changes := [change for change in await known.placed(named) if change.container in subscriber.places]:
                places = {change.container: str(change.container) for change in changes}.values()
                asking = Asking(",".join([str(subscriber.viewer)] * len(places)), ",".join(places))
                for delivery, _ in await shown(self.reads.queries, form, changes, asking):
                    yield delivery

    async def _live(self, subscriber: Subscriber) -> AsyncGenerator[bytes, None]:
        """What the hub delivers, until the viewer's right ends. Raises Interrupted."""
        alarm = self._alarm(subscriber)
        try:
            while True:
                self.standing.heed(self.session.viewer)
                while subscriber.queue:
                    yield subscriber.queue.popleft().answer
                if subscriber.overflowed:
                    yield self._resync(self.hub.position, "The changes came faster than you took them.")
                    return
                if subscriber.unseen:
                    subscriber.unseen = False
                    if not await self._sees(self.container or EVERYTHING):
                        return
                if subscriber.closed:
                    raise Interrupted
                if alarm.when() <= asyncio.get_running_loop().time():
                    alarm = self._alarm(subscriber)
                await subscriber.rest()
        finally:
            alarm.cancel()

    def _alarm(self, subscriber: Subscriber) -> asyncio.TimerHandle:
        """Wakes the subscription when its token is to be looked at again. Raises SessionEnded where it has expired."""
        return asyncio.get_running_loop().call_later(left(self.session.expires, self.now()), subscriber.wake)

    def _container(self) -> UUID | None:
        followed = self.followed
        if followed.own:
            return self.session.viewer
        if followed.by is None or followed.container is None:
            return EVERYTHING
        return local_key(self.use.args[camel(followed.by)], followed.container.name)

    async def _sees(self, container: UUID) -> bool:
        return self.session.viewer in await self.sight.of(self.followed, container, [self.session.viewer])

    def _resync(self, position: int, why: str) -> bytes:
        return typed(self.selection, self.use, "ResyncRequired", {"position": str(position), "explanation": why})
