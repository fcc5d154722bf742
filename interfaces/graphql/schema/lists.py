"""The types that go with a list of rows: connection, edge, orders and filters (Relay's Cursor Connections)."""

from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from interfaces.graphql.compiler.lists import COUNTED, LARGEST_PAGE, PAGE, Order
from interfaces.graphql.schema.naming import camel, pascal
from projections.engine.members import Column, Declared, Many

PAGE_INFO = GraphQLObjectType(
    "PageInfo",
    {
        "hasNextPage": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether more follows."),
        "hasPreviousPage": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether a cursor was given to start after."),
        "startCursor": GraphQLField(GraphQLString, description="The cursor of the first row here."),
        "endCursor": GraphQLField(GraphQLString, description="The cursor of the last row here: give it to `after` to go on."),
    },
    description="Where a page stands in its list.",
)

OPERATORS = {
    "eq": "It equals this.",
    "lt": "It is less than this.",
    "gte": "It is this or greater.",
    "any": "It is one of these.",
    "contains": "It contains this, in capitals or not.",
    "search": "Its text has these words; in Chinese, these characters in this order.",
}


class ListTypes:
    """Makes the types of one model's lists. `leaf` gives the GraphQL type of a column."""

    def __init__(self, model: Declared, type_: GraphQLObjectType, leaf: Any) -> None:
        self.model, self.leaf = model, leaf
        self.connection = _connection(model, type_)
        self.orders = _orders(model)
        self.filters = self._filters()

    def field(self, member: Many, owner: Declared | None) -> GraphQLField:
        """The field of a list."""
        default = f"{member.order.upper()}_{'DESC' if member.descending else 'ASC'}"
        args = {
            "first": GraphQLArgument(
                GraphQLInt, description=f"How many at most, up to {LARGEST_PAGE}.", default=GraphQLDefaultInput(PAGE)
            ),
            "after": GraphQLArgument(GraphQLString, description="The cursor to start after, in this order or the opposite one."),
            "orderBy": GraphQLArgument(
                GraphQLNonNull(self.orders), description="In what order.", default=GraphQLDefaultInput(default)
            ),
        }
        if self.filters is not None:
            args["filter"] = GraphQLArgument(self.filters, description="Only those for which all of this holds.")
        return GraphQLField(
            GraphQLNonNull(self.connection), args, description=member.doc, extensions={"member": member, "model": owner}
        )

    def _filters(self) -> GraphQLInputObjectType | None:
        fields = {camel(c.name): self._column_filter(c) for c in self.model.columns if c.filter}
        if not fields:
            return None
        doc = f"What narrows a list of type {self.model.name}; all of it must hold."
        return GraphQLInputObjectType(f"{self.model.name}Filter", fields, description=doc)

    def _column_filter(self, column: Column) -> GraphQLInputField:
        leaf = self.leaf(self.model, column)
        tests: dict[str, GraphQLInputField] = {
            operator: GraphQLInputField(
                GraphQLList(GraphQLNonNull(leaf)) if operator == "any" else leaf, description=OPERATORS[operator]
            )
            for operator in column.filter
        }
        name = f"{self.model.name}{pascal(column.name)}Filter"
        type_ = GraphQLInputObjectType(name, tests, description=f"Tests of: {column.doc}")
        return GraphQLInputField(type_, description=column.doc, extensions={"column": column})


def _connection(model: Declared, type_: GraphQLObjectType) -> GraphQLObjectType:
    edge = GraphQLObjectType(
        f"{model.name}Edge",
        {
            "cursor": GraphQLField(GraphQLNonNull(GraphQLString), description="Where it stands in the list."),
            "node": GraphQLField(GraphQLNonNull(type_), description="What stands there."),
        },
        description=f"One of a list: {model.doc}",
    )
    return GraphQLObjectType(
        f"{model.name}Connection",
        {
            "edges": GraphQLField(_all(edge), description="Those on this page, with their cursors."),
            "nodes": GraphQLField(_all(type_), description="Those on this page."),
            "pageInfo": GraphQLField(GraphQLNonNull(PAGE_INFO), description="Where this page stands."),
            "totalCount": GraphQLField(
                GraphQLNonNull(GraphQLInt), description=f"How many there are on all pages; counted up to {COUNTED}."
            ),
        },
        description=f"A page of a list: {model.doc}",
    )


def _all(type_: GraphQLObjectType) -> Any:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(type_)))


def _orders(model: Declared) -> GraphQLEnumType:
    values = {}
    for column in model.orders:
        values[f"{column.name.upper()}_ASC"] = GraphQLEnumValue(Order(column.name, descending=False), f"{column.doc} Upwards.")
        values[f"{column.name.upper()}_DESC"] = GraphQLEnumValue(Order(column.name, descending=True), f"{column.doc} Downwards.")
    return GraphQLEnumType(f"{model.name}Order", values, description=f"What a list of type {model.name} can be ordered by.")
