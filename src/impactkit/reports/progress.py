"""Where a run is: on a terminal, a bar, the time left, and the section of each report in hand; else a line a
report.
"""

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from impactkit.reports.failure import Outcome
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

Show = Callable[[Sequence[str], Outcome | None], None]


@contextlib.contextmanager
def shown(language: Language, total: int, out: TextIO | None) -> Iterator[Show]:
    """Progress: a bar with the names in hand on a terminal, else a line a report; without `out`, a bar
    in a notebook and nothing elsewhere."""
    if out is None and total and in_notebook():
        yield _bar(total)
    elif out is None or not total:
        yield lambda names, outcome: None
    elif not out.isatty():
        lines = itertools.count(1)

        def line(names: Sequence[str], outcome: Outcome | None) -> None:
            if outcome:
                key = "run.line" if outcome.built else "run.line.failed"
                told = {"at": next(lines), "all": total, "name": names[0]}
                words = language.say(key, **told, seconds=language.number(outcome.seconds, 1))
                print(on_a_line(words), file=out, flush=True)

        yield line
    else:
        from rich import progress
        from rich.console import Console

        columns = progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeElapsedColumn()
        columns += progress.TimeRemainingColumn(), progress.TextColumn("{task.description}", markup=False)
        with progress.Progress(*columns, console=Console(file=out), transient=True) as bar:
            task = bar.add_task(language.say("run.starting"), total=total)

            def show(names: Sequence[str], outcome: Outcome | None) -> None:
                if outcome:
                    bar.advance(task)
                else:
                    # A name is no markup: « [/red] » closes nothing.
                    bar.update(task, description=on_a_line(", ".join(names)))

            yield show


def in_notebook() -> bool:
    """Whether what is shown reaches a notebook's page."""
    return "IPython" in sys.modules and hasattr(sys.modules["IPython"].get_ipython(), "kernel")


def _bar(total: int) -> Show:
    from IPython.display import ProgressBar

    bar = ProgressBar(total)
    bar.display()

    def show(names: Sequence[str], outcome: Outcome | None) -> None:
        if outcome:
            bar.progress += 1

    return show
