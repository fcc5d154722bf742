"""Modules through GraphQL: what is off is refused by name, in reading and in writing, and is not among one's modules."""

from tests.access.test_grants_served import administrator, head
from tests.support.serving import Client, Served

MODULES = "query ($p: Position) @waitFor(position: $p) { viewer { modules(first: 100) { nodes { name } } } }"
CHANNELS = "query ($p: Position) @waitFor(position: $p) { channels { totalCount } }"


async def modules(client: Client) -> set[str]:
    found = await client.ask(MODULES, {"p": await head(client)})
    return {each["name"] for each in found["viewer"]["modules"]["nodes"]}


async def test_what_is_off_is_named_and_the_rest_goes_on(served: Served) -> None:
    root, ann, bo = await administrator(served), await served.person("Ann"), await served.person("Bo")
    assert "messaging" in await modules(ann)
    await root.done("switchModule", module="messaging", switch="PILOT", people=[bo.id])
    assert "messaging" not in await modules(ann)
    assert "messaging" in await modules(bo)

    refused = await ann.do("openChannel", "... on ModuleOff { module explanation }", name="Here")
    assert (refused["__typename"], refused["module"]) == ("ModuleOff", "messaging")
    for query in (CHANNELS, "query ($p: Position) @waitFor(position: $p) { people { nodes { messages { totalCount } } } }"):
        answer = await ann.post(query, {"p": await head(ann)})
        assert answer.status_code == 403
        [error] = answer.json()["errors"]
        assert (error["extensions"]["code"], error["extensions"]["module"]) == ("MODULE_OFF", "messaging")
    assert (await ann.ask("{ people { totalCount } }"))["people"]["totalCount"] == 3
    await bo.done("openChannel", name="Pilot")
    assert (await bo.ask(CHANNELS, {"p": await head(bo)}))["channels"]["totalCount"] == 1

    await root.done("switchModule", module="messaging", switch="ON")
    assert (await ann.ask(CHANNELS, {"p": await head(ann)}))["channels"]["totalCount"] == 1
