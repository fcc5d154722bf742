"""Histories from elsewhere, brought into an organisation."""

from pathlib import Path

from application.imports.bring import Importer, Report, Told
from application.imports.history import History
from infra.imports.mattermost.export import MattermostExport
from infra.imports.slack.export import SlackExport
from infra.postgres.people import PostgresAcquaintances
from interfaces.bootstrap.opening import opened
from interfaces.settings import Settings
from projections.engine.registry import models


def slack_export(path: Path) -> History:
    """A Slack export, looked through once. Raises ImportRefused."""
    return SlackExport(path)


def mattermost_export(path: Path) -> History:
    """A bulk export of Mattermost, looked through once. Raises ImportRefused."""
    return MattermostExport(path)


async def bring(settings: Settings, organisation: str, history: History, told: Told) -> Report:
    """Records a history. Raises EXPECTED, ImportRefused, LogUnavailable, KeyWithheld; told again, it goes on."""
    async with opened(settings, organisation) as found:
        known = PostgresAcquaintances(found.connections, found.schema.schema, models()["Person"].table)
        return await Importer(found.bulk, found.pseudonyms, acquaintances=known).bring(history, told)
