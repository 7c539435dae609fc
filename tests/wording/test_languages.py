"""A language is a value: evaluations in several languages, read in any order, or at once, never mix."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

import impactkit as ik
from impactkit.display.prose import TOPICS
from impactkit.wording import catalogue

MARK = "Ω"

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "when.day"
msgstr "am {date}"

msgid "known.label.day"
msgstr "Das Label wurde am {date} vergeben."

msgid "shown.code"
msgstr "Schlüssel"

msgid "noun.chart"
msgstr "die Grafik"
"""


@pytest.fixture
def several(small, tmp_path, monkeypatch):
    """Three evaluations of one content: in French, in a begun German, in French with its own words."""
    shipped = Path(catalogue.__file__).with_name("locale")
    folder = tmp_path / "locale"
    shutil.copytree(shipped, folder)
    german = folder / "de" / "LC_MESSAGES"
    german.mkdir(parents=True)
    (german / "impactkit.po").write_text(GERMAN, "utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", folder)
    catalogue._messages.cache_clear()
    yield (
        small({}),
        small({}, more='language = "de"'),
        small({}, more='[words]\n"le label" = "le prix"'),
    )
    catalogue._messages.cache_clear()


@pytest.fixture
def marked(repo, tmp_path, monkeypatch):
    """The invented evaluation in a language each sentence of which begins with a mark."""
    shipped = Path(catalogue.__file__).with_name("locale")
    folder = tmp_path / "locale"
    shutil.copytree(shipped, folder)
    with (folder / "fr" / "LC_MESSAGES" / "impactkit.po").open("rb") as file:
        messages = read_po(file, locale="fr")
    for message in messages:
        text = message.string
        if message.id:
            message.string = MARK + text if isinstance(text, str) else tuple(MARK + form for form in text)
    messages.locale = "de"
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "de" / "LC_MESSAGES" / "impactkit.po").open("wb") as file:
        write_po(file, messages)
    monkeypatch.setattr(catalogue, "_FOLDER", folder)
    catalogue._messages.cache_clear()
    home = shutil.copytree(repo / "data" / "demo", tmp_path / "markiert")
    settings = (home / "evaluation.toml").read_text("utf-8")
    assert 'language = "fr"' in settings
    (home / "evaluation.toml").write_text(settings.replace('language = "fr"', 'language = "de"'), "utf-8")
    yield ik.load(home)
    catalogue._messages.cache_clear()


LABEL = (
    "Le label a été attribué le 1er mars 2019.",
    "Das Label wurde am 1. März 2019 vergeben.",
    "Le prix a été attribué le 1er mars 2019.",
)


def _labels(ev):
    return str(ik.say(ev.territory("a"), about="label"))


def test_each_speaks_its_own_whoever_was_read_last(several):
    for _ in range(2):
        for ev, words in zip(several, LABEL, strict=True):
            assert _labels(ev).startswith(words)


def test_what_was_made_of_one_keeps_its_language_once_another_was_read(several):
    french, german, _ = several
    made = german.territory("a")
    ik.say(french.territory("a"), about="label")
    assert "Schlüssel" in made._repr_html_()
    with pytest.raises(ik.UnknownName, match="die Grafik"):
        ik.chart(made, kind="none")


def test_threads_do_not_mix(several):
    work = [at for _ in range(40) for at in range(len(several))]
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda at: _labels(several[at]), work))
    assert all(words.startswith(LABEL[at]) for at, words in zip(work, heard, strict=True))


@pytest.mark.parametrize("topic", TOPICS)
def test_no_paragraph_speaks_another_language(marked, topic):
    """Of a territory that knows all, and of a candidate: each paragraph has a sentence of its language."""
    heard = 0
    for place in marked.territories:
        for block in ik.say(place, about=topic).blocks:
            words = "".join(run["t"] for run in block["runs"])
            heard += 1
            assert words.startswith(MARK), (place.code, topic, words)
    assert heard


def test_problems_are_said_in_the_language_of_the_evaluation(marked, monkeypatch):
    from impactkit.data import check

    monkeypatch.setattr(check, "MOST", 0)
    table = marked.folder / "projects.csv"
    table.write_text(table.read_text("utf-8").replace(",launched,", ",rêvé,"), "utf-8")
    problems = ik.check(marked.folder)
    assert problems and all(MARK in problem.expected for problem in problems)
