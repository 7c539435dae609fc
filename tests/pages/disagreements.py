"""Sentences of a built page that cannot both stand: each with its page, its section and its two sentences.

A reader, pure: HTML in, disagreements out. One function a kind; a kind is silent on what it cannot read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pages.page_parts import NUMBER, Grid, Page, Sentence, about, number_of, numbers, page_of

from impactkit.indicators.comparable import ENOUGH
from impactkit.wording.language import FRENCH

FEW_UNITS = 20
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
NOUNS = (
    r"(?:intercommunalités?|départements?|communes?|régions?|zones? d'emploi|unités?|"
    r"établissements? publics? territoria(?:l|ux)|territoires?)"
)


@dataclass(frozen=True)
class Disagreement:
    """Two sentences that cannot both stand, or one and what it says of itself."""

    kind: str
    page: str
    section: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.kind} · {self.page} · {self.section} : « {self.first} » / « {self.second} »"


Found = Iterator[tuple[Sentence | Grid, str]]


def disagreements(html: str, page: str = "") -> list[Disagreement]:
    """Every disagreement of a page, by kind, in the order of KINDS."""
    read = page_of(html, page)
    found = []
    for kind, rule in KINDS.items():
        for place, other in rule(read):
            words = place.words if isinstance(place, Sentence) else place.caption
            found.append(Disagreement(kind, page, place.section, words, other))
    return list(dict.fromkeys(found))


# --- one noun, one count

COMPARABLE = (
    (rf"({NUMBER}) (?:{NOUNS}) comparables?", None),
    (rf"({NUMBER}) (?:{NOUNS})(?: [a-zé]+){{0,2}} de taille proche", None),
    (rf"({NUMBER}) (?:{NOUNS}) seulement sont comparables", None),
    (rf"{NOUNS} comparables : ({NUMBER})", None),
    (rf"; ({NUMBER}) comparables?\.", None),
    (
        rf"Aucune? (?:{NOUNS}) n'est comparable|aucune? (?:{NOUNS}) comparable|Aucun territoire comparable",
        0.0,
    ),
    (r"n'est comparé à aucun autre", 0.0),
    (r"un seul territoire(?: est)? comparable|Un seul territoire est comparable", 1.0),
)
GAP = re.compile(
    r"[Ll]'écart avec [^.]*? est de|[Uu]n écart de [^.]*? est mesuré|"
    r"[Ll]'écart mesuré [^.]*?est de|^Effet estimé"
)


def comparable_counts(page: Page) -> list[tuple[str, float, Sentence]]:
    """How many units a page says are comparable (or of like size): outcome, count, sentence."""
    found = []
    for sentence in page.sentences:
        for rule, count in COMPARABLE:
            for match in re.finditer(rule, sentence.words):
                value = number_of(match.group(1)) if count is None else count
                found.append((sentence.outcome, value, sentence))
    return found


def two_counts(page: Page) -> Found:
    """Two counts for one noun: the comparable units of one outcome; what is cited, in one section."""
    first: dict[str, tuple[float, Sentence]] = {}
    for outcome, count, sentence in comparable_counts(page):
        before, words = first.setdefault(outcome, (count, sentence))
        if before != count:
            yield words, sentence.words
    cited = rf"({NUMBER}) ([a-zé]+)(?: du territoire)? (?:sont|étaient) (?:cités|nommés|déclarés)\b(?! en)"
    for sentences in page.sections.values():
        counts: dict[str, tuple[float, Sentence]] = {}
        for sentence in sentences:
            for text, noun in re.findall(cited, sentence.words):
                before, words = counts.setdefault(noun, (number_of(text), sentence))
                if before != number_of(text):
                    yield words, sentence.words


def everyone_is_near(page: Page) -> Found:
    """« Of like size », or « the nearest », said of all the units there are."""
    everyone = set()
    for sentence in page.sentences:
        everyone |= set(
            re.findall(rf"({NUMBER}) (?:{NOUNS}) hors du programme(?! les plus)", sentence.words)
        )
    like = "de taille proche|les plus proches en taille|de taille la plus proche"
    near = rf"({NUMBER}) (?:{NOUNS})[^.;()]*? (?:{like})"
    for sentence in page.sentences:
        for text in re.findall(near, sentence.words):
            if text in everyone:
                yield sentence, f"{text} hors du programme"


# --- what is said of a gap


def gaps_of(page: Page) -> dict[str, Sentence]:
    """The first sentence that gives a gap, by outcome."""
    found: dict[str, Sentence] = {}
    for sentence in page.sentences:
        if sentence.kind in ("prose", "finding") and GAP.search(sentence.words):
            found.setdefault(sentence.outcome, sentence)
    return found


def no_gap_beside_a_gap(page: Page) -> Found:
    """« Aucun écart ne peut être mesuré » of an outcome that has one, or without saying of which."""
    gaps = gaps_of(page)
    for sentence in page.sentences:
        if re.search(r"[Aa]ucun écart (?:sur [^.]*? )?(?:ne peut être|n'est) mesuré", sentence.words):
            named = about(sentence.words)
            measured = gaps.get(named) if named else next(iter(gaps.values()), None)
            if measured is not None:
                yield sentence, measured.words


THRESHOLDS = (
    rf"seul un écart d'au moins [^.]*?\(({NUMBER}) %\)",
    rf"seul un écart d'au moins ({NUMBER}) points?",
    rf"[Ii]l (?:en )?faudrait [^.(]*\(({NUMBER}) %\)",
    rf"[Ii]l (?:en )?faudrait ({NUMBER}) (?:%|points?)",
)
NOT_SEPARATED = re.compile(
    r"n'ont pas pu être isolés|ne peut pas être isolé|ne peuvent (?:pas )?en être séparés"
)


def unearned_effect(page: Page) -> Found:
    """An effect beside what was not separated from it, or smaller than what it takes to speak of one."""
    for effect in page.sentences:
        if not effect.words.startswith("Effet estimé"):
            continue
        size = abs(numbers(effect.words.partition(" : ")[2])[0])
        for other in page.sentences:
            if NOT_SEPARATED.search(other.words):
                yield effect, other.words
            elif other.outcome == effect.outcome:
                for rule in THRESHOLDS:
                    if any(abs(number_of(text)) > size for text in re.findall(rule, other.words)):
                        yield effect, other.words


INTERVAL = re.compile(rf"\(intervalle[^:]*: ({NUMBER}) (?:%|points?) à ({NUMBER}) (?:%|points?)\)")
REASON = re.compile(r"\bmais\b|une fois compt|hasard|parce que|\bcar\b")


def unexplained_ordinary(page: Page) -> Found:
    """An interval that excludes zero, called ordinary without the reason."""
    for sentence in page.sentences:
        for low, high in INTERVAL.findall(sentence.words):
            words = page.block(sentence)
            apart = number_of(low) * number_of(high) > 0
            if apart and "distingué de l'ordinaire" in words and not REASON.search(words):
                yield sentence, "il ne peut pas être distingué de l'ordinaire"


def undivided_zone(page: Page) -> Found:
    """The gap of a zone, told of the territory without what it was divided by."""
    zones = (one for one in page.sentences if "n'est pas publié à l'échelle du territoire" in one.words)
    zone = next(zones, None)
    gap = gaps_of(page).get("unemployment")
    if zone is None or gap is None or gap.kind != "prose":
        return
    if "divisé" not in page.block(gap):
        yield gap, zone.words


# --- levels of evidence


def compared_with_few(page: Page) -> Found:
    """« Comparé » with fewer than eight comparable units."""
    counts: dict[str, float] = {}
    for outcome, count, _ in comparable_counts(page):
        counts[outcome] = min(count, counts.get(outcome, count))
    results = max(
        (n for outcome, n in counts.items() if outcome not in ("population", "poverty")), default=0
    )
    for sentence in page.sentences:
        if sentence.level == "comparé" and counts.get(sentence.outcome, 0.0) < ENOUGH:
            yield sentence, f"{FRENCH.number(counts.get(sentence.outcome, 0.0))} comparables"
        if results < ENOUGH and re.search(r"(?:Résultats|Changements) : comparé", sentence.words):
            yield sentence, f"{FRENCH.number(results)} comparables"
    for grid in page.tables:
        if "Niveau" in grid.header[:1] and max(counts.values(), default=0.0) < ENOUGH:
            if any(row[0] == "comparé" for row in grid.rows):
                yield grid, f"{FRENCH.number(max(counts.values(), default=0.0))} comparables"


# --- sizes

TIMES = re.compile(rf"({NUMBER}) fois plus (petit|grand)s?")


def contradicted_size(page: Page) -> Found:
    """« N fois plus petits » that the table of the comparison contradicts."""
    for grid in page.tables:
        if not grid.caption.startswith("Avant le label") and grid.column("Sa comparaison") is None:
            continue
        name, own, weighted = grid.rows[0][:3]
        ratio = number_of(own) / number_of(weighted)
        for sentence in page.sentences:
            if sentence.outcome and sentence.outcome != about(name):
                continue
            for text, side in TIMES.findall(sentence.words):
                times = ratio if side == "petit" else 1 / ratio
                if (
                    text != FRENCH.number(times, 1).replace("\u202f", " ")
                    and abs(number_of(text) - times) > 0.051
                ):
                    yield sentence, f"{name} : {own}, {weighted}"


# --- dates

SPAN = re.compile(r"\b[Dd]e (\d{4}) à (\d{4})")
DATED = re.compile(r"\((?:T[1-4] )?(\d{4})\)")


def dates_in_a_row(page: Page) -> Found:
    """A value and a change in one row that end at different dates."""
    ends = {}
    for sentence in page.sentences:
        moved = re.search(r"augmenté|diminué|baissé|reculé|stable", sentence.words)
        if sentence.kind == "prose" and moved and (span := SPAN.search(sentence.words)):
            ends.setdefault(sentence.outcome, (span.group(2), sentence))
    for grid in page.tables:
        for row in grid.rows:
            dated = next((match for cell in row if (match := DATED.search(cell))), None)
            change = next((cell for cell in row if "depuis" in cell or SPAN.search(cell)), "")
            if dated is None or not change:
                continue
            span = SPAN.search(change)
            year, sentence = ends.get(about(row[0]), ("", None))
            year = span.group(2) if span else year
            if year and (dated.group(0) != f"({year})"):
                yield grid, f"{' | '.join(row)} / {sentence.words if sentence else change}"


def days_from_a_month(page: Page) -> Found:
    """A delay in days up to a date that its source gives by month."""
    label = re.search(r"label du (\d{1,2})(?:er)? ([a-zéû]+) (\d{4})", page.subtitle)
    sources = [
        row[-1] for grid in page.tables for row in grid.rows if row and row[0] == "Projets et emplois"
    ]
    if label is None or not sources:
        return
    start = dt.date(int(label.group(3)), MONTHS.index(label.group(2)) + 1, int(label.group(1)))
    for sentence in page.sentences:
        if delay := re.search(r"(\d+) jours après lui", sentence.words):
            day = start + dt.timedelta(days=int(delay.group(1)))
            month = f"{MONTHS[day.month - 1]} {day.year}"
            if re.search(rf"(?<!\d ){month}", sources[0]):
                yield sentence, sources[0]


# --- bands and centres

LEVELS = {
    r"95 %": 95,
    r"dix-neuf sur vingt": 95,
    r"neuf sur dix": 90,
    r"90 %": 90,
    r"la moitié|moitié centrale": 50,
}
ENDS = rf"({NUMBER}) ?(?:%|pt|points?)? (?:à|et) ({NUMBER}) ?(?:%|pt|points?)?"
BANDS = (
    rf"finissent entre {ENDS}",
    rf"à la dernière période : de {ENDS}",
)
ORDINARY = re.compile(rf"évolutions ordinaires vont de {ENDS}")


def two_bands(page: Page) -> Found:
    """A band of placebos beside another pair of ends, or another level, for the same figure; limits of the
    ordinary that differ for one outcome.
    """
    for grid in page.tables:
        if grid.column("Placebos") is None or not grid.rows:
            continue
        last = tuple(map(_figure_of, grid.rows[-1][-2:]))
        level = _level_of(grid.caption)
        for sentence in _of_figure(page, grid):
            for rule in BANDS:
                for pair in re.findall(rule, sentence.words):
                    if tuple(map(number_of, pair)) != last:
                        yield grid, sentence.words
            said = _level_of(sentence.words)
            if level and said and said != level and re.search("|".join(BANDS), sentence.words):
                yield grid, sentence.words
    limits: dict[str, tuple[tuple[str, ...], Sentence]] = {}
    for sentence in page.sentences:
        for pair in ORDINARY.findall(sentence.words):
            before, words = limits.setdefault(sentence.outcome, (pair, sentence))
            if before != pair and sentence.outcome:
                yield words, sentence.words


def _of_figure(page: Page, grid: Grid) -> list[Sentence]:
    """The sentences of a figure: its caption, its alternative text, the lines of its table."""
    return [one for one in page.sentences if grid.figure and one.figure == grid.figure]


def _level_of(words: str) -> int:
    return next((level for rule, level in LEVELS.items() if re.search(rule, words)), 0)


def _figure_of(cell: str) -> float:
    found = numbers(cell)
    return found[0] if found else float("nan")


def centre_outside(page: Page) -> Found:
    """A centre outside what it is the centre of, or that most of its draws contradict."""
    central = rf"de ({NUMBER}) à ({NUMBER})[^.()]*\((?:valeur centrale|médiane) : ({NUMBER})[^)]*\)"
    estimate = rf"({NUMBER}) (?:%|points?) \(intervalle[^:]*: ({NUMBER}) (?:%|points?) à ({NUMBER})"
    for sentence in page.sentences:
        triples = [(low, middle, high) for low, high, middle in re.findall(central, sentence.words)]
        triples += [(low, middle, high) for middle, low, high in re.findall(estimate, sentence.words)]
        for low, middle, high in triples:
            if not number_of(low) <= number_of(middle) <= number_of(high):
                yield sentence, f"{middle} : {low}, {high}"
        if match := re.search(central, sentence.words):
            share = re.search(rf"({NUMBER}) % des tirages( sont positifs)?", page.block(sentence))
            above = number_of(match.group(3)) > (1 if "pour un euro" in sentence.words.lower() else 0)
            if share and above != ((number_of(share.group(1)) > 50) == bool(share.group(2))):
                yield sentence, share.group(0)
    for grid in page.tables:
        places = [grid.column(name) for name in ("Bas", "Médiane", "Haut")]
        places = (
            [grid.column("Plus bas"), places[1], grid.column("Plus haut")] if places[0] is None else places
        )
        if None in places:
            continue
        for row in grid.rows:
            ends = [_figure_of(row[at]) for at in places if at is not None and at < len(row)]
            if len(ends) == 3 and not ends[0] <= ends[1] <= ends[2] and ends == ends:
                yield grid, " | ".join(row)


# --- words that do not fit


def not_an_index(page: Page) -> Found:
    """« Base 100 » over values that are not 100 at the base."""
    for grid in page.tables:
        if (match := re.search(r"base 100 en (\d{4})", grid.caption)) is None:
            continue
        own = grid.column("Territoire")
        base = next((row for row in grid.rows if row[0] == match.group(1)), None)
        if own is not None and base is not None and _figure_of(base[own]) != 100:
            yield grid, " | ".join(base)


LABELLED = re.compile(r"(?:[Aa]vant|[Aa]près|[Dd]epuis) (?:le|son) label|label du \d")


def labelled_candidate(page: Page) -> Found:
    """« Avant le label » of a territory that asked for it; counted among those that are tested."""
    if "candidat" not in page.subtitle:
        return
    for sentence in page.sentences:
        if LABELLED.search(sentence.words):
            yield sentence, page.subtitle
        counted = re.search(rf"{NUMBER} territoires sont testés", sentence.words)
        if counted and not re.search(r"labellisés|candidat|celui-ci", page.block(sentence)):
            yield sentence, page.subtitle
    for grid in page.tables:
        cells = [cell for row in (grid.header, *grid.rows) for cell in row]
        if cell := next((cell for cell in cells if LABELLED.search(cell)), ""):
            yield grid, cell


def deflated(page: Page) -> Found:
    """« Aux prix de » where nothing is said to be deflated."""
    words = " ".join(sentence.words for sentence in page.sentences)
    if re.search(r"inflation|indice des prix|déflat|prix constants", words):
        return
    for sentence in page.sentences:
        if re.search(r"aux prix de \d{4}", sentence.words):
            yield sentence, "aucun indice de prix"


def unusual_but_common(page: Page) -> Found:
    """« Inhabituelle », or limits of 95 %, that the peers named beside contradict."""
    peers = rf"({NUMBER}) des ({NUMBER}) [^.]*?(?:au moins aussi|autant|davantage)"
    inside = rf"({NUMBER}) % des [^.%]*?(?:dans ces limites|dans cet intervalle|entre ces limites)"
    for sentence in page.sentences:
        if "évolutions ordinaires" not in sentence.words:
            continue
        words = page.block(sentence)
        if "est inhabituelle" in sentence.words:
            for few, many in re.findall(peers, words):
                if number_of(few) > 0.05 * number_of(many):
                    yield sentence, f"{few} des {many}"
        for share in re.findall(inside, words):
            if abs(number_of(share) - 95) > 5:
                yield sentence, f"{share} %"


# --- the programme


def percent_of_few(page: Page) -> Found:
    """A percent of fewer than twenty territories, on the page of the programme."""
    if not _is_programme(page):
        return
    bases = {}
    for sentence in page.sentences:
        if match := re.search(rf"dans ({NUMBER}) territoires\b", sentence.words):
            bases[sentence.section] = bases.setdefault("", number_of(match.group(1)))
        share = re.search(rf"{NUMBER} % (?:de ces|des ({NUMBER})) (?:territoires|projets)", sentence.words)
        if share:
            base = number_of(share.group(1)) if share.group(1) else bases.get("", FEW_UNITS)
            if base < FEW_UNITS:
                yield sentence, f"{FRENCH.number(base)} territoires"
    for grid in page.tables:
        at = grid.column("Part des territoires")
        if (
            at is not None
            and bases.get("", FEW_UNITS) < FEW_UNITS
            and any("%" in row[at] for row in grid.rows)
        ):
            yield grid, f"{FRENCH.number(bases[''])} territoires"


def unreconciled(page: Page) -> Found:
    """Counts of territories of the programme that no sentence brings together."""
    if not _is_programme(page):
        return
    every = next((len(grid.rows) for grid in page.tables if grid.header[1:3] == ("A", "B")), 0)
    for grid in page.tables:
        if "Inconnue" in grid.header and every:
            yield from _documented(page, grid, every)
    for mean in page.sentences:
        if (counted := re.search(r"[Ee]n moyenne sur (\d+) territoires", mean.words)) is None:
            continue
        for grid in page.tables:
            shown = [row for row in grid.rows if row[0] != "moyenne du programme"]
            alone = grid.column("Écart") is not None and grid.outcome in ("", mean.outcome)
            if alone and grid.column("Vague") is not None and len(shown) != int(counted.group(1)):
                if not _together(page, len(shown), int(counted.group(1))):
                    yield mean, f"{grid.caption} : {len(shown)} territoires"


def _documented(page: Page, grid: Grid, total: int) -> Found:
    """What is cited « in so many territories », and the table of what is unknown."""
    unknown = {row[0]: total - int(number_of(row[1])) for row in grid.rows}
    labelled = re.search(r"(\d+) territoires labellisés", page.subtitle)
    # The table holds candidates too, of whom the sentence may not speak.
    others = total - int(labelled.group(1)) if labelled else 0
    for sentence in page.sentences:
        cited = re.search(
            rf"{NUMBER} (défis|projets) (?:sont cités|sont nommés), dans (\d+)", sentence.words
        )
        if cited is None:
            continue
        heading = {"défis": "Défis", "projets": "Projets et emplois"}[cited.group(1)]
        known, said = unknown.get(heading), int(cited.group(2))
        if known is None or known - others <= said <= known:
            continue
        if not _together(page, known, said):
            yield sentence, f"{heading} : {known} territoires"


OTHER_NOUNS = "%|points?|sources?|défis?|projets?|emplois?|programmes?|unités?|ans?"
TERRITORIES = re.compile(rf"(?<![\d,])(\d{{1,3}})(?![\d,]| ?(?:{OTHER_NOUNS})\b| ?%| \d)")


def _together(page: Page, first: int, second: int) -> bool:
    """Whether one paragraph says both counts of territories, or one of them and what makes the other."""
    blocks: dict[int, str] = {}
    for sentence in page.sentences:
        if sentence.kind in ("prose", "finding", "caption"):
            blocks[sentence.block] = blocks.get(sentence.block, "") + " " + sentence.words
    for words in blocks.values():
        counts = set(map(int, TERRITORIES.findall(words))) if "territoires" in words else set()
        if {first, second} <= counts or {min(first, second), abs(first - second)} <= counts:
            return True
    return False


def narrow_prediction(page: Page) -> Found:
    """Where one more territory would lie: narrower than the mean's own interval, or missed by real ones."""
    said = rf"territoire de plus\b[^.]*? entre ({NUMBER}) (?:%|points?) et ({NUMBER})"
    for sentence in page.sentences:
        if (match := re.search(said, sentence.words)) is None:
            continue
        low, high = map(number_of, match.groups())
        mean = INTERVAL.search(page.block(sentence))
        if mean and high - low <= number_of(mean.group(2)) - number_of(mean.group(1)):
            yield sentence, mean.group(0)
        for grid in page.tables:
            at = grid.column("Écart")
            if at is None or grid.column("Vague") is None or grid.outcome not in ("", sentence.outcome):
                continue
            gaps = [_figure_of(row[at]) for row in grid.rows if row[0] != "moyenne du programme"]
            outside = sum(not low <= gap <= high for gap in gaps)
            if outside > max(1, 0.15 * len(gaps)):
                yield sentence, f"{grid.caption} : {outside} sur {len(gaps)} en dehors"


def _is_programme(page: Page) -> bool:
    return "territoires labellisés" in page.subtitle or page.name.endswith("programme")


KINDS: dict[str, Callable[[Page], Found]] = {
    "two-counts": two_counts,
    "everyone-is-near": everyone_is_near,
    "no-gap-beside-a-gap": no_gap_beside_a_gap,
    "unearned-effect": unearned_effect,
    "unexplained-ordinary": unexplained_ordinary,
    "undivided-zone": undivided_zone,
    "compared-with-few": compared_with_few,
    "contradicted-size": contradicted_size,
    "dates-in-a-row": dates_in_a_row,
    "days-from-a-month": days_from_a_month,
    "two-bands": two_bands,
    "centre-outside": centre_outside,
    "not-an-index": not_an_index,
    "labelled-candidate": labelled_candidate,
    "deflated": deflated,
    "unusual-but-common": unusual_but_common,
    "percent-of-few": percent_of_few,
    "unreconciled": unreconciled,
    "narrow-prediction": narrow_prediction,
}
