"""Answering a mutation operation: commands one after another, each answered with its result or a named reason."""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol, cast
from uuid import UUID, uuid4

from graphql import GraphQLError, GraphQLObjectType
from pydantic import ValidationError

from application.envelope import Asked
from application.outcomes import Outcome
from application.ports.log import ClockJumped, CommandIdReused, LogUnavailable
from application.ports.reading import ReadTooLong, ReadUnavailable
from domain.kernel.commands import Command
from domain.kernel.events import Context
from domain.kernel.identifiers import derived
from interfaces.graphql import refusals
from interfaces.graphql.answers import Answer, Session, refused
from interfaces.graphql.compiler.reads import ModuleIsOff, NoReader, Operation, Reads
from interfaces.graphql.compiler.selection import Selection, Use, Wrong
from interfaces.graphql.costs import Charges, TooFast
from interfaces.graphql.documents import CHARACTERS, Bounded
from interfaces.graphql.limits import Limits, TooMuch
from interfaces.graphql.presence import PresenceAnswers
from interfaces.graphql.results import Result, refused_with
from interfaces.graphql.schema.inputs import COMMAND_ID, Unreadable
from interfaces.graphql.schema.writing import Mutation
from interfaces.graphql.unfit import unfit
from interfaces.graphql.wishes import Wishes, wishes_of
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable


class Platform(Protocol):
    """The use cases of one organisation."""

    async def handle(self, command: Command, asked: Asked) -> Outcome:
        """Raises CommandIdReused, LogUnavailable, ClockJumped."""
        ...


