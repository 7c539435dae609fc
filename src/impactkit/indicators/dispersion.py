"""How far a figure may lie from the others without anything being out of the ordinary."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Fewer units than this do not show how dispersion changes with size.
ENOUGH = 20
# Beyond the size of the twentieth largest, too few units tell: their spread is taken for all.
LARGEST = 20
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Expected:
    """Where `share` of the units lie, for a size: the median of all, and its limits."""

    median: float
    low: float
    high: float
    share: float
    n: int


def wilson(share: float, n: float) -> tuple[float, float]:
    """95 % interval of a share seen on `n` people asked. Wilson, J. Am. Stat. Assoc. 22 (1927), by
    statsmodels. Raises ValueError for a share outside 0 to 1 or n under 1.
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= share <= 1 or n < 1:
        raise ValueError(f"no interval for a share of {share} on {n}")
    low, high = proportion_confint(share * n, n, method="wilson")
    return float(low), float(high)


def byar(count: float) -> tuple[float, float]:
    """95 % interval of the number of events expected where `count` happened. Byar's approximation (Breslow
    and Day, Statistical Methods in Cancer Research II, IARC 1987, p. 69). Raises ValueError under 0.
    """
    if count < 0:
        raise ValueError(f"no interval for {count} events")
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z95 / (3 * count**0.5)) ** 3 if count else 0.0
    return float(low), float(more * (1 - 1 / (9 * more) + Z95 / (3 * more**0.5)) ** 3)


def expected(values: pd.Series, sizes: pd.Series, at: float, *, share: float = 0.95) -> Expected | None:
    """Limits by size (a funnel) around the median of `values`, told by the units themselves; None under 20,
    or for a size larger than any.

    The spread is a power of the size, fitted to the distances from the median and set so that `share` of the
    units lie inside. It is what was seen, larger than chance alone would give (Spiegelhalter, Stat. Med. 24
    (2005), on overdispersion); beyond the size of the twentieth largest unit the spread stays that of it.
    """
    known = pd.DataFrame({"value": values, "size": sizes}).dropna()
    known = known[known["size"] > 0]
    # Of a size that no unit has, the units tell nothing.
    if len(known) < ENOUGH or not 0 < at <= known["size"].max():
        return None
    ordered = np.sort(known["size"].to_numpy())
    largest = float(ordered[-min(LARGEST, len(ordered))])
    median = float(known["value"].median())
    away = (known["value"] - median).abs().to_numpy()
    logs = np.log(np.minimum(known["size"].to_numpy(), largest))
    # A distance of nil has no logarithm; a thousandth of the usual one stands for it.
    floor = max(float(np.median(away)) / 1000, 1e-12)
    fitted = np.polyfit(logs, np.log(np.maximum(away, floor)), 1)[0] if np.ptp(logs) > 0 else 0.0
    # Larger units vary less; the other way round would be noise.
    slope = min(float(fitted), 0.0)
    spread = np.exp(slope * logs)
    scale = float(np.quantile(away / spread, share, method="higher"))
    half = scale * float(np.exp(slope * np.log(min(at, largest))))
    return Expected(median, median - half, median + half, share, len(known))
