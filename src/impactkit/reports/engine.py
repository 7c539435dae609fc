"""The papermill engine `fork`: a notebook run by a forked child with a shell in its own process.

What the parent has imported and computed, the child finds warm; its state dies with it. The cells, their
outputs and their numbers are those of a plain run. Sources: the in-process kernel of ipykernel, and how
nbclient reads a kernel's messages.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from nbclient.exceptions import CellExecutionComplete
from nbclient.util import run_hook, run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine
from papermill.iorw import write_ipynb

from impactkit.reports.child import in_child, is_child, unable
from impactkit.reports.kernel import INLINE, import_shell

CELL_SECONDS, SAVED_EVERY = 300, 1.0


class ForkEngine(Engine):
    """Runs the cells of a Python notebook in a forked child; any other notebook, or where there is no fork,
    is left to papermill's own engine.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, execution_timeout: float | None = None, **given: Any
    ) -> None:
        """Fill in `nb_man.nb` as papermill's own engine does. Raises TimedOut or Died for a child that hangs
        or is killed.
        """
        language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
        if language != "python" or unable() and not is_child():
            given |= {"execution_timeout": execution_timeout, "kernel_name": kernel_name}
            NBClientEngine.execute_managed_notebook(nb_man, **given)
            return
        import_shell()
        # At the start and the end of every cell, as papermill writes it, takes longer than most cells.
        path, nb_man.output_path = nb_man.output_path, None
        client = Client(nb_man, on_cell_start=given.get("on_cell_start"))
        try:
            quiet = execution_timeout or CELL_SECONDS
            run = partial(client.run, path)
            nb_man.nb = run() if is_child() else in_child(run, quiet=quiet)
        finally:
            nb_man.output_path = path


class Client(PapermillNotebookClient):
    """Reads the messages of a kernel that lives in this very process, as nbclient reads any other's."""

    def run(self, path: str | None, tell: Callable[[str], None] = lambda words: None) -> Any:
        """Execute every cell, up to the first that fails. `tell` hears of each before it starts; what is
        done so far is written to `path` every second or so.
        """
        self.reset_execution_trackers()
        self.record_timing = False
        self.below = _printed_below()
        self.kernel, self.client = _shell()
        self.below()
        self.path, self.tell, self.written = path, tell, time.monotonic()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = self.kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run one cell. Raises CellExecutionError for one that fails and does not say that it may."""
        self.tell(str(cell_index))
        if self.path and time.monotonic() - self.written > SAVED_EVERY:
            write_ipynb(self.nb, self.path)
            self.written = time.monotonic()
        if self.on_cell_start:
            run_sync(run_hook)(self.on_cell_start, cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        asked = self.client.execute(cell.source, store_history=True, allow_stdin=False)
        self.clear_before_next_output = False
        for message in self.client.iopub_channel.get_msgs():
            if message["parent_header"].get("msg_id") == asked:
                with contextlib.suppress(CellExecutionComplete):
                    self.process_message(message, cell, cell_index)
        for name, text in self.below():
            # What C code and commands print.
            printed = self.client.session.msg("stream", {"name": name, "text": text})
            self.output(cell.outputs, printed, None, cell_index)
        self.code_cells_executed += 1
        reply = self.client.get_shell_msg(timeout=1)
        cell["execution_count"] = reply["content"].get("execution_count", self.code_cells_executed)
        if reply["content"]["status"] != "ok":
            run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell


def _shell() -> tuple[Any, Any]:
    """A kernel of this process and its client; without threads, so that messages come in order."""
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from ipykernel.inprocess.manager import InProcessKernelManager
    from ipykernel.inprocess.socket import DummySocket
    from ipykernel.iostream import IOPubThread

    class Kernel(InProcessKernel):  # type: ignore[misc]
        # ipykernel 7 asks for the thread of subshells even where there is none.
        _supports_kernel_subshells = False
        shell_channel_thread = SimpleNamespace(parent_thread=None)

    os.environ["MPLBACKEND"] = INLINE
    asyncio.set_event_loop(asyncio.new_event_loop())
    manager = InProcessKernelManager()
    quiet = type(manager.config)({"HistoryManager": {"enabled": False}})
    # A thread that is never started: what it is asked to send is then sent at once.
    sent = DummySocket()
    public = {"_underlying_iopub_socket": sent, "iopub_thread": IOPubThread(sent, session=manager.session)}
    manager.kernel = Kernel(parent=manager, config=quiet, session=manager.session, user_ns=None, **public)
    shell = manager.kernel.shell
    # Named from the start, or what is printed would belong to the cell before.
    sys.stdout, sys.stderr = manager.kernel.stdout, manager.kernel.stderr
    if "matplotlib" in sys.modules:
        # Imported before the shell, it knows nothing of it: its figures would be text.
        sys.modules["matplotlib"].rcParams["backend"] = INLINE
    if "matplotlib.pyplot" in sys.modules:
        shell.enable_matplotlib("inline")
    client = manager.blocking_class(kernel=manager.kernel, session=manager.session)
    client.start_channels()
    return manager.kernel, client


def _printed_below() -> Callable[[], list[tuple[str, str]]]:
    """Keep what is written below Python, on the file numbers; gives what came since last asked."""
    kept = {}
    for number, name in ((1, "stdout"), (2, "stderr")):
        kept[name] = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        os.dup2(kept[name].fileno(), number)

    def below() -> list[tuple[str, str]]:
        found = []
        for name, file in kept.items():
            size = os.fstat(file.fileno()).st_size
            if size:
                found.append((name, os.pread(file.fileno(), size, 0).decode("utf-8", "replace")))
                os.ftruncate(file.fileno(), 0)
                os.lseek(file.fileno(), 0, os.SEEK_SET)
        return found

    return below
