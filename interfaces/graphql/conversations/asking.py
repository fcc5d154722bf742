"""Asking under a case, as any client does; whoever asks for too much in a minute waits."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from interfaces.graphql.answers import Answer, Request, Session
from interfaces.graphql.ids import global_id
from interfaces.graphql.service import Service


class NotAnswered(Exception):
    """It can't be read, or not now: the API's own code and words."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Asking:
    """Queries of one auditor under one case, as of one position."""

    def __init__(self, service: Service, session: Session, case: UUID, position: int) -> None:
        self._service, self._session, self._case = service, session, global_id("Case", case)
        self._when = {"position": str(position)}

    async def one(self, kind: str, query: str, key: UUID, after: str | None = None) -> Any:
        """The thing of this kind and id that a query asks for, as of the position. Raises NotAnswered: NO_CHANNEL where the
        case doesn't open it."""
        name = kind.lower()
        found = (await self.all(query, {name: global_id(kind, key), "when": self._when, "after": after}))["at"][name]
        if found is None:
            reason = f"The case doesn't open such a {name}." if after is None else "What was there can't be read any more."
            raise NotAnswered("NO_CHANNEL", reason)
        return found

    async def all(self, query: str, given: Mapping[str, Any]) -> Any:
        """The data of an answer. Raises NotAnswered."""
        request = Request(query, {"case": self._case, **given})
        while True:
            checked = self._service.check(request)
            answer = checked if isinstance(checked, Answer) else await self._service.execute(checked, self._session)
            if answer.status == 429 and answer.charge is not None:
                await asyncio.sleep(answer.charge.reset)
                continue
            body = orjson.loads(answer.encoded())
            if errors := body.get("errors"):
                raise NotAnswered(errors[0].get("extensions", {}).get("code", "FAULT"), errors[0]["message"])
            return body["data"]
