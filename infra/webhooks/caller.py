"""Calls webhooks: a CloudEvent 1.0 in JSON, signed, to an address that was checked, without following redirects."""

import asyncio

import orjson
from httpx2 import AsyncClient, HTTPError, InvalidURL

from application.ports.clock import Clock
from application.ports.notifications import Call, Hook, NotEver, NotNow
from infra.webhooks.guarding import Destination, destination
from infra.webhooks.signing import signed

TIMEOUT = 15.0
"""Seconds that a receiver may take altogether (Standard Webhooks: 15 to 30)."""
GONE = 410


class WebhookCaller:
    """Fulfils application.ports.notifications.Caller. `source` is this platform's own URI; `private`: see guarding."""

    def __init__(self, source: str, clock: Clock, *, private: bool = False) -> None:
        self._source, self._clock, self._private = source, clock, private

    async def call(self, hook: Hook, call: Call) -> None:
        """Success is any 2xx; 410 is never tried again."""
        body = self._event(call)
        to = await destination(hook.url, private=self._private)
        headers = {
            "host": to.host if to.port in (80, 443) else f"{to.host}:{to.port}",
            "content-type": "application/cloudevents+json",
            "user-agent": "onrecord",
            **signed(call.id, body, hook.secret, self._clock()),
        }
        try:
            async with asyncio.timeout(TIMEOUT):
                status = await _post(to, body, headers)
        except (HTTPError, TimeoutError, OSError) as error:
            raise NotNow(f"the webhook can't be reached: {type(error).__name__}") from None
        except InvalidURL:
            raise NotEver("the webhook's address is none") from None
        if status == GONE:
            raise NotEver("the webhook is gone (410)")
        if not 200 <= status < 300:
            raise NotNow(f"the webhook answered {status}")

    def _event(self, call: Call) -> bytes:
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": str(call.id),
                "source": self._source,
                "type": call.type,
                "subject": call.subject,
                "time": call.time.isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "data": call.data,
            }
        )


async def _post(to: Destination, body: bytes, headers: dict[str, str]) -> int:
    """The status. What the receiver says beyond it isn't read."""
    address = f"[{to.address}]" if ":" in to.address else to.address
    url = f"{to.scheme}://{address}:{to.port}{to.target}"
    named = {"sni_hostname": to.host}
    async with (
        AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=headers, extensions=named) as response,
    ):
        return response.status_code
