"""Which sentence a figure has earned: a function of its level of evidence and its tests, nothing else."""

LEVEL = 0.05
LEVELS = ("declared", "observed", "before-after", "compared", "estimated", "method")


def rule(
    level: str,
    *,
    p: float | None = None,
    adjusted: float | None = None,
    small: bool = False,
    doubted: bool = False,
    missing: str = "",
    withheld: bool = False,
) -> str:
    """The catalogue key of a claim's sentence.

    `p` is that of the printed test (None where none exists), `adjusted` the same once every test is counted,
    `small` an estimate below what the test could see four times in five, `doubted` a weak comparison or a
    check that disagrees, `missing` the reason of a value that is not there. Raises ValueError for a level
    that does not exist.
    """
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no level of evidence")
    if withheld:
        return "claim.withheld"
    if missing:
        return "claim.missing"
    if level != "estimated":
        return f"claim.{level}"
    if p is None:
        return "claim.few"
    if p > LEVEL or adjusted is None or adjusted > LEVEL:
        return "claim.ordinary"
    if doubted:
        return "claim.weak"
    return "claim.exaggerated" if small else "claim.estimated"
