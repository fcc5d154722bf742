"""What a sealed value is bound to: the one place in the log that it was made for."""

from application.ports.keys import DataKey

_BLOCK = 16
ADDRESS = "context/address"
"""The place of the context's network address. No field of an event can have this name."""


def place(stream: str, version: int) -> bytes:
    """The beginning of the associated data of all values of one event; `field` follows.

    Together: `onrecord box v1`, stream, stream version, wire name and field as written, joined by line feeds, in UTF-8.
    Neither of the last three can hold a line feed, so no two places read alike.
    """
    return f"onrecord box v1\n{stream}\n{version}".encode()


def field(wire: str, name: str) -> bytes:
    """The end of the associated data."""
    return f"\n{wire}\n{name}".encode()


def seal(key: DataKey, value: bytes, about: bytes) -> bytes:
    """Seals a JSON text, filled up with spaces to a multiple of 16 bytes so that its box tells less about its length."""
    return key.seal(value.ljust(-(-len(value) // _BLOCK) * _BLOCK), about)
