"""onrecord export, as the operator does it for an auditor."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.access.commands.administration import AppointAdministrator
from infra.crypto.key_file import read_or_create
from tests.support.postgres import Database
from tests.support.serving import serving

pytestmark = pytest.mark.anyio


async def test_a_conversation_is_written_for_whom_a_case_opens_it(
    clean_environment: None, database: Database, tmp_path: Path
) -> None:
    ring = read_or_create(tmp_path / "keys")

    async def export(channel: str, file: str, case: str, by: str) -> subprocess.CompletedProcess[str]:
        variables = {"ONRECORD_DATABASE_URL": database.owner, "ONRECORD_KEY_FILE": str(tmp_path / "keys")}
        return await asyncio.to_thread(
            subprocess.run,
            [
                *(sys.executable, "-m", "interfaces.cli", "export", "mattermost", channel, str(tmp_path / file)),
                *("--case", case, "--by", by),
            ],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    async with serving(database, tmp_path, ring=ring) as served:
        root, ann, di = [await served.person(name) for name in ("Root", "Ann", "Di")]
        await served.do(AppointAdministrator(person=root.person))
        await root.done("grantPermission", person=di.id, action="case.read", reason="compliance officer")
        channel = (await ann.done("openChannel", "channel { id }", name="Steel", visibility="PRIVATE"))["channel"]["id"]
        await ann.done("postMessage", channel=channel, text="你好 there")
        scope = {"channels": [channel], "auditors": [di.id], "endsAt": (datetime.now(UTC) + timedelta(days=2)).isoformat()}
        case = (await root.done("openCase", "case { id }", purpose="complaint", **scope))["case"]["id"]
        await served.level()
        done = await export(channel, "out.jsonl", case, "Di")
        assert (done.returncode, done.stderr.splitlines()[-1].split(" lines")[0]) == (0, "5"), done.stderr
        lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
        assert [each["post"]["message"] for each in lines if each["type"] == "post"] == ["你好 there"]
        again = await export(channel, "out.jsonl", case, "Di")
        assert (again.returncode, "is there already" in again.stderr) == (1, True)
        refused = await export(channel, "other.jsonl", case, "Ann")
        assert (refused.returncode, "NO_CASE" in refused.stderr) == (1, True)
        assert not (tmp_path / "other.jsonl").exists()
        assert (await export("nonsense", "other.jsonl", case, "Di")).returncode == 2