class MutationAnswers:
    """Answers the mutations of one organisation."""

    def __init__(
        self,
        platform: Platform,
        reads: Reads,
        progress: Progress,
        limits: Limits,
        charges: Charges = Charges(),  # noqa: B008 (immutable)
        presence: PresenceAnswers | None = None,
    ) -> None:
        self.platform, self.reads, self.progress, self.limits, self.charges = platform, reads, progress, limits, charges
        self.presence = presence
        self.known: Bounded[Hashable, Wishes] = Bounded(1_000, CHARACTERS, lambda wishes: wishes.characters)

    async def answer(self, operation: Operation, session: Session) -> Answer:
        """Does what is asked, field by field, in order; what was done before a fault stays done."""
        document, name, variables = operation
        root = cast(GraphQLObjectType, self.reads.schema.mutation_type)
        selection = Selection(self.reads.schema, document.operation(name), document.fragments, variables)
        wishes = self._wishes(operation, selection)
        if len(wishes.fields) > self.limits.commands:
            return refused(TooMuch("mutations at once", self.limits.commands))
        try:
            charge = await self.charges.take(session, self._cost(operation, wishes), "mutation")
        except TooFast as error:
            return error.answer
        except TooMuch as error:
            return refused(error)
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for key, merged in wishes.fields.items():
            if merged[0].node.name.value == "__typename":
                data[key] = root.name
                continue
            data[key] = None
            use = selection.use(root, key, merged)
            if isinstance(use, Wrong):
                errors.append(_at([key], use.error, merged[0].node))
                continue
            try:
                data[key] = await self._field(operation, selection, wishes, use, session, errors)
            except Exception as error:  # noqa: BLE001 (a fault of one mutation is no fault of its neighbours)
                errors.append(_at([key], error, merged[0].node))
        return Answer(data, errors, charge=charge)

    def _wishes(self, operation: Operation, selection: Selection) -> Wishes:
        """What the operation asks for, read once for all requests with its document whose variables choose the same fields."""
        document, name, variables = operation
        chosen = [(key, value) for key, value in variables.coerced.items() if value is None or isinstance(value, bool)]
        key = document.text, name, tuple(chosen)
        if (known := self.known.get(key)) is None:
            self.known.put(key, known := wishes_of(self.reads.schema, selection, len(document.text)))
        return known

    def _cost(self, operation: Operation, wishes: Wishes) -> int:
        """The commands, and the rows that their results show once all is done. Raises TooMuch."""
        nobody = UUID(int=0)
        return wishes.cost + sum(self.reads.row(operation, use, path, nobody, nobody).rows for path, use in wishes.shown)

    async def _field(
        self,
        operation: Operation,
        selection: Selection,
        wishes: Wishes,
        use: Use,
        session: Session,
        errors: list[GraphQLError],
    ) -> dict[str, Any]:
        if (mutation := use.field.extensions.get("mutation")) is not None:
            result = await self._result(mutation, use.args["input"], session)
        elif self.presence is not None:
            result = await self.presence.answer(use.field.extensions["shows"], use.args["input"], session)
        else:
            raise GraphQLError("Nothing is shown here that isn't on record.")
        type_ = cast(GraphQLObjectType, self.reads.schema.type_map[result.type])
        answer: dict[str, Any] = {}
        for key, merged in wishes.of_result(selection, use, type_):
            name = merged[0].node.name.value
            if name == "__typename":
                answer[key] = type_.name
            elif name in result.values:
                answer[key] = result.values[name]
            else:
                shown = selection.use(type_, key, merged)
                if isinstance(shown, Wrong):
                    raise shown.error
                answer[key] = await self._shown(operation, shown, (use.key, type_.name, key), session, result, errors)
        return answer

    async def _shown(
        self, operation: Operation, use: Use, path: tuple[str, ...], session: Session, result: Result, errors: list[GraphQLError]
    ) -> Any:
        """The changed object, as it is once the read models have come to the mutation's position."""
        where = [path[0], path[2]]
        if result.shown is None:
            return None
        try:
            ready = self.reads.row(operation, use, path, session.viewer, result.shown)
            await self.progress.wait_for(result.position, ready.statement.models, self.limits.wait)
            data, wrong = await self.reads.run(ready)
        except (NoReader, ModuleIsOff):
            return None
        except (NotReached, NotRegistered, StoreUnavailable, ReadUnavailable, ReadTooLong):
            late = "It is done, and can't be shown yet."
            errors.append(GraphQLError(late, use.node, path=where, extensions={"code": "NOT_YET"}))
            return None
        errors.extend(
            GraphQLError(
                e.message, e.nodes, path=[*where, *(e.path or [])], original_error=e.original_error, extensions=e.extensions
            )
            for e in wrong
        )
        return data

    async def _result(self, mutation: Mutation, given: Mapping[str, Any], session: Session) -> Result:
        command_id: UUID = given.get(COMMAND_ID) or uuid4()
        try:
            command = _command(mutation, given, session, command_id)
        except Unreadable as error:
            return refused_with(refusals.InvalidInput(error.field, error.reason, error.at_least, error.at_most))
        context = Context(client=session.client, session=session.session)
        try:
            outcome = await self.platform.handle(command, Asked(session.viewer, command_id, context))
        except CommandIdReused:
            return refused_with(refusals.CommandIdReused(command_id=command_id))
        except LogUnavailable:
            return refused_with(refusals.TryAgain(command_id=command_id, reason="The log can't be reached now."))
        except ClockJumped:
            return refused_with(
                refusals.TryAgain(command_id=command_id, reason="The log is closed until an operator has looked at it.")
            )
        if outcome.refusal is not None:
            return refused_with(outcome.refusal)
        shown = getattr(command, mutation.subject) if mutation.subject else None
        return Result(mutation.done.name, {"position": str(outcome.position)}, shown, outcome.position)


def _command(mutation: Mutation, given: Mapping[str, Any], session: Session, command_id: UUID) -> Command:
    """The command that an input asks for. Raises Unreadable."""
    values = mutation.input.read(given)
    for made in mutation.made:
        if values.get(made) is None:
            # Derived, so that the same commandId makes the same thing again.
            values[made] = derived("made", session.viewer, command_id, made)
    try:
        return mutation.command(**values)
    except ValidationError as error:
        raise unfit(mutation.command, error) from None


def _at(path: list[str | int], error: Exception, node: Any) -> GraphQLError:
    """An error in its place in the answer; whatever isn't a GraphQLError is a fault of ours."""
    if not isinstance(error, GraphQLError):
        return GraphQLError("fault", node, path=path, original_error=error)
    nodes = error.nodes or node
    return GraphQLError(error.message, nodes, path=path, original_error=error.original_error, extensions=error.extensions)
