"""Answering a query operation: waiting for a position if asked to, the compiled statement, and questions about the schema."""

from collections.abc import Collection
from typing import Any, cast

import orjson
from graphql import (
    DirectiveLocation,
    DocumentNode,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    execute_sync,
    get_directive_values,
)
from graphql.execution.values import VariableValues

from application.ports.log import LogUnavailable
from application.ports.moments import Moments
from application.ports.reading import ReadTooLong, ReadUnavailable
from domain.compliance.events import CaseId
from interfaces.graphql.answers import Answer, Session, refused
from interfaces.graphql.cases import CASE, CaseReads, NoSuchCase
from interfaces.graphql.compiler.reads import ModuleIsOff, Moved, NoReader, Operation, Reads
from interfaces.graphql.compiler.selection import Selection
from interfaces.graphql.compiler.statement import Statement
from interfaces.graphql.compiler.traits import NOTHING_KNOWN
from interfaces.graphql.costs import ABOUT_SCHEMA, OPERATION, Charges, TooFast
from interfaces.graphql.documents import Document
from interfaces.graphql.limits import Limits, TooMuch
from interfaces.graphql.past import AHEAD, Ahead, PastAsked
from interfaces.graphql.scalars import POSITION
from interfaces.graphql.viewers import Viewers
from projections.engine.members import MODELS, Declared
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

WAIT_FOR = GraphQLDirective(
    "waitFor",
    [DirectiveLocation.QUERY],
    {"position": GraphQLArgument(POSITION, description="What a mutation answered; left out, nothing is waited for.")},
    description="Reads one's own writes: waits until all that is read here has come to this position of the log.",
)

UNAVAILABLE = "The database can't be reached now. Try again in a moment."


