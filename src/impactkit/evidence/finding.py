"""A finding: one sentence or two, and how sure the figure is."""

from collections.abc import Iterable
from dataclasses import dataclass

from impactkit.wording.catalogue import Declared, Run
from impactkit.wording.language import Language

LEVELS = ("declared", "observed", "before-after", "compared", "estimated")
LEVELS += ("contribution", "method", "unknown")

Sentence = tuple[Run, ...]


@dataclass(frozen=True)
class Finding:
    """What is said, and the level of evidence that allows it: declared, observed, before-after, compared,
    estimated; `contribution` is an appraisal of evidence, `method` a statement about what these figures can
    and cannot tell.
    """

    level: str
    sentence: Sentence

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level must be one of {LEVELS}, not {self.level!r}")


def joined(*sentences: Sentence) -> Sentence:
    """Sentences one after the other; empty ones vanish."""
    return listed(filter(None, sentences), " ")


def listed(items: Iterable[Sentence | Run], separator: str = ", ") -> Sentence:
    """Items in one enumeration."""
    found: list[Run] = []
    for item in items:
        found += ([Run(separator)] if found else []) + ([item] if isinstance(item, Run) else list(item))
    return tuple(found)


def filled(language: Language, key: str, hole: str, content: Sentence, **holes: object) -> Sentence:
    """The sentence of `key` where `hole` takes a whole enumeration with its marks."""
    # As declared text a stretch stands alone: it can be found again.
    mark = Declared("\x00")
    found: list[Run] = []
    for run in language.runs(key, **{hole: mark}, **holes):
        found += content if run.text == mark else [run]
    return tuple(found)
