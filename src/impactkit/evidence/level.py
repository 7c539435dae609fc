"""Which sentence a figure has earned: a function of its level of evidence and its tests, nothing else."""

from impactkit.effects.decision import VERDICTS

LEVELS = ("declared", "observed", "before-after", "compared", "estimated", "method")


def rule(level: str, *, verdict: str = "", missing: str = "", withheld: bool = False) -> str:
    """The catalogue key of a claim's sentence.

    `verdict` is that of the decision about an estimated gap (see `decision.decide`), `missing` the reason of
    a value that is not there. Raises ValueError for a level or a verdict that does not exist.
    """
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no level of evidence")
    if withheld:
        return "claim.withheld"
    if missing:
        return "claim.missing"
    if level != "estimated":
        return f"claim.{level}"
    if verdict not in VERDICTS:
        raise ValueError(f"{verdict!r} is no verdict")
    return f"claim.{verdict}"
