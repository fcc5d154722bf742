"""What a command is: a wish in the imperative. Who wishes it, and its id, are said beside it."""

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """The docstring and the descriptions of the fields are the manual: they become the GraphQL input."""

    model_config = ConfigDict(frozen=True, extra="forbid")
