"""Why a figure is missing: the reason that the evaluation gives for its heading."""

import functools

from impactkit.data.evaluation import Evaluation


def why(ev: Evaluation, code: str, heading: str) -> str:
    """The flag of a missing figure: `missing:<reason>`.

    The reason is that of the territory's first open question on this heading, else of the whole programme's,
    else `not-searched`.
    """
    reasons = _reasons(ev)
    return "missing:" + (reasons.get((code, heading)) or reasons.get(("", heading)) or "not-searched")


def complete(ev: Evaluation, code: str, heading: str) -> bool:
    """Whether nothing is left open on a heading, for this territory or for all: what is listed is then all.

    Trap: a heading without any row is complete for nobody; the caller sees to it that there is one.
    """
    return not {(code, heading), ("", heading)} & _reasons(ev).keys()


@functools.lru_cache(maxsize=4)
def _reasons(ev: Evaluation) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in ev.table("unknowns").to_dict("records"):
        found.setdefault((row["territory"], row["heading"]), row["reason"])
    return found
