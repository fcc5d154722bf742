"""The graphql-transport-ws protocol (github.com/enisdenjo/graphql-ws, PROTOCOL.md), and no older one."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext, suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect

from interfaces.graphql.answers import Answer, Request, Session, shown
from interfaces.graphql.service import AtOnce, Checked, Service
from interfaces.graphql.trusted import document_id
from interfaces.live.endings import Interrupted, Outside, SessionEnded, left
from interfaces.live.frames import write_texts

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
OPERATIONS = 100
"""Operations of one connection at once."""
MESSAGE_LIMIT = 262_144

Entrance = Callable[[str], tuple[Session, Service]]
"""Lets a token in; raises LookupError where it isn't valid."""


class Closed(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Socket:
    """One connection."""

    def __init__(
        self, websocket: WebSocket, entrance: Entrance, now: Callable[[], datetime], told: Callable[[int], None] = lambda _: None
    ) -> None:
        """`told` is called with the number of answers that were sent."""
        self.websocket, self.entrance, self.now, self.told = websocket, entrance, now, told
        self.session: Session | None = None
        self.service: Service | None = None
        self.connection = uuid4()
        self.write_texts = write_texts(websocket.scope)
        self.operations: dict[str, asyncio.Task[None]] = {}
        self.waiting: asyncio.Timeout | None = None

    async def serve(self) -> None:
        """Speaks the protocol until either side ends it."""
        if PROTOCOL not in self.websocket.scope.get("subprotocols", ()):
            await self.websocket.accept()
            await self._close(4406, "Subprotocol not acceptable")
            return
        await self.websocket.accept(PROTOCOL)
        try:
            await self._converse()
        except Closed as end:
            await self._close(end.code, end.reason)
        except WebSocketDisconnect:
            pass
        finally:
            if self.session and self.service:
                self.service.left(self.session, self.connection)
            await self._cancel_all()

    async def _converse(self) -> None:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while self.session is None:
                    await self._handle(await self._receive())
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        with self._watching():
            while True:
                try:
                    async with asyncio.timeout(self._left()) as self.waiting:
                        message = await self._receive()
                except TimeoutError:
                    continue
                await self._handle(message)

    def _watching(self) -> AbstractContextManager[None]:
        """Looks at once, within the block, whether its viewer still takes part when that has ended."""

        def look() -> None:
            if self.waiting is not None and not self.waiting.expired():
                self.waiting.reschedule(asyncio.get_running_loop().time())

        if self.service is None or self.service.standing is None or self.session is None:
            return nullcontext()
        return self.service.standing.watching(self.session.viewer, look)

    def _left(self) -> float:
        """Seconds until the token is to be looked at again. Raises Closed where it has expired, or nobody takes part."""
        if self.session and self.service and self.service.standing and self.session.viewer in self.service.standing.gone:
            raise Closed(Outside.code, Outside.reason)
        try:
            return left(self.session.expires, self.now()) if self.session else 0.0
        except SessionEnded as end:
            raise Closed(end.code, end.reason) from None

    async def _receive(self) -> Mapping[str, Any]:
        """The next message. Raises Closed for what is none."""
        frame = await self.websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code") or 1005)
        text = frame.get("text")
        if text is None or len(text) > MESSAGE_LIMIT:
            raise Closed(4400, "Messages are text of limited length")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closed(4400, "Messages are JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closed(4400, "Messages are objects with a type")
        return message

    async def _handle(self, message: Mapping[str, Any]) -> None:
        match message["type"]:
            case "connection_init":
                await self._init(message.get("payload"))
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(_id(message), message.get("payload"))
            case "complete":
                if task := self.operations.pop(_id(message), None):
                    task.cancel()
            case _:
                raise Closed(4400, "Unknown message type")

    async def _init(self, payload: Any) -> None:
        if self.session is not None:
            raise Closed(4429, "Too many initialisation requests")
        if payload is not None and not isinstance(payload, dict):
            raise Closed(4400, "The payload of connection_init is an object")
        given = {str(name).lower(): value for name, value in (payload or {}).items()}
        bearer = given.get("authorization") or self.websocket.headers.get("authorization")
        token = given.get("token") or (bearer.partition(" ")[2] if isinstance(bearer, str) else "")
        try:
            self.session, self.service = self.entrance(str(token).strip())
        except LookupError as error:
            raise Closed(4403, str(error.args[0])) from None
        self.service.arrived(self.session, self.connection)
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, key: str, payload: Any) -> None:
        if self.session is None or self.service is None:
            raise Closed(4401, "Unauthorized")
        if key in self.operations:
            raise Closed(4409, f"Subscriber for {key[:60]} already exists")
        request = _request(payload)
        checked = self.service.check(request)
        if len(self.operations) >= OPERATIONS:
            checked = Answer(None, [GraphQLError(f"A connection has at most {OPERATIONS} operations at once.")])
        if isinstance(checked, Answer):
            checked = await self.service.unreadable(checked, self.session)
            await self._send({"id": key, "type": "error", "payload": [shown(error) for error in checked.errors]})
            return
        self.operations[key] = asyncio.create_task(self._run(key, checked, self.service, self.session))

    async def _run(self, key: str, checked: Checked, service: Service, session: Session) -> None:
        head = b'{"id":' + orjson.dumps(key) + b',"type":"next","payload":'
        try:
            async with aclosing(service.stream(checked, session, self._at_once(key, head))) as answers:
                async for answer in answers:
                    await self.websocket.send_text((head + answer + b"}").decode())
                    self.told(1)
            self.operations.pop(key, None)
            await self._send({"id": key, "type": "complete"})
        except Interrupted as end:
            await self._close(end.code, end.reason)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the other side is gone; what reads from it finds out as well
        except Exception as fault:  # noqa: BLE001 (a fault of one operation is no fault of its neighbours)
            self.operations.pop(key, None)
            await self._send({"id": key, "type": "error", "payload": [shown(GraphQLError("fault", original_error=fault))]})

    def _at_once(self, key: str, head: bytes) -> AtOnce | None:
        """Writes answers of the operation that runs under this key, for as long as it does; None where the server can't."""
        mine = self.operations[key]
        if (write := self.write_texts) is None:
            return None

        def at_once(answers: Sequence[bytes]) -> int:
            if self.operations.get(key) is not mine:
                return 0
            if written := write(head, answers, b"}"):
                self.told(written)
            return written

        return at_once

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self.websocket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.websocket.close(code, reason)

    async def _cancel_all(self) -> None:
        for task in self.operations.values():
            task.cancel()
        await asyncio.gather(*self.operations.values(), return_exceptions=True)


def _id(message: Mapping[str, Any]) -> str:
    key = message.get("id")
    if not isinstance(key, str) or not key:
        raise Closed(4400, "The id of an operation is a text")
    return key


def _request(payload: Any) -> Request:
    if not isinstance(payload, dict) or not isinstance(payload.get("extensions"), dict | None):
        raise Closed(4400, "The payload of subscribe is an object")
    try:
        registered = document_id(payload)
    except ValueError as error:
        raise Closed(4400, str(error)) from None
    query = payload.get("query", "" if registered else None)
    if not isinstance(query, str):
        raise Closed(4400, "The payload of subscribe holds a query, or the id of a registered document")
    variables, name = payload.get("variables"), payload.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise Closed(4400, "Variables are an object, an operation's name is a text")
    return Request(query, variables or {}, name or None, registered)
