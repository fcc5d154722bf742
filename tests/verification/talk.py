"""People who talk through the API while its parts are killed, and write down what they meant and what they were answered."""

import asyncio
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

import httpx2

from domain.kernel.identifiers import PersonId
from interfaces.graphql.ids import global_id, local_key
from tests.support.organisations import channel

PATIENCE = 0.05
"""Seconds between two tries of a request that wasn't answered."""

READ_BACK = "query ($message: ID!, $position: Position) @waitFor(position: $position) { message(id: $message) { text } }"


class Intent(NamedTuple):
    """A command as it was meant: by whom, under which id, which mutation with which input."""

    actor: UUID
    command: UUID
    mutation: str
    given: Mapping[str, Any]


class Told(NamedTuple):
    """What came of a command in the end: the name of the result's type and its position, or why there is no answer."""

    intent: Intent
    result: str | None
    position: int | None
    tries: int

    @property
    def done(self) -> bool:
        """Whether it was acknowledged."""
        return self.result is not None and self.result.endswith("Done")


class Talker:
    """One person with one client: says things, says them otherwise, asks for what isn't theirs, repeats, and loses patience."""

    def __init__(self, person: PersonId, token: str, urls: Sequence[str], journal: Path, seed: int) -> None:
        self.person, self._urls, self._chance = person, urls, random.Random(seed)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._journal: IO[str] = journal.open("a")
        self._said: list[UUID] = []
        self.acknowledged = 0
        self.read_back = 0
        self.faults: list[str] = []
        self.named: set[str] = set()
        """The results that say that nothing could be done now."""

    async def talk(self) -> None:
        """Goes on until it is cancelled."""
        async with httpx2.AsyncClient(timeout=20, headers=self._headers) as http:
            while True:
                intent = self._intend()
                self._note(intent=[str(intent.actor), str(intent.command), intent.mutation, intent.given])
                told = await self._ask(http, intent, give_up=self._chance.random() < 0.1)
                if told.done and self._chance.random() < 0.1:
                    await self._repeat(http, told)
                if told.done and intent.mutation == "postMessage" and self._chance.random() < 0.3:
                    await self._read_back(http, told)

    def close(self) -> None:
        """Closes the journal."""
        self._journal.close()

    def _intend(self) -> Intent:
        def new() -> UUID:
            return UUID(int=self._chance.getrandbits(128), version=4)

        def chosen() -> str:
            return global_id("Message", self._chance.choice(self._said))

        kind = self._chance.choice(["say", "say", "say", "edit", "react", "rename", "join", "leave", "intrude"])
        command, general = new(), global_id("Channel", channel("general"))
        if kind in ("edit", "react") and not self._said:
            kind = "say"
        match kind:
            case "say":
                message = new()
                given = {"channel": general, "message": global_id("Message", message), "text": f"说 {message}"}
                return Intent(self.person, command, "postMessage", given)
            case "intrude":
                given = {"channel": global_id("Channel", channel("secret")), "message": global_id("Message", new()), "text": "?"}
                return Intent(self.person, command, "postMessage", given)
            case "edit":
                return Intent(self.person, command, "editMessage", {"message": chosen(), "text": f"otherwise {command}"})
            case "react":
                return Intent(self.person, command, "addReaction", {"message": chosen(), "emoji": self._chance.choice("👍🎉👀")})
            case "rename":
                return Intent(self.person, command, "changeTopic", {"channel": general, "topic": f"about {command}"})
            case _:
                where = {"channel": global_id("Channel", channel("club"))}
                return Intent(self.person, command, f"{kind}Channel", where)

    async def _ask(self, http: httpx2.AsyncClient, intent: Intent, *, give_up: bool) -> Told:
        """Asks until there is an answer; whoever has no patience asks once."""
        name = intent.mutation[0].upper() + intent.mutation[1:]
        query = (
            f"mutation ($input: {name}Input!) {{ {intent.mutation}(input: $input)"
            f" {{ __typename ... on {name}Done {{ position }} }} }}"
        )
        body = {"query": query, "variables": {"input": {**intent.given, "commandId": str(intent.command)}}}
        tries = 0
        while True:
            tries += 1
            found = await self._once(http, body, intent.mutation)
            if found is not None or give_up:
                break
            await asyncio.sleep(PATIENCE)
        result, position = found or (None, None)
        told = Told(intent, result, position, tries)
        self._note(told=[str(intent.command), result, position, tries])
        if told.done:
            self.acknowledged += 1
            if intent.mutation == "postMessage":
                self._said.append(_local(intent.given["message"]))
        return told

    async def _once(self, http: httpx2.AsyncClient, body: Mapping[str, Any], mutation: str) -> tuple[str, int | None] | None:
        """The result's type and position; None where there is no answer, or one that says to try again."""
        try:
            response = await http.post(f"{self._chance.choice(self._urls)}/graphql", json=body)
        except httpx2.TransportError:
            return None
        said = response.json()
        if response.status_code == 503:
            self.named |= {error["extensions"]["code"] for error in said["errors"]}
            return None
        if response.status_code != 200 or said.get("errors"):
            self.faults.append(f"{response.status_code}: {response.text}")
            return None
        result = said["data"][mutation]
        if result["__typename"] == "TryAgain":
            self.named.add("TryAgain")
            return None
        return result["__typename"], int(result["position"]) if "position" in result else None

    async def _repeat(self, http: httpx2.AsyncClient, told: Told) -> None:
        """The same again is answered alike, and the same id for something else is refused."""
        again = await self._ask(http, told.intent, give_up=False)
        if (again.result, again.position) != (told.result, told.position):
            self.faults.append(f"{told} was answered otherwise the second time: {again}")
        other = told.intent._replace(mutation="changeTopic", given={"channel": global_id("Channel", channel("club"))})
        reused = await self._ask(http, other, give_up=False)
        if reused.result != "CommandIdReused":
            self.faults.append(f"{told.intent} and then {other} were answered {reused.result}")

    async def _read_back(self, http: httpx2.AsyncClient, told: Told) -> None:
        """What was acknowledged is shown to whoever waits for its position, if anything is shown."""
        variables = {"message": told.intent.given["message"], "position": str(told.position)}
        try:
            response = await http.post(
                f"{self._chance.choice(self._urls)}/graphql", json={"query": READ_BACK, "variables": variables}
            )
        except httpx2.TransportError:
            return
        said = response.json()
        if response.status_code == 503:
            self.named |= {error["extensions"]["code"] for error in said["errors"]}
        elif said != {"data": {"message": {"text": told.intent.given["text"]}}}:
            self.faults.append(f"{told} was read back as {response.status_code}: {response.text}")
        else:
            self.read_back += 1

    def _note(self, **what: object) -> None:
        self._journal.write(json.dumps(what) + "\n")
        self._journal.flush()


def read_journal(journal: Path) -> Iterator[tuple[Intent, Told | None]]:
    """Every command with what came of it first; None where there is no line about that."""
    intents: dict[str, Intent] = {}
    told: dict[str, Told] = {}
    for line in journal.read_text().splitlines():
        match json.loads(line):
            case {"intent": [actor, command, mutation, given]}:
                intents[command] = Intent(UUID(actor), UUID(command), mutation, given)
            case {"told": [command, result, position, tries]}:
                told.setdefault(command, Told(intents[command], result, position, tries))
            case other:
                raise ValueError(f"{other} is no line of a journal")
    return ((intent, told.get(command)) for command, intent in intents.items())


def _local(global_: str) -> UUID:
    found = local_key(global_, "Message")
    assert isinstance(found, UUID)
    return found
