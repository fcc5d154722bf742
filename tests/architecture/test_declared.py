"""What the domain declares is complete: every command is decided under a rule, and everything says what it is."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

import domain
import domain.everything
from domain.directory.person import active_person
from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS
from domain.kernel.events import CATALOGUE, Event
from domain.kernel.refusals import REFUSALS, Refusal
from domain.kernel.states import KINDS, State

KNOWN = {*DECIDERS}, {*CATALOGUE}, {*KINDS}
T = TypeVar("T")


def everything() -> Iterator[Any]:
    """Every class of the domain, found by walking its packages rather than by what was registered."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        for _, found in inspect.getmembers(import_module(module.name), inspect.isclass):
            if found.__module__ == module.name:
                yield found


CLASSES = list(everything())


def kinds_of(base: type[T]) -> list[type[T]]:
    return [found for found in CLASSES if issubclass(found, base) and found is not base]


@pytest.mark.parametrize("command", kinds_of(Command), ids=lambda command: command.__name__)
def test_a_command_is_decided_under_a_rule(command: type[Command]) -> None:
    assert command in KNOWN[0], "domain.everything does not import what decides it"
    decider = DECIDERS[command]
    assert [*decider.rule.checks()]
    assert decider.under(active_person).rule.says.startswith("active person and ")
    assert decider.decide.__module__.split(".")[1] == command.__module__.split(".")[1], "decided in its own context"


def test_there_is_something_to_look_at() -> None:
    assert len(kinds_of(Command)) > 30
    assert len(kinds_of(Event)) > 35
    assert len(kinds_of(State)) > 8


MODELS = [model for model in kinds_of(BaseModel) if model is not Command]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_command_is_its_own_manual(model: type[BaseModel]) -> None:
    assert model.__doc__
    assert model.__doc__ != Command.__doc__
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name}"
        assert field.description.endswith("."), f"{model.__name__}.{name}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_texts_and_lists_have_limits(model: type[BaseModel]) -> None:
    for name, field in _schema(model):
        options = [field, *field.get("anyOf", ())]
        for one in options:
            if one.get("type") == "string" and not {"format", "enum", "const"} & one.keys():
                assert "maxLength" in one or "maxLength" in field, f"{model.__name__}.{name}"
            if one.get("type") == "array":
                assert "maxItems" in one or "maxItems" in field, f"{model.__name__}.{name}"


def _schema(model: type[BaseModel]) -> list[tuple[str, dict[str, Any]]]:
    return [*model.model_json_schema()["properties"].items()] if model.model_fields else []


@pytest.mark.parametrize("event", [e for e in kinds_of(Event) if e.wire], ids=lambda event: event.__name__)
def test_an_event_is_in_the_catalogue(event: type[Event]) -> None:
    assert event.wire in KNOWN[1], "domain.everything does not import it, or `catalogue` was not told"
    assert CATALOGUE[event.wire] is event
    assert event.wire.split(".")[0] == event.__module__.split(".")[1], "named for its context"


@pytest.mark.parametrize("state", [s for s in kinds_of(State) if "kind" in vars(s)], ids=lambda state: state.__name__)
def test_a_state_is_known_and_named_for_its_context(state: type[State[Any]]) -> None:
    assert state.kind in KNOWN[2]
    assert KINDS[state.kind] is state
    assert state.kind.split(".")[0] == state.__module__.split(".")[1]
    assert "evolve" in vars(state)


@pytest.mark.parametrize("refusal", kinds_of(Refusal), ids=lambda refusal: refusal.__name__)
def test_a_refusal_says_what_it_is(refusal: type[Refusal]) -> None:
    assert REFUSALS[refusal.__name__] is refusal
    assert refusal.__doc__
    assert refusal.__doc__ != Refusal.__doc__
    assert refusal.__doc__.rstrip().endswith(".")
    hints = get_type_hints(refusal, include_extras=True)
    for name in refusal.__struct_fields__:
        assert get_origin(hints[name]) is Annotated, f"{refusal.__name__}.{name} needs a description"
        assert all(isinstance(said, str) and said.endswith(".") for said in get_args(hints[name])[1:])
