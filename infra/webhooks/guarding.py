"""Where webhooks may go: not into the network that the platform itself stands in, whatever a name resolves to."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from application.ports.notifications import NotEver, NotNow

MAPPED = "an address that isn't public"


class Destination(NamedTuple):
    """A URL taken apart, with the address that is connected to: the one that was checked."""

    scheme: str
    host: str
    port: int
    target: str
    address: str


async def destination(url: str, *, private: bool) -> Destination:
    """Where a URL leads. Only addresses of the public Internet are allowed, all that the name has, unless `private`.

    Raises NotEver for a URL that may not be called, NotNow where its name can't be resolved.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotEver("the webhook's address is none") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise NotEver("the webhook's address is none")
    if parts.scheme == "http" and not private:
        raise NotEver("a webhook outside is called by https only")
    addresses = await _resolved(host, port)
    if not private and not all(map(_public, addresses)):
        raise NotEver(f"the webhook's name leads to {MAPPED}")
    target = parts.path or "/"
    return Destination(parts.scheme, host, port, f"{target}?{parts.query}" if parts.query else target, str(addresses[0]))


async def _resolved(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotNow("the webhook's name can't be resolved") from None
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (inner := address.ipv4_mapped or address.sixtofour):
        return _public(inner)
    return address.is_global and not address.is_multicast
