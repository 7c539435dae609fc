"""An edition is a number that was published, never a content: it is borne once, sent once, erased never."""

import shutil

import pytest

import impactkit as ik
from impactkit.reports.mail import send
from impactkit.reports.publish import publish
from impactkit.reports.record import read_record
from impactkit.reports.signing import sign
from impactkit.reports.verify import verify
from impactkit.wording.language import FRENCH


@pytest.fixture(autouse=True)
def attacked():
    """Every attack of this module builds its own reports: minutes together."""


@pytest.fixture
def say(built, write_notebook):
    """Build a greeting, sign it; the folder of its report."""
    report = built.parent / "reports" / built.name / "aubepine"

    def said(greeting):
        write_notebook(built / "light.ipynb", parameters=f'greeting = "{greeting}"')
        ik.run("vallees", only=["aubepine"])
        sign(FRENCH, report, by="Ada Exemple", as_="valide")
        return report

    return said


def public(tmp_path):
    web = tmp_path / "web" / "vallees"
    kept = web / "editions" / "aubepine"
    folders = [*(sorted(kept.iterdir()) if kept.is_dir() else ()), web / "aubepine"]
    greetings = []
    for folder in folders:
        assert verify(folder)[1] == ()
        text = (folder / "report.html").read_text("utf-8")
        (greeting,) = (word for word in ("Bonjour", "Bonsoir", "Salut") if word in text)
        number = read_record(FRENCH, folder).edition
        assert f"édition {number} du" in text
        greetings.append((number, greeting))
    return greetings


def test_what_is_said_again_is_a_new_edition(say, tmp_path):
    for greeting in ("Bonjour", "Bonsoir", "Bonjour"):
        say(greeting)
        publish("vallees", to="web", only=["aubepine"])
    assert public(tmp_path) == [(1, "Bonjour"), (2, "Bonsoir"), (3, "Bonjour")]


def test_a_correction_is_sent(say, built, monkeypatch):
    (built / "recipients.csv").write_text("territory,address\naubepine,maire@exemple.fr\n", "utf-8")
    keys = []

    def sent(ev, todo, draft_to):
        from impactkit.reports import mail

        for report, record, person in todo:
            key = mail._key(record, person, draft_to)
            keys.append(key)
            mail.add_line(FRENCH, report.with_name(mail.SENT), {"key": key, "state": mail.DONE})
            yield mail.Letter(report.name, "maire@exemple.fr", record.edition, mail.DONE)

    monkeypatch.setattr("impactkit.reports.mail._sent", sent)
    for greeting in ("Bonjour", "Bonsoir", "Bonjour"):
        say(greeting)
        assert [letter.state for letter in send("vallees", really=True)] == ["accepted"]
        assert [letter.state for letter in send("vallees", really=True)] == ["already"]
    assert len(set(keys)) == 3


def test_reports_built_anew_erase_no_published_edition(say, tmp_path):
    say("Bonjour")
    publish("vallees", to="web", only=["aubepine"])
    shutil.rmtree(tmp_path / "reports")
    report = say("Bonsoir")
    publish("vallees", to="web", only=["aubepine"])
    assert public(tmp_path) == [(1, "Bonjour"), (2, "Bonsoir")]
    # Here too it bears its number, its signature and its journal.
    assert read_record(FRENCH, report).edition == 2 and verify(report)[1] == ()
    assert read_record(FRENCH, report).state == "validé"
    shutil.rmtree(tmp_path / "reports")
    say("Bonsoir")
    publish("vallees", to="web", only=["aubepine"])
    assert public(tmp_path) == [(1, "Bonjour"), (2, "Bonsoir")]
    say("Salut")
    publish("vallees", to="web", only=["aubepine"])
    assert public(tmp_path) == [(1, "Bonjour"), (2, "Bonsoir"), (3, "Salut")]


def test_what_was_never_published_is_not_missed(say, tmp_path):
    say("Bonjour")
    publish("vallees", to="web", only=["aubepine"])
    say("Bonsoir")
    say("Salut")
    publish("vallees", to="web", only=["aubepine"])
    assert [greeting for _, greeting in public(tmp_path)] == ["Bonjour", "Salut"]


def test_a_lost_report_does_not_take_its_number_again(say):
    report = say("Bonjour")
    say("Bonsoir")
    shutil.rmtree(report)
    say("Salut")
    assert read_record(FRENCH, report).edition == 3
    kept = report.parent / "editions" / "aubepine"
    assert "Bonjour" in (kept / "1" / "report.html").read_text("utf-8")


def test_two_editions_under_one_number_both_stay(say):
    """The journal was lost: the kept edition is not erased by another of its number."""
    report = say("Bonjour")
    say("Bonsoir")
    shutil.rmtree(report.parent / ".signatures")
    shutil.rmtree(report)
    say("Salut")
    say("Bonjour")
    texts = [path.read_text("utf-8") for path in (report.parent / "editions").rglob("report.html")]
    assert sorted("Salut" in text for text in texts) == [False, True]
