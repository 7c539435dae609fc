"""What a process does once, so that the children that it forks find it done: imports, and what the reports
of one evaluation share. Only the kit's own functions are called, never a notebook: state would leak from it.
"""

import contextlib
import importlib
import os
import warnings

from impactkit.errors import ImpactkitError

# All that a report needs, but the PDF compiler: its threads do not survive a fork.
MODULES = """
    papermill ipykernel.inprocess.ipkernel ipykernel.inprocess.manager mistune statsmodels.api
    matplotlib.figure matplotlib.backends.backend_svg impactkit.display.charts impactkit.effects.programme
    impactkit.evidence.essentials impactkit.reports.engine impactkit.reports.html impactkit.reports.pdf
    impactkit.reports.page_rules impactkit.reports.words
""".split()
KINDS = ("trajectory", "gap", "choices", "spine", "stages")


def preload(folder: str, base: str) -> None:
    """Import what reports need, and compute what the evaluation's territories share; each memo then answers
    in a child as it would in a kernel that had asked first. `folder` resolves from `base`.
    """
    for name in MODULES:
        importlib.import_module(name)
    import impactkit as ik

    os.environ["IMPACTKIT_BASE"] = base
    with warnings.catch_warnings(), contextlib.suppress(ImpactkitError):
        warnings.simplefilter("ignore")
        ev = ik.load(folder)
        ik.indicators(ev)
        # One territory of each wave meets the comparison units of all the others.
        for place in {place.wave.id: place for place in reversed(ev.territories)}.values():
            # What cannot be told of this one says so in its own report.
            with contextlib.suppress(ImpactkitError):
                ik.essentials(place)
                ik.table(place, about="checks")
            for kind in KINDS:
                with contextlib.suppress(ImpactkitError):
                    ik.chart(place, kind=kind)
