"""schemathesis makes requests up from the schema, by a fixed seed: none finds a fault, a leak or an answer of a wrong form.

It goes on for ONRECORD_CONFORMANCE_SECONDS, a minute if not set.
"""

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from domain.access.commands.administration import AppointAdministrator
from infra.system import utc_now
from interfaces.graphql.ids import global_id
from tests.conformance.graphql.tools import ROOT, environment, run
from tests.support.serving import Client, Served

SECONDS = int(os.environ.get("ONRECORD_CONFORMANCE_SECONDS", "60"))
SEED = 20_260_504
DONE_AT_LEAST = 10
"""Kinds of commands of which one at least is to do something, else the requests die before anything is decided."""
READ = "messaging.channel.read"


async def things(ann: Client, bo: Client, cy: Client) -> list[str]:
    """The ids of things that are there."""
    department = (await ann.done("openDepartment", "department { id }", name="研发 Research"))["department"]["id"]
    above = (await ann.done("openDepartment", "department { id }", name="Works"))["department"]["id"]
    await ann.done("joinDepartment", person=bo.id, department=department)
    position = (await ann.done("openPost", "post { id }", name="Foreman", department=above))["post"]["id"]
    role = (await ann.done("defineRole", "role { id }", name="Reader", actions=[READ]))["role"]["id"]
    granted = await ann.done("grantPermission", "grant { id }", person=bo.id, role=role, reason="While Du is away.")
    group = (await ann.done("createUserGroup", "group { id }", name="night-shift"))["group"]["id"]
    channels, messages = [], []
    for name in ("设计 Design", "Night shift"):
        made = (await ann.done("openChannel", "channel { id }", name=name, visibility="PUBLIC"))["channel"]["id"]
        await ann.done("addMember", channel=made, person=bo.id)
        for text in ("大家好 👋", "hello", "第三"):
            said = await bo.done("postMessage", "message { id }", channel=made, text=text)
            messages.append(said["message"]["id"])
        await ann.done("addReaction", message=messages[-1], emoji="👍")
        channels.append(made)
    thread = {"channel": channels[0], "thread": messages[0]}
    answer = (await bo.done("postMessage", "message { id }", text="In the thread.", **thread))["message"]["id"]
    poll = global_id("Poll", uuid4())
    await bo.done("openPoll", channel=channels[0], poll=poll, question="哪天 When?", options=["Today", "Tomorrow"])
    later = {"channel": channels[0], "text": "Later.", "at": "2040-01-01T00:00:00Z"}
    planned = (await bo.done("scheduleMessage", "scheduledMessage { id }", **later))["scheduledMessage"]["id"]
    in_a_month = (utc_now() + timedelta(days=30)).isoformat()
    case = {"purpose": "A look.", "people": [cy.id], "auditors": [bo.id], "endsAt": in_a_month}
    opened = (await ann.done("openCase", "case { id }", **case))["case"]["id"]
    found = [department, above, position, role, granted["grant"]["id"], group, poll, planned, opened]
    return [bo.id, cy.id, *found, *channels, *messages, answer]


@pytest.mark.timeout(SECONDS + 900)
async def test_no_request_is_a_fault(served: Served, ann: Client, bo: Client, variables: dict[str, str], tmp_path: Path) -> None:
    await served.do(AppointAdministrator(person=ann.person))
    cy = await served.person("Cy 赛")
    known = await things(ann, bo, cy)
    before = Counter(served.organisation.platform.counts.commands)
    settings = {
        "ONRECORD_IDS": json.dumps(known),
        "SCHEMATHESIS_HOOKS": "tests.conformance.graphql.fuzzing.hooks",
        "PYTHONPATH": str(ROOT),
    }
    words = ("run", variables["ONRECORD_URL"], "--header", f"Authorization: Bearer {ann.token}", "--no-color")
    bounds = ("--seed", str(SEED), "--max-time", str(SECONDS), "--phases", "fuzzing", "--warnings", "off")
    checks = ("--checks", "not_a_server_error,right_answer", "--report", "json", "--report-dir", str(tmp_path))
    with capture_logs() as logs:
        program = str(environment() / "bin" / "schemathesis")
        status, printed, said = await run(program, *words, *bounds, *checks, variables=settings, seconds=SECONDS + 300)
    assert status == 0, printed + said
    assert [log for log in logs if log["log_level"] in ("error", "critical")] == []
    done = sum(1 for log in logs if log["event"] == "operation")
    assert done > SECONDS, f"only {done} operations"
    decided = Counter(served.organisation.platform.counts.commands) - before
    through = {command for command, outcome in decided if outcome == "done"}
    print(json.dumps({"operations": done, "commands": dict(sorted((f"{c} {o}", n) for (c, o), n in decided.items()))}))  # noqa: T201
    assert len(through) > DONE_AT_LEAST, f"only these did anything: {sorted(through)}"
