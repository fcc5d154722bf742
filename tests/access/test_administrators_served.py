"""Whoever administers several departments is shown with each of them, and stays where they aren't dismissed."""

from uuid import uuid4

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.ids import DepartmentId
from interfaces.graphql.ids import global_id
from projections.engine.members import MODELS
from tests.support.rebuilding import differences
from tests.support.serving import Served

ADMINISTERS = "administers { nodes { department { name } } }"


async def test_one_person_administers_several_departments(served: Served) -> None:
    root, bo = await served.person("Root"), await served.person("Bo")
    await served.do(AppointAdministrator(person=root.person))
    sales, works = DepartmentId(uuid4()), DepartmentId(uuid4())
    for department, name in ((sales, "Sales"), (works, "Works")):
        await served.do(OpenDepartment(department=department, name=name))
        await root.done("appointAdministrator", person=bo.id, department=global_id("Department", department))
    both = await root.done("appointAdministrator", person=bo.id)
    asked = "query ($p: ID!) { person(id: $p) { " + ADMINISTERS + " } }"

    async def shown(query: str) -> set[str | None]:
        found = await root.ask(query, {"p": bo.id})
        nodes = found.get("at", found)["person"]["administers"]["nodes"]
        return {node["department"] and node["department"]["name"] for node in nodes}

    assert await shown(asked) == {"Sales", "Works", None}
    await root.done("dismissAdministrator", person=bo.id, department=global_id("Department", sales))
    await root.done("dismissAdministrator", person=bo.id)
    assert await shown(asked) == {"Works"}
    await bo.done("renameDepartment", department=global_id("Department", works), name="Factory")
    assert (await bo.do("renameDepartment", department=global_id("Department", sales), name="Shop"))[
        "__typename"
    ] == "NotPermitted"
    then = asked.replace("{ person", f'{{ at(asOf: {{position: "{both["position"]}"}}) {{ person') + " }"
    assert await shown(then) == {"Sales", "Works", None}, "as of before"
    assert await differences(served, *MODELS) == []