class QueryAnswers:
    """Answers the queries of one organisation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        reads: Reads,
        progress: Progress,
        limits: Limits,
        moments: Moments | None = None,
        charges: Charges = Charges(),  # noqa: B008 (immutable)
        start: int = 0,
        cases: CaseReads | None = None,
        viewers: Viewers | None = None,
    ) -> None:
        """`start`: what the log held when this process began; before that is shown, nobody is told that they are not active.
        `cases` reads under cases; without it there are none. `viewers` knows what they lack; without it nothing is left out."""
        self.start, self.cases, self.viewers = start, cases, viewers
        self.schema, self.reads, self.progress, self.limits, self.charges = schema, reads, progress, limits, charges
        self.past = PastAsked(schema, moments)

    async def answer(self, asked: Operation, session: Session) -> Answer:
        """What a query reads, as the session's viewer may see it."""
        document, name, variables = asked
        operation = document.operation(name)
        case: CaseId | None = None
        try:
            about = None
            if document.about_schema:
                charge = await self.charges.take(session, ABOUT_SCHEMA, "query")
                about = self._about_schema(document, operation, variables)
                if about is not None and about[1]:
                    return Answer(about[0], charge=charge)
            past = await self.past.of(asked)
            reads, case = await self._readers(operation, variables, session)
            lacks = await self.viewers.lacks(session.viewer) if self.viewers and reads is self.reads else NOTHING_KNOWN
            ready = reads.query(asked, session.viewer, past, lacks)
            charge = await self.charges.take(session, OPERATION + ready.rows, "query")
            after = max((moment.position for moment in past.values()), default=None)
            if late := await self._late(ready.statement, operation, variables, after):
                return late
            try:
                data, errors = await reads.run(ready)
            except Moved:
                data, errors = await reads.run(reads.query(asked, session.viewer, past))
            if ahead := [error for error in errors if (error.extensions or {}).get("code") == AHEAD]:
                # A moment that is still to come isn't answered in part, whichever field asks for it.
                return refused(*(GraphQLError(error.message, error.nodes, extensions=error.extensions) for error in ahead))
            if case is not None and self.cases is not None:
                level = after if after is not None else await self.progress.reached(ready.statement.models)
                await self.cases.record(case, session, asked, level, data)
        except TooFast as error:
            return error.answer
        except (TooMuch, Ahead, NoSuchCase) as error:
            return refused(error)
        except NoReader:
            return no_reader() if case is None else refused(NoSuchCase())
        except ModuleIsOff as module:
            return module_off(str(module))
        except (ReadUnavailable, LogUnavailable, StoreUnavailable, NotRegistered):
            return unavailable(UNAVAILABLE, "UNAVAILABLE")
        except ReadTooLong:
            return unavailable("The query took too long. Ask for less at once.", "TOO_LONG")
        return Answer(data if about is None else _merged(data, about[0]), errors, charge=charge)

    async def _readers(
        self, operation: OperationDefinitionNode, variables: VariableValues, session: Session
    ) -> tuple[Reads, CaseId | None]:
        """What the query is read by, and the case that it is read under, if it is. Raises NoSuchCase, LogUnavailable."""
        if not any(each.name.value == CASE.name for each in operation.directives or ()):
            return self.reads, None
        case = self.cases.asked(operation, variables) if self.cases is not None else None
        if self.cases is None or case is None:
            raise NoSuchCase
        return await self.cases.reads(case, session, self.schema, self.reads.queries), case

    async def _late(
        self, statement: Statement, operation: OperationDefinitionNode, variables: VariableValues, after: int | None
    ) -> Answer | None:
        given = get_directive_values(WAIT_FOR, operation, variables) if operation.directives else None
        wanted = [position for position in ((given or {}).get("position"), after, self.start or None) if position is not None]
        if not wanted:
            return None
        position = max(wanted)
        try:
            await self.progress.wait_for(position, self._read_by(statement), self.limits.wait)
        except NotReached as behind:
            return unavailable(f"After {self.limits.wait:g} seconds {behind}.", "NOT_YET")
        except (StoreUnavailable, NotRegistered):
            return unavailable(UNAVAILABLE, "UNAVAILABLE")
        return None

    def _read_by(self, statement: Statement) -> Collection[Declared]:
        """The models that are to be level; after the start also that of the people, among whom the viewer must be."""
        if not self.start or "Person" not in MODELS:
            return statement.models
        people = MODELS["Person"]
        if self.progress.shows(self.start, MODELS.values()):
            self.start = 0
        return {people, *statement.models}

    def _about_schema(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues
    ) -> tuple[dict[str, Any], bool] | None:
        """What the operation asks about the schema itself, and whether that is all that it asks."""
        query = cast(GraphQLObjectType, self.schema.query_type)
        fields = dict(Selection(self.schema, operation, document.fragments, variables).fields(query, None))
        about = {key: merged for key, merged in fields.items() if merged[0].node.name.value.startswith("__")}
        if all(merged[0].node.name.value == "__typename" for merged in about.values()):
            return None
        alone = OperationDefinitionNode(
            operation=operation.operation,
            variable_definitions=operation.variable_definitions,
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(d.node for merged in about.values() for d in merged)),
        )
        fragments = [details.definition for details in document.fragments.values()]
        given = {name: source.value for name, source in variables.sources.items() if source.value is not Undefined}
        result = execute_sync(self.schema, DocumentNode(definitions=(alone, *fragments)), variable_values=given)
        return result.data or {}, len(about) == len(fields)


def _merged(data: Any, asked: dict[str, Any]) -> Any:
    read = orjson.loads(orjson.dumps(data))
    return read and {key: asked.get(key, value) for key, value in read.items()}


def unavailable(message: str, code: str) -> Answer:
    """The answer to a request that may be sent again."""
    return Answer(None, [GraphQLError(message, extensions={"code": code})], begun=False, status=503)


def no_reader() -> Answer:
    """The answer to somebody who may read nothing."""
    error = GraphQLError("You don't take part in this organisation now.", extensions={"code": "NOT_ACTIVE"})
    return Answer(None, [error], begun=False, status=403)


def module_off(module: str) -> Answer:
    """The answer to somebody for whom this part of the platform isn't there."""
    extensions = {"code": "MODULE_OFF", "module": module}
    return Answer(None, [GraphQLError(f"{module} is not there for you now.", extensions=extensions)], begun=False, status=403)
