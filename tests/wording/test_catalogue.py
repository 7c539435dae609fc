"""The catalogue: every key that the code asks exists, and no sentence says more than it may."""

import ast
import re

import pytest
from babel.messages.pofile import read_po

from impactkit.wording.catalogue import Declared, french_spaces
from impactkit.wording.language import FRENCH

# What these say is two sentences: what is wrong, and what to do.
WITH_NEXT = ("advice",)
ASKING = ("say", "runs", "filled", "told", *WITH_NEXT)
NAMES = ("French Impact", "mesure d’impact territorial", "data/french-impact", "impactkit")


def _messages(repo):
    with (repo / "src/impactkit/wording/locale/fr/LC_MESSAGES/impactkit.po").open("rb") as file:
        return [message for message in read_po(file) if message.id]


def _literal(call, at):
    """The key that a call names in the code; "" where it is built."""
    key = call.args[at] if len(call.args) > at else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _texts(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


# The sentences that may say it: they are chosen only when every test was passed.
EARNED = ("gap.effect", "gap.effect.one", "gap.effect.none", "gap.selected", "gap.exaggeration")
EARNED += ("claim.effect", "together.effect")
# What it would take to say it, or why it is not said.
DENIED = re.compile(
    r"pour parler d.effet|(?:pourrait être|ne pourrait) (?:être )?appelé effet"
    r"|pas (?:interprété )?(?:comme )?un effet|pas d.effet de la labellisation à mesurer"
    r"|Intervalle de l.effet",
    re.IGNORECASE,
)


def test_no_sentence_of_the_catalogue_says_effet_or_impact(repo):
    for message in _messages(repo):
        if (message.id[0] if isinstance(message.id, tuple) else message.id) in EARNED:
            continue
        for text in _texts(message):
            bare = DENIED.sub("", french_spaces(text))
            for name in NAMES:
                bare = re.sub(re.escape(name), "", bare, flags=re.IGNORECASE)
            words = re.findall(r"\b(effets?|impacts?)\b", bare, flags=re.IGNORECASE)
            assert not words, (message.id, text)


def test_every_key_asked_by_the_code_is_in_the_catalogue(repo):
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in _messages(repo)}
    asked = set()
    for file in (repo / "src/impactkit").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ASKING:
                key = _literal(node, 1 if name == "filled" else 0)
                asked |= {key, f"{key}.next"} if name in WITH_NEXT and key else {key} - {""}
    assert asked and not asked - known


def test_plural_forms_follow_french():
    assert FRENCH.say("head.communes", n=1, count="1") == "1 commune"
    assert FRENCH.say("head.communes", n=0, count="0") == "0 commune"
    assert FRENCH.say("head.communes", n=2, count="2") == "2 communes"


def test_declared_text_keeps_its_mark_and_its_letters():
    sentence = FRENCH.runs("declared.target", target=Declared("l'ordre de 10 % : à voir"))
    assert [run.text for run in sentence if run.declared] == ["l'ordre de 10 % : à voir"]


def test_spaces_are_set_once():
    text = "« Qui ? » : 5 %, l'an"
    assert (
        french_spaces(text)
        == french_spaces(french_spaces(text))
        == "«\u202fQui\u202f?\u202f»\u202f: 5\u202f%, l’an"
    )


def test_an_unknown_key_or_an_empty_hole_is_an_error():
    with pytest.raises(KeyError):
        FRENCH.say("no.such.key")
    with pytest.raises(KeyError):
        FRENCH.say("declared.target")
