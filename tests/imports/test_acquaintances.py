"""Whoever is here already, under whatever id, is met by their address."""

from pathlib import Path
from uuid import uuid4

from application.imports.bring import Importer
from application.states import decode
from domain.directory.commands.person import AddPerson, ChangeProfile
from domain.kernel.identifiers import PersonId
from domain.messaging.events.message import MessagePosted
from infra.imports.slack.export import SlackExport
from infra.postgres.people import PostgresAcquaintances
from projections.engine.members import MODELS
from projections.engine.registry import models
from tests.imports.slack_exports import ANN, BEN, DAY, export, folder, said
from tests.support.organisations import everything
from tests.support.postgres import Database
from tests.support.serving import serving


async def test_an_address_is_met_once_and_the_account_stays_whose_it_is(database: Database, tmp_path: Path) -> None:
    ann, ben, other = (PersonId(uuid4()) for _ in range(3))
    path = folder(tmp_path / "export", export({f"general/{DAY}.json": [said(1, ANN, "hi"), said(2, BEN, "hello")]}))
    async with serving(database, tmp_path) as served:
        organisation = served.organisation
        known = PostgresAcquaintances(organisation.connections, organisation.schema.schema, models()["Person"].table)
        importer = Importer(organisation.bulk, organisation.pseudonyms, acquaintances=known)
        await served.do(AddPerson(person=ann, name="Ann", email="Ann@Example.test"))
        await served.do(AddPerson(person=ben, name="Ben", email="ben@example.test"))
        position = await served.do(AddPerson(person=other, name="Ben too", email="BEN@example.test"))
        await served.service.queries.progress.wait_for(position, [MODELS["Person"]], 30)
        await importer.bring(SlackExport(path))
        events = await decode(await everything(organisation), organisation.codec, organisation.keys)
        authors = [each.event.author for each in events if isinstance(each.event, MessagePosted)]
        # Two have Ben's address, so neither is taken to be him.
        assert authors == [ann, organisation.pseudonyms("person", "ben@example.test")]
        position = await served.do(ChangeProfile(person=ann, email="ann@elsewhere.test"))
        await served.service.queries.progress.wait_for(position, [MODELS["Person"]], 30)
        assert (await importer.bring(SlackExport(path))).events == 0
