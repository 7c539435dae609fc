"""Names of territories that read otherwise than they are written: signs that nobody sees, letters of two
alphabets in one word, two names that look the same.
"""

import unicodedata
from collections.abc import Iterator, Mapping

import pandas as pd

from impactkit.data.check_schema import Fault
from impactkit.wording.language import Language

Tables = Mapping[str, pd.DataFrame]
# Letters of a name, and of a code, which names folders and files.
MOST_NAME, MOST_CODE = 200, 64
# Controls, marks of direction or of joining, private and unassigned signs, ends of lines.
UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "FULLWIDTH")
# Letters of other alphabets that look like ours.
ALIKE = str.maketrans("авеіјкмнорстухѕԁɡαβεικνορτυχ", "abeijkmhopctyxsdgabeikvoptux")


def name_faults(language: Language, tables: Tables) -> Iterator[Fault]:
    """Codes and names of territories under which one could pass for another, or for none."""
    frame = tables.get("territories")
    if frame is None or not {"territory", "name"} <= set(frame):
        return
    seen: dict[str, tuple[str, str]] = {}
    for row, (code, name) in enumerate(zip(frame["territory"], frame["name"], strict=True)):
        if len(code) > MOST_CODE:
            yield Fault(
                "territories", row, "territory", code, *language.advice("check.code-long", most=MOST_CODE)
            )
        for key in _wrong(name):
            yield Fault("territories", row, "name", name, *language.advice(key, most=MOST_NAME))
        letters = letters_of(name)
        first, written = seen.setdefault(letters.translate(ALIKE), (code, letters))
        # Two may bear one name; none is written in the letters of another alphabet to pass for it.
        if written != letters:
            yield Fault("territories", row, "name", name, *language.advice("check.name-alike", other=first))


def _wrong(name: str) -> Iterator[str]:
    if len(name) > MOST_NAME:
        yield "check.name-long"
    if any(unicodedata.category(letter) in UNSEEN for letter in name):
        yield "check.name-unseen"
    if any(len(_alphabets(word)) > 1 for word in name.split()):
        yield "check.name-mixed"


def _alphabets(word: str) -> set[str]:
    """The alphabets of a word's letters, those that are easily taken for one another."""
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    return names & set(ALPHABETS)


def letters_of(name: str) -> str:
    """The letters and figures of a name, without accents, in one case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(filter(str.isalnum, plain))
