"""The audits of the GraphQL over HTTP specification (npm's graphql-http) against our endpoint."""

import json

from tests.conformance.graphql.tools import run

AUDITS = 61
NOT_MET: dict[str, str] = {}
"""By the audit's id: why it doesn't hold here."""


async def test_every_audit(variables: dict[str, str]) -> None:
    status, printed, said = await run("node", "clients/audits.mjs", variables=variables)
    assert status == 0, said
    audits = json.loads(printed)
    assert len(audits) == AUDITS
    failed = [audit for audit in audits if audit["status"] != "ok"]
    assert {audit["id"] for audit in failed} == set(NOT_MET), failed
