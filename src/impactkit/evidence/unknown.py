"""What is not known: its reason in the words of a closed list, and who can answer."""

from impactkit.data.territories import Territory
from impactkit.evidence.finding import Sentence, filled, listed
from impactkit.indicators.knowledge import gaps
from impactkit.wording.catalogue import Declared, Run

ARTICLES = ("L’", "Le ", "La ", "Les ", "Un ", "Une ", "Ce ", "Ces ", "Cette ", "Aucun ", "Aucune ")


def first(place: Territory) -> Sentence:
    """The open question that would change the conclusion most; empty when there is none."""
    questions = gaps(place)
    if questions.empty:
        return ()
    top = questions.iloc[0]
    return place.language.runs(
        "unknown.first", what=within(top["what"]), reason=place.language.say(f"reason.{top['reason']}")
    )


def not_covered(place: Territory) -> Sentence:
    """What the official sources do not cover here; empty when they cover everything asked."""
    questions = gaps(place)
    missing = questions[questions["reason"] == "not-covered"]
    if missing.empty:
        return ()
    items = listed(Run(within(what), declared=True) for what in missing["what"])
    return filled(place.language, "unknown.not-covered", "items", items)


def searched(place: Territory) -> str:
    """When the sources were consulted, for what they lack; "" when nothing was looked for in vain."""
    days = sorted({day for day in gaps(place)["searched_on"] if day})
    return (
        place.language.say("unknown.searched", dates=", ".join(place.language.date(day) for day in days))
        if days
        else ""
    )


def within(text: str) -> Declared:
    """Text of a table as it stands inside a sentence: the article small, a name as it is."""
    return Declared(text[0].lower() + text[1:] if text.startswith(ARTICLES) else text)
