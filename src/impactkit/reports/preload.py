"""What a process does once, so that the children that it forks find it done: imports, and what the reports
of one evaluation share. Only the kit's own functions are called, never a notebook: state would leak from it.
"""

import contextlib
import importlib
import os
import warnings
from functools import partial

from impactkit.data import light
from impactkit.reports.kernel import import_shell
from impactkit.wording.language import FRENCH

# All that a report needs, but the PDF compiler: its threads do not survive a fork.
MODULES = (
    *("papermill", "mistune", "impactkit.reports.twins", "pandas.io.formats.csvs"),
    *("impactkit.reports.page_rules", "impactkit.reports.words", "impactkit.reports.rendered"),
)
# What a report that draws needs, too, and one that estimates.
DRAWN = "matplotlib.backends.backend_svg"
ESTIMATED = ("scipy.stats", "statsmodels.tsa.statespace.structural")
PAGE = "report.html.j2"
KINDS = ("trajectory", "gap", "choices", "spine", "stages")


def preload(folder: str, base: str) -> None:
    """Import what any report needs and, for a `folder` (it resolves from `base`), compute what the
    territories of the evaluation share; each memo then answers in a child as it would in a kernel that had
    asked first.
    """
    light.jsonschema()
    import_shell()
    for name in (*MODULES, *((DRAWN,) if folder else ())):
        importlib.import_module(name)
    from impactkit.reports.html import environment
    from impactkit.reports.record import versions

    environment(FRENCH).get_template(PAGE)
    versions()
    if not folder:
        return
    import impactkit as ik
    from impactkit.evidence.estimated import outcomes

    os.environ["IMPACTKIT_BASE"] = base
    # The tables are being checked meanwhile: whatever cannot be told here, each report says of itself.
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        ev = ik.load(folder)
        environment(ev.language).get_template(PAGE)
        for name in ESTIMATED if outcomes(ev) else ():
            importlib.import_module(name)
        ik.indicators(ev)
        # One territory of each wave meets the comparison units of all the others.
        for place in {place.wave.id: place for place in reversed(ev.territories)}.values():
            shared = [partial(ik.chart, kind=kind) for kind in KINDS]
            for told in (ik.essentials, partial(ik.table, about="checks"), ik.claims, *shared):
                with contextlib.suppress(Exception):
                    told(place)
