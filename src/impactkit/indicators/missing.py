"""Why a figure is missing: the reason that the evaluation gives for its heading."""

import functools

from impactkit.data.evaluation import Evaluation


def why(ev: Evaluation, code: str, heading: str) -> str:
    """The flag of a missing figure: `missing:<reason>`.

    The reason is that of the territory's first open question on this heading, else of the whole programme's,
    else `not-searched`.
    """
    known = questions(ev)
    return "missing:" + (known.get((code, heading)) or known.get(("", heading)) or ("not-searched", ""))[0]


def complete(ev: Evaluation, code: str, heading: str) -> bool:
    """Whether nothing is left open on a heading, for this territory or for all: what is listed is then all.

    Trap: a heading without any row is complete for nobody; the caller sees to it that there is one.
    """
    return not {(code, heading), ("", heading)} & questions(ev).keys()


@functools.lru_cache(maxsize=4)
def questions(ev: Evaluation) -> dict[tuple[str, str], tuple[str, str]]:
    """Reason and whom to ask, of the first open question by territory ("" for all) and heading. Read, never
    written into.
    """
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for fact in ev.table("unknowns").to_dict("records"):
        found.setdefault((fact["territory"], fact["heading"]), (fact["reason"], fact["ask"]))
    return found
