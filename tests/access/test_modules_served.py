"""Modules through GraphQL: what is off is refused by name, in reading and in writing, and is not among one's modules."""

from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from interfaces.graphql.ids import global_id
from tests.access.test_grants_served import administrator, head
from tests.story import an_id
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


async def test_a_pilot_of_a_department_with_those_below_is_read_as_it_is_decided(served: Served) -> None:
    root, bo, chen, di = await administrator(served), *[await served.person(name) for name in ("Bo", "Chen", "Di")]
    sales, east = DepartmentId(an_id("Sales")), DepartmentId(an_id("East"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    await served.do(OpenDepartment(department=east, name="East", parent=sales))
    await served.do(JoinDepartment(department=east, person=bo.person, primary=True))
    post = (await root.done("openPost", "post { id }", name="Pilot 试用"))["post"]["id"]
    await root.done("assignPost", post=post, person=chen.id)
    group = {"departments": [global_id("Department", sales)], "posts": [post]}
    for below, has in ((True, {bo.person, chen.person}), (False, {chen.person})):
        switched = await root.done("switchModule", module="messaging", switch="PILOT", below=below, **group)
        for who in (bo, chen, di):
            done = await who.do("openChannel", name="Pilot")
            assert (done["__typename"] != "ModuleOff") is (who.person in has)
            query = "query ($p: Position) @waitFor(position: $p) { viewer { modules(first: 100) { nodes { name } } } }"
            there = await who.ask(query, {"p": switched["position"]})
            names = {each["name"] for each in there["viewer"]["modules"]["nodes"]}
            assert ("messaging" in names) is (who.person in has)
