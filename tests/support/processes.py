"""Programs that tests start, and that never outlive them."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)  # loaded before any fork


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel kills the program when the thread that started it ends, even by kill -9 (Linux only)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
