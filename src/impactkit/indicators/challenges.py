"""The priority challenges of each collective, and the themes that emerge from them."""

import itertools
from collections.abc import Iterator

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, programme, told, told_or
from impactkit.wording.language import Language

OTHER = "other"


@measure("challenges")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory: `count_challenges` that a source names, `share_challenges_themed`. Over the labelled
    territories (territory ""), by theme: count_challenges (`n`: themed challenges), share_territories and
    count_territories (`n`: territories with a themed challenge; group `about=challenges`: those that name
    one at all), index_theme_rank, and count_themes_together in one territory.

    Traps: fewer challenges known than the label asks does not mean fewer set, so that every share by theme
    is over what is known; a challenge with two themes counts in both, so that themes add up to more than
    the whole. A theme is what the challenge's words make evident: count_challenges_unthemed are the rest.
    """
    return frame([*_counted(ev), *_themed(ev), *_programme(ev)])


def cooccurrence(ev: Evaluation) -> pd.DataFrame:
    """Themes x themes: number of labelled territories whose challenges hold both; symmetric, the diagonal is
    the number of territories with the theme. Every theme of the list is there, in its order.
    """
    return _together(_by_territory(ev.language, programme(ev, "challenges")))


def _together(themes: pd.DataFrame) -> pd.DataFrame:
    return themes.T.astype(int) @ themes.astype(int)


def _by_territory(language: Language, challenges: pd.DataFrame) -> pd.DataFrame:
    """Territories with a themed challenge x themes of the list: whether one of its challenges has it."""
    told = challenges[challenges["themes"] != ""].groupby("territory")["themes"].agg("|".join).str.split("|")
    names = labels(language, "challenges", "themes")
    held = {name: [name in themes for themes in told] for name in names}
    return pd.DataFrame(held, index=list(told.index), dtype=bool)


def _counted(ev: Evaluation) -> Iterator[Row]:
    for place in ev.territories:
        known, missing = place.table("challenges"), why(ev, place.code, "challenges")
        yield told_or(missing, place.code, "count_challenges", len(known), "défis", known)


def _themed(ev: Evaluation) -> Iterator[Row]:
    for place in ev.territories:
        mine, missing = place.table("challenges"), why(ev, place.code, "challenges")
        share = float((mine["themes"] != "").mean())
        yield told_or(missing, place.code, "share_challenges_themed", share, "part", mine)


def _programme(ev: Evaluation) -> Iterator[Row]:
    language = ev.language
    known, missing = programme(ev, "challenges"), why(ev, "", "challenges")
    themed = known[known["themes"] != ""]
    unthemed = len(known) - len(themed)
    yield told_or(missing, "", "count_challenges", len(known), "défis", known)
    yield told_or(missing, "", "count_challenges_unthemed", unthemed, "défis", known)
    if known.empty:
        return
    places = known["territory"].nunique()
    # Its `n` is no number of challenges, which secrecy may hide.
    named = {"group": "about=challenges", "n": places}
    yield told("", "count_territories", places, "territoires", known, **named)
    territories = _by_territory(language, known)
    if territories.empty:
        yield told("", "share_territories", None, "part", known, n=0, flag="missing:unthemed")
        return
    yield from _by_theme(themed, territories)
    together = _together(territories)
    for one, other in itertools.combinations(territories, 2):
        if together.at[one, other]:
            about = {"n": len(territories), "group": f"{one}+{other}"}
            both = together.at[one, other]
            yield told("", "count_themes_together", both, "territoires", themed, **about)


def _by_theme(themed: pd.DataFrame, territories: pd.DataFrame) -> Iterator[Row]:
    """Themes met, and the programme's own five even when no known challenge has them: a real zero."""
    # Territories with the same number share the better rank.
    ranks = territories.drop(columns=OTHER, errors="ignore").sum().rank(method="min", ascending=False)
    for theme in territories:
        some = themed[[theme in themes.split("|") for themes in themed["themes"]]]
        if theme == OTHER and some.empty:
            continue
        about = {"n": len(territories), "group": f"theme={theme}"}
        yield told("", "count_challenges", len(some), "défis", themed, group=about["group"])
        yield told("", "share_territories", territories[theme].mean(), "part", themed, **about)
        yield told("", "count_territories", territories[theme].sum(), "territoires", themed, **about)
        if theme != OTHER:
            yield told("", "index_theme_rank", ranks[theme], "rang", themed, **about)
