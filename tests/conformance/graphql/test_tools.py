"""Tools that work from the schema in the reference: linters, compilers, generators of types."""

import json
import re

from tests.conformance.graphql.tools import BUILD, SCHEMA, run

EXCEPTIONS = {
    r"relay-arguments: Field `\w+` must contain an argument `(last|before)`": (
        "Lists are read forwards from a cursor, in an order that the client chooses: the opposite order reads backwards. The "
        "specification asks for one of the two directions only."
    ),
    r"relay-edge-types: A list type should only wrap an edge type": (
        "Each connection offers `nodes` beside `edges`, for clients that need no cursor of each row; the specification allows it."
    ),
    r'strict-id-in-types: type "(PageInfo|\w+(Connection|Edge|Done|Change))" must have': (
        "Pages, edges, results and changes aren't things that are found again: what they hold has ids."
    ),
    r'strict-id-in-types: type "(Refused_types)" must have': "A refusal is an answer, and nothing that is found again.",
    r'strict-id-in-types: type "Past" must have': "It holds a moment's roots, as Query does; each thing in it has its id.",
    r'strict-id-in-types: type "ResyncRequired" must have': "It is a message about the subscription.",
    r'strict-id-in-types: type "(Excerpt|ExcerptPiece|CouldHave|AuthorityLink|Exposure)" must have': (
        "What is computed for one question isn't found again."
    ),
    r'no-typename-prefix: Field "\w+ed(At|By)" starts with': "When or by whom: a verb, no prefix.",
    r'strict-id-in-types: type "(PersonPresence|\w+Shown)" must have': "What is shown at this moment is kept nowhere.",
}
"""What graphql-eslint says of our schema, and why it stays so."""


async def test_lint() -> None:
    status, printed, said = await run("node", "clients/lint.mjs", str(SCHEMA))
    assert status == 0, said
    found = [f"{it['rule'].removeprefix('@graphql-eslint/')}: {it['message']}" for it in json.loads(printed)]
    refusals = "|".join(re.findall(r"^type (\w+) implements Refused ", SCHEMA.read_text(), re.MULTILINE))
    excused = [re.compile(pattern.replace("Refused_types", refusals)) for pattern in EXCEPTIONS]
    assert [text for text in found if not any(pattern.match(text) for pattern in excused)] == []
    assert [pattern.pattern for pattern in excused if not any(pattern.match(text) for text in found)] == []


async def test_relay_compiles_fragments_connections_and_mutations() -> None:
    status, printed, said = await run("relay-compiler", "relay.config.json", inside="relay")
    assert status == 0, printed + said
    assert "WARN" not in printed + said
    made = {path.name.removesuffix(".graphql.js") for path in (BUILD / "relay" / "src" / "__generated__").iterdir()}
    assert {"ChatQuery", "ChatPageQuery", "ChatMessageQuery", "ChatPostMutation", "ChatSubscription"} < made


async def test_generated_types_hold_for_what_the_server_answers(variables: dict[str, str]) -> None:
    for words in (("graphql-codegen", "--config", "typed/codegen.mjs"), ("tsc", "--project", "typed")):
        status, printed, said = await run(*words)
        assert status == 0, printed + said
    status, printed, said = await run("node", "typed/built/chat.js", variables=variables)
    assert status == 0, said
    assert json.loads(printed) == {
        "said": "said at …",
        "refused": "text: It has at most 10000 characters.",
        "found": [["Ann 安", "你好, types"]],
    }
