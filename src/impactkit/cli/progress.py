"""How far a download is, on the error output, where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from impactkit.wording.plain_lines import on_a_line


@contextmanager
def bars() -> Iterator[Callable[[str, int, int | None], None]]:
    """A function to call with the name of a file, the bytes (or pages) received and their total if known."""
    from rich import progress as rich_progress
    from rich.console import Console

    # A name is no markup: « [/red] » closes nothing.
    named = rich_progress.TextColumn("{task.description}", markup=False)
    columns = (named, rich_progress.BarColumn(), rich_progress.TaskProgressColumn())
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def told(name: str, received: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(on_a_line(name), total=total)
            progress.update(tasks[name], completed=received, total=total)

        yield told
