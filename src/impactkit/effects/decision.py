"""From the test to the word: one function decides what may be said of a gap, for every page and table."""

from collections.abc import Sequence
from dataclasses import dataclass

VERDICTS = ("impossible", "ordinary", "unusual", "effect")


@dataclass(frozen=True)
class Obstacle:
    """What stands between a gap and the word « effet »: its kind (test, looks, family, comparison, checks,
    programmes) and a sentence.
    """

    kind: str
    sentence: str


@dataclass(frozen=True)
class Decision:
    """`verdict`: impossible (no gap, however large, could earn the word here), ordinary, unusual, or effect;
    `obstacles`: what stands in the way.
    """

    verdict: str
    obstacles: tuple[Obstacle, ...] = ()

    def of(self, *kinds: str) -> tuple[str, ...]:
        """The sentences of some kinds of obstacles."""
        return tuple(each.sentence for each in self.obstacles if each.kind in kinds)


def decide(
    *,
    unusual: bool | None,
    passed: bool | None,
    silent: Sequence[Obstacle] = (),
    family: str = "",
    comparison: Sequence[str] = (),
    checks: Sequence[str] = (),
    programmes: Sequence[str] = (),
) -> Decision:
    """What may be said of a gap.

    `unusual`: whether it is beyond what its own test allows at this look; `passed`: whether it remains when
    every test of its family is counted; None where no gap could be, `silent` saying why. `family`: how many
    tests were counted, in a sentence. `comparison`: what weakens it; `checks`: those that disagree;
    `programmes`: others in force here that are not separated from the label. Any of them stands in the way
    of an effect, never of saying that a gap is unusual.
    """
    if unusual is None or passed is None:
        return Decision("impossible", tuple(silent))
    if not unusual:
        return Decision("ordinary")
    obstacles = []
    if not passed:
        obstacles.append(Obstacle("family", family))
    for kind, sentences in (("comparison", comparison), ("checks", checks), ("programmes", programmes)):
        obstacles += [Obstacle(kind, sentence) for sentence in sentences]
    return Decision("unusual" if obstacles else "effect", tuple(obstacles))
