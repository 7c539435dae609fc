"""The kernel that a report runs in: this very Python, in its own folder, ended with whoever started it."""

import ctypes
import importlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from impactkit.data import light

_PR_SET_PDEATHSIG = 1
# The environment variable that tells a kernel how many bytes it may hold.
MEMORY = "IMPACTKIT_MEMORY"
# Where drawings go: into the notebook.
INLINE = "module://matplotlib_inline.backend_inline"
# What a shell imports when it starts, or at its first cell.
SHELL = (
    *("ipykernel.inprocess.ipkernel", "ipykernel.inprocess.manager", "sqlite3", "zmq.utils.garbage"),
    *("IPython.core.completerlib", "IPython.core.application", "tornado.platform.asyncio"),
    *("IPython.core.logger", "IPython.core.oinspect"),
)
# A Unix socket's path may not be longer (104 on macOS, less the port's number).
_LONGEST = 96


def import_shell() -> None:
    """Import what a shell in this process needs, once for all the children that it forks."""
    light.debugger()
    for name in SHELL:
        importlib.import_module(name)


def die_with(parent: int) -> None:
    """End this process when the process `parent`, which started it, ends in any way, kill -9 included."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    # It may have ended between our start and this line.
    if os.getppid() != parent:
        os._exit(1)


def cap_memory(most: int) -> None:
    """Let this process hold at most so many bytes (0: as many as there are); more raises MemoryError."""
    if most and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def manager(folder: Path) -> type:
    """The kernel manager for a report built in `folder`: no kernel spec of the user's, no port, no noise.

    Sockets and logs stay in `folder`; a path too long for a socket falls back to local ports.
    """
    import nbformat
    from nbclient import NotebookClient

    usual: Any = NotebookClient(nbformat.v4.new_notebook()).kernel_manager_class

    class Manager(usual):  # type: ignore[misc]
        def __init__(self, **kw: Any) -> None:
            super().__init__(**kw)
            self.connection_file = str(folder / "kernel.json")
            if len(os.fsencode(folder / "kernel")) < _LONGEST:
                self.transport, self.ip = "ipc", str(folder / "kernel")

        @property
        def kernel_spec(self) -> Any:
            found = super().kernel_spec
            return type(found)(argv=[], display_name="Python 3", language="python")

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            mine = [sys.executable, "-m", "impactkit.reports.kernel", "-f", self.connection_file]
            return [*mine, *(extra_arguments or ())]

        async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
            # A kernel that held the terminal or a pipe of ours would keep its reader waiting after we died.
            with (folder / "kernel.log").open("ab") as log:
                await super()._async_launch_kernel(kernel_cmd, stdout=log, stderr=log, **kw)

    return Manager


def main() -> None:
    """Become the kernel."""
    die_with(int(os.environ.get("JPY_PARENT_PID", os.getppid())))
    cap_memory(int(os.environ.get(MEMORY, 0)))
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
