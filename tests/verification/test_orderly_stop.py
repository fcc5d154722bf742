"""A server that is told to stop ends in order: what it had only counted is on record afterwards."""

import asyncio

import httpx2
import pytest

from domain.access.refusals import EACH
from infra.postgres.access import connect_as_owner
from interfaces.graphql.ids import global_id
from interfaces.http.tokens import DevelopmentIssuer
from tests.support.clusters import reachable_folder
from tests.support.organisations import channel, person
from tests.support.postgres import ORGANISATION
from tests.verification.accounts import OURS
from tests.verification.api_process import Deployment, deployed
from tests.verification.test_kills import found

KNOCK = "mutation ($channel: ID!) { joinChannel(input: {channel: $channel}) { __typename } }"


@pytest.mark.timeout(180)
def test_what_was_only_counted_is_recorded_when_the_server_is_told_to_stop() -> None:
    with reachable_folder() as folder, deployed(folder, processes=1) as deployment:
        asyncio.run(found(deployment))
        deployment.start()
        knock(deployment, EACH + 7)
        assert deployment.apis[0].stop() == 0
        with connect_as_owner(deployment.access.owner) as owner:
            counted = "SELECT count(*) FROM {}.events WHERE type = 'access.refusals_counted.v1'"
            assert owner.execute(counted.format(OURS)).fetchone() == (1,)


def knock(deployment: Deployment, times: int) -> None:
    """Somebody asks for what is hidden from them, again and again."""
    token = DevelopmentIssuer(deployment.settings.data_dir).issue(person("ann"), ORGANISATION)
    body = {"query": KNOCK, "variables": {"channel": global_id("Channel", channel("secret"))}}
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}) as http:
        for _ in range(times):
            said = http.post(f"{deployment.urls[0]}/graphql", json=body).json()
            assert said == {"data": {"joinChannel": {"__typename": "NotFound"}}}
