"""The sample company's inboxes: nothing of what was brought from elsewhere, and today's notes once."""

from infra.samples.history import person_id
from interfaces.bootstrap.samples import bring_sample, sample_company, say_todays_notes
from projections.engine.registry import models
from tests.notifications.inboxes import reasons, told
from tests.support.serving import Served


async def test_inboxes_of_the_sample_company(served: Served) -> None:
    position = await bring_sample(served.organisation, sample_company(), lambda _: None)
    await served.service.queries.progress.wait_for(position, models().values(), 60)
    leo = served.client(person_id("leo"))
    for _ in "twice":
        await say_todays_notes(served.organisation)
    found = sorted(reasons(await told(leo, 3)))
    assert [kind for kind, _ in found] == ["DIRECT", "MENTION", "MENTION"]
    assert "new boards" in found[1][1]
    assert "212 sensors" in found[2][1], "of whom a group is called, each is told"
