"""The engine `fork` gives cell by cell what papermill alone gives, and nothing of it stays behind."""

import os
import sys

import nbformat
import papermill
import pytest

import impactkit as ik

CELLS = [
    "a = 1",
    "import sys\nprint('x')\nprint('e', file=sys.stderr)\nprint('y')",
    "a",
    "import asyncio\nawait asyncio.sleep(0)\n3",
    "from IPython.display import clear_output, display, update_display\nprint(1)\nclear_output()",
    "display(a)",
    "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
    "import os\n_ = os.system('echo below')",
    "!echo command",
    "__name__, type(get_ipython()).__bases__[0].__name__[-16:]",
    "import pandas as pd\npd.DataFrame({'a': [1]})",
    "display('u', display_id='q')",
    "update_display('v', display_id='q')",
    "1 / 0",
    "print('never')",
]
# Run as `papermill` would be, in a process that has imported matplotlib before any shell was made.
RUN = """
import sys
import matplotlib.pyplot
import papermill
try:
    papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name=sys.argv[3] or None, progress_bar=False)
except papermill.PapermillExecutionError as stopped:
    print(stopped.ename)
"""


@pytest.fixture
def ran(tmp_path, processes):
    """Runs a notebook of these cells with an engine, twice in one process; gives the second."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(one, id=f"c{n}") for n, one in enumerate(CELLS)]
    )
    book.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(book, tmp_path / "book.ipynb")

    # Where it is set, ipykernel does not watch what is written below Python.
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}

    def run(engine):
        for _ in range(2):
            paths = [str(tmp_path / "book.ipynb"), str(tmp_path / f"{engine or 'plain'}.ipynb")]
            done = processes.run(
                [sys.executable, "-c", RUN, *paths, engine], capture_output=True, text=True, env=env
            )
            assert done.stdout.splitlines()[-1] == "ZeroDivisionError", done.stderr
        return nbformat.read(paths[1], as_version=4)

    return run


@pytest.mark.skipif(sys.platform != "linux", reason="there is no fork to compare")
def test_the_cells_are_those_of_a_plain_run(ran):
    fork, plain = ran("fork"), ran("")
    assert fork.metadata.language_info == plain.metadata.language_info
    assert len(fork.cells) == len(plain.cells)
    for one, other in zip(fork.cells, plain.cells, strict=True):
        assert one.source == other.source
        assert one.get("execution_count") == other.get("execution_count"), one.source
        assert one.get("outputs") == other.get("outputs"), one.source
    assert any(
        "image/png" in output.get("data", {}) for cell in fork.cells for output in cell.get("outputs", ())
    )


def test_a_child_that_dies_is_told(processes):
    from impactkit.reports.child import Died, TimedOut, in_child

    assert in_child(lambda tell: 6 * 7, quiet=30) == 42
    with pytest.raises(Died) as dead:
        in_child(lambda tell: (tell("là"), __import__("os").abort()), quiet=30)
    assert dead.value.at == "là" and not isinstance(dead.value, TimedOut)
    with pytest.raises(TimedOut):
        in_child(lambda tell: __import__("time").sleep(60), quiet=0.3)
    with pytest.raises(ZeroDivisionError):
        in_child(lambda tell: 1 / 0, quiet=30)


def test_where_it_cannot_fork_papermill_does_it_and_says_so(valleys, processes):
    import threading

    from impactkit.reports.execute import run_one
    from impactkit.reports.run import _jobs

    target = valleys.parent / "reports" / "vallees"
    target.mkdir(parents=True)
    (job,) = _jobs(ik.load("vallees"), "vallees", ["aubepine"], target)
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        outcome = run_one(job)
    finally:
        stop.set()
        other.join()
    assert outcome.built and "papermill seul" in outcome.notes[0]


def test_papermill_knows_the_engine():
    assert papermill.engines.papermill_engines.get_engine("fork").__name__ == "ForkEngine"
