"""What a running server says of itself, without connecting as a client."""

import socket

from infra.postgres.embedded.layout import Layout

# Of postmaster.pid: the first line is the process, the eighth its state.
_PROCESS, _STATE = 0, 7


def postmaster(layout: Layout) -> int | None:
    """The process that runs the cluster, or ran it when it was killed."""
    lines = _pid_file(layout)
    return int(lines[_PROCESS]) if lines and lines[_PROCESS].strip().isdigit() else None


def is_ready(layout: Layout) -> bool:
    """Whether the server takes connections now. A killed one's files say so too, but nobody answers at its socket."""
    lines = _pid_file(layout)
    return len(lines) > _STATE and lines[_STATE].strip() == "ready" and _answers(layout)


def _pid_file(layout: Layout) -> list[str]:
    try:
        return (layout.cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _answers(layout: Layout) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(layout.socket))
        except OSError:
            return False
    return True
