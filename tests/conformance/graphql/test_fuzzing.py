"""schemathesis makes requests up from the schema, by a fixed seed: none finds a fault, a leak or an answer of a wrong form.

It goes on for ONRECORD_CONFORMANCE_SECONDS, a minute if not set.
"""

import json
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.access.commands.administration import AppointAdministrator
from tests.conformance.graphql.tools import ROOT, environment, run
from tests.support.serving import Client, Served

SECONDS = int(os.environ.get("ONRECORD_CONFORMANCE_SECONDS", "60"))
SEED = 20_260_504


async def things(ann: Client, bo: Client) -> list[str]:
    """The ids of things that are there."""
    department = (await ann.done("openDepartment", "department { id }", name="研发 Research"))["department"]["id"]
    await ann.done("joinDepartment", person=bo.id, department=department)
    channels, messages = [], []
    for name in ("设计 Design", "Night shift"):
        made = (await ann.done("openChannel", "channel { id }", name=name, visibility="PUBLIC"))["channel"]["id"]
        await ann.done("addMember", channel=made, person=bo.id)
        for text in ("大家好 👋", "hello", "第三"):
            said = await bo.done("postMessage", "message { id }", channel=made, text=text)
            messages.append(said["message"]["id"])
        await ann.done("addReaction", message=messages[-1], emoji="👍")
        channels.append(made)
    return [bo.id, department, *channels, *messages]


@pytest.mark.timeout(SECONDS + 900)
async def test_no_request_is_a_fault(served: Served, ann: Client, bo: Client, variables: dict[str, str], tmp_path: Path) -> None:
    await served.do(AppointAdministrator(person=ann.person))
    settings = {
        "ONRECORD_IDS": json.dumps(await things(ann, bo)),
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
