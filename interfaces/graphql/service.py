"""The API of one organisation: a request and a session in, an answer out, whatever carried them."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues, get_variable_values

from application.ports.moments import Moments
from application.ports.reading import Queries
from interfaces.graphql.answers import Answer, Request, Session, refused
from interfaces.graphql.cases import CaseReads
from interfaces.graphql.compiler.reads import Operation, Reads
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.costs import UNREADABLE, Charges, TooFast
from interfaces.graphql.documents import Document, Documents
from interfaces.graphql.limits import Limits
from interfaces.graphql.lookups import Lookups
from interfaces.graphql.mutations import MutationAnswers, Platform
from interfaces.graphql.presence import PresenceAnswers
from interfaces.graphql.proofs import Proofs
from interfaces.graphql.queries import QueryAnswers, no_reader
from interfaces.graphql.standing import Standing
from interfaces.graphql.trusted import Gate
from interfaces.graphql.viewers import Viewers
from projections.engine.progress import Progress


class Checked(NamedTuple):
    """A request that can be executed: its document, which operation of it, and the variables, coerced."""

    document: Document
    definition: OperationDefinitionNode
    name: str | None
    variables: VariableValues

    @property
    def kind(self) -> OperationType:
        return self.definition.operation

    @property
    def operation(self) -> Operation:
        return Operation(self.document, self.name, self.variables)


AtOnce = Callable[[Sequence[bytes]], int]
"""Writes encoded answers to the other side without waiting; says how many of them it took, from the first on."""


class Follower(Protocol):
    """Answers subscriptions."""

    def follow(self, operation: Operation, session: Session, at_once: AtOnce | None = None) -> AsyncGenerator[bytes, None]:
        """The encoded answers as they come. Those that nothing else waits before may go through `at_once`, if it takes them."""
        ...

    def end(self) -> None:
        """Ends every subscription."""
        ...


DEFAULTS = Limits()


class Service:
    """Answers requests to one organisation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        tables: Tables,
        queries: Queries,
        progress: Progress,
        platform: Platform,
        limits: Limits = DEFAULTS,
        following: Callable[[Reads], Follower] | None = None,
        proofs: Proofs | None = None,
        moments: Moments | None = None,
        charges: Charges = Charges(),  # noqa: B008 (immutable)
        gate: Gate | None = None,
        start: int = 0,
        presence: PresenceAnswers | None = None,
        standing: Standing | None = None,
        lookups: Lookups | None = None,
        cases: CaseReads | None = None,
        viewers: Viewers | None = None,
    ) -> None:
        """`following` makes what answers subscriptions; without it they are refused. Without `proofs` there are none.

        `moments` finds the moments of the past; without it there is none. `charges` counts what operations cost.
        `gate` knows the documents that were registered. `start`: see QueryAnswers. `presence` shows who is here; without it
        nobody is. `standing` knows who takes part no longer. `lookups` answer who could do what; without them nobody does.
        `cases` reads under cases; without it there are none. `viewers`: see QueryAnswers.
        """
        self.schema, self.limits, self.charges = schema, limits, charges
        self.documents = Documents(schema, limits)
        self.gate = gate or Gate()
        self.reads = Reads(tables, schema, queries, limits.rows, proofs=proofs, lookups=lookups)
        self.queries = QueryAnswers(schema, self.reads, progress, limits, moments, charges, start, cases, viewers)
        self.mutations = MutationAnswers(platform, self.reads, progress, limits, charges, presence)
        self.presence = presence.presence if presence else None
        self.standing = standing
        self.following = following(self.reads) if following else None

    def check(self, request: Request) -> Checked | Answer:
        """The request, ready to be executed, or the answer that says what is wrong with it."""
        try:
            text = self.gate.text(request)
        except GraphQLError as error:
            return refused(error)
        document = self.documents.read(text)
        if isinstance(document, list):
            return refused(*document)
        try:
            definition = document.operation(request.operation_name)
        except GraphQLError as error:
            return refused(error)
        given = dict(request.variables)
        variables = get_variable_values(
            self.schema, definition.variable_definitions or (), given, max_errors=10, hide_suggestions=True
        )
        if isinstance(variables, list):
            return refused(*variables)
        return Checked(document, definition, request.operation_name, variables)

    async def execute(self, checked: Checked, session: Session) -> Answer:
        """The answer to a query or mutation. A subscription is followed instead."""
        try:
            return await self._execute(checked, session)
        except Exception as fault:  # noqa: BLE001 (nothing of a fault of ours is told but that it happened)
            return Answer(None, [GraphQLError("fault", original_error=fault)], begun=False, status=500)

    async def _execute(self, checked: Checked, session: Session) -> Answer:
        match checked.kind:
            case OperationType.QUERY:
                if self.standing is not None and session.viewer in self.standing.gone:
                    return no_reader()
                return await self.queries.answer(checked.operation, session)
            case OperationType.MUTATION:
                return await self.mutations.answer(checked.operation, session)
            case _:
                return refused(GraphQLError("Subscriptions come over a WebSocket, or as text/event-stream."))

    def arrived(self, session: Session, connection: UUID) -> None:
        """Somebody has a live connection."""
        if self.presence is not None:
            self.presence.arrive(session.viewer, connection)

    def left(self, session: Session, connection: UUID) -> None:
        """That connection has ended."""
        if self.presence is not None:
            self.presence.leave(session.viewer, connection)

    def end(self) -> None:
        """Ends every subscription, since the server stops."""
        if self.following is not None:
            self.following.end()

    def stream(self, checked: Checked, session: Session, at_once: AtOnce | None = None) -> AsyncGenerator[bytes, None]:
        """The encoded answers to any operation: one, or of a subscription one after another; see Follower.follow."""
        if checked.kind is OperationType.SUBSCRIPTION and self.following is not None:
            return self.following.follow(checked.operation, session, at_once)
        return self._once(checked, session)

    async def _once(self, checked: Checked, session: Session) -> AsyncGenerator[bytes, None]:
        yield (await self.execute(checked, session)).encoded(charged=True)

    async def unreadable(self, answer: Answer, session: Session) -> Answer:
        """The answer to a request that can't be executed: what was wrong with it, unless its viewer sends too many."""
        try:
            charge = await self.charges.take(session, UNREADABLE, "none")
        except TooFast as error:
            return error.answer
        return answer._replace(charge=charge)
