"""Destinataires mal écrits, noms piégés, serveur qui part : chacun sa lettre, une fois, ou une raison."""

import json
import os

import pytest
from reports.mail_server import mail_server

from impactkit.data.begin import new_workbook
from impactkit.errors import RefusedData
from impactkit.reports import post as posting
from impactkit.reports.mail import send
from impactkit.reports.recipients import of_cell
from impactkit.reports.signing import sign
from impactkit.wording.language import FRENCH


@pytest.fixture
def reports(built):
    folder = built.parent / "reports" / built.name
    for code in ("aubepine", "bruyere"):
        sign(FRENCH, folder / code, by="Ada Exemple", as_="valide")
    return folder


@pytest.fixture
def server(tmp_path, monkeypatch, processes):
    (tmp_path / "tls").mkdir()
    with mail_server(tmp_path / "tls", accents=False) as (kept, address, cert):
        monkeypatch.setenv("IMPACTKIT_SMTP", address)
        monkeypatch.setenv("IMPACTKIT_SMTP_CA", str(cert))
        monkeypatch.setenv("IMPACTKIT_MAIL_FROM", "Observatoire <mesure@exemple.fr>")
        yield kept


def journal(reports):
    path = reports / "sent.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


FORMS = (
    "maire@exemple.fr",
    "MAIRE@Exemple.FR",
    "Le maire <maire@exemple.fr>",
    " maire@exemple.fr. ",
    '"maire"@exemple.fr',
    "maire@exemple.fr (mairie)",
    "<maire@exemple.fr>",
    "maire@\u200bexemple.fr",
)


@pytest.mark.parametrize("form", FORMS)
def test_an_address_has_one_form(form):
    (person,) = of_cell(FRENCH, "a", form, "B2")
    assert (person.key, person.wrong) == ("maire@exemple.fr", "")


def test_a_host_has_one_form():
    keys = {
        of_cell(FRENCH, "a", form, "").__next__().key
        for form in ("a@Épinal.fr", "a@xn--pinal-9ra.fr", "a@e\u0301pinal.fr")
    }
    assert keys == {"a@xn--pinal-9ra.fr"}


@pytest.mark.parametrize(
    "cell",
    [
        "maire",
        "@exemple.fr",
        "a@",
        "a@@exemple.fr",
        "a b@exemple.fr",
        "a@exemple.fr b@exemple.fr",
        "a@exem ple.fr",
        "a@-exemple.fr",
        "a..b@exemple.fr",
        ".a@exemple.fr",
        "a@exemple",
        "a@[127.0.0.1]",
        "mailto:a@exemple.fr",
        "équipe: a@exemple.fr;",
        "x" * 65 + "@exemple.fr",
        "a@" + "x" * 64 + ".fr",
        "a@" + "é" * 80 + ".fr",
        "Ada\n<a@exemple.fr>",
        "Ada\u2028 <a@exemple.fr>",
        "Ada\u2029 <a@exemple.fr>",
        "Ada\x1b[31m <a@exemple.fr>",
        "a@exemple.fr\r\nBcc: b@exemple.fr",
        "\ud800@exemple.fr",
        "<a@exemple.fr",
        "a@exemple.fr>",
        "",
    ],
)
def test_what_is_no_address_says_so(cell):
    people = list(of_cell(FRENCH, "a", cell, "B2"))
    assert people and all(person.wrong for person in people)


def test_several_addresses_in_a_cell_are_several(reports, valleys, server):
    cell = '"Ada <a@exemple.fr>; B@exemple.fr, c@exemple.fr;"'
    (valleys / "recipients.csv").write_text(f"territory,address\naubepine,{cell}\n", "utf-8")
    letters = send("vallees", really=True)
    assert [(one.address, one.state) for one in letters] == [
        ("a@exemple.fr", "accepted"),
        ("B@exemple.fr", "accepted"),
        ("c@exemple.fr", "accepted"),
    ]
    assert [to for to, _ in server.arrived] == [one.address for one in letters]


def test_one_address_gets_one_letter_whatever_its_form(reports, valleys, server):
    lines = "".join(
        f'aubepine,"{form}"\n'.replace('""maire""', '"""maire"""') for form in FORMS[:5] if '"' not in form
    )
    (valleys / "recipients.csv").write_text(f"territory,address\n{lines}", "utf-8")
    assert [one.state for one in send("vallees", really=True)] == ["accepted"]
    again = lines.splitlines()[1] + "\n"
    (valleys / "recipients.csv").write_text(f"territory,address\n{again}", "utf-8")
    assert [one.state for one in send("vallees", really=True)] == ["already"]
    assert len(server.arrived) == 1


def test_what_cannot_be_sent_stops_nobody_and_is_not_in_the_journal(reports, valleys, server):
    wrong = ["maire", '"Ada\u2028 <a@exemple.fr>"', '"Ada\n <b@exemple.fr>"', "prénom@exemple.fr"]
    lines = "".join(f"aubepine,{cell}\n" for cell in wrong)
    text = f"territory,address\n{lines}aubepine,maire@exemple.fr\nbruyere,elue@exemple.fr\n"
    (valleys / "recipients.csv").write_text(text, "utf-8")
    letters = send("vallees", really=True)
    assert [one.state for one in letters] == ["refused"] * 4 + ["accepted"] * 2
    assert "B2" in letters[0].words and "accent" in letters[3].words
    assert {line["address"] for line in journal(reports)} == {"maire@exemple.fr", "elue@exemple.fr"}
    assert [to for to, _ in server.arrived] == ["maire@exemple.fr", "elue@exemple.fr"]


def test_a_broken_name_of_a_territory_stops_no_other(reports, valleys, server, monkeypatch):
    from impactkit.data.evaluation import Evaluation

    usual = Evaluation.name_of
    names = {"aubepine": "Aubépine\u2028Bcc: x@exemple.fr", "bruyere": "Bruyère\x1b[31m rouge"}
    monkeypatch.setattr(Evaluation, "name_of", lambda ev, code: names.get(code) or usual(ev, code))
    text = "territory,address\naubepine,maire@exemple.fr\nbruyere,elue@exemple.fr\n"
    (valleys / "recipients.csv").write_text(text, "utf-8")
    letters = send("vallees", really=True)
    assert [one.state for one in letters] == ["refused", "accepted"]
    assert {line["territory"] for line in journal(reports)} == {"bruyere"}
    assert "\x1b" not in server.arrived[0][1]["Subject"] and "[31m" not in server.arrived[0][1]["Subject"]


@pytest.mark.parametrize("line", [b"1", b"[]", b'{"key": 1}', b'{"key": []}', b"\xff\xfe", b"[" * 100_000])
def test_a_foreign_line_of_the_journal_stops_nothing(reports, valleys, server, line):
    (valleys / "recipients.csv").write_text("territory,address\naubepine,maire@exemple.fr\n", "utf-8")
    assert [one.state for one in send("vallees", really=True)] == ["accepted"]
    journal_file = reports / "sent.jsonl"
    journal_file.write_bytes(line + b"\n" + journal_file.read_bytes())
    assert [one.state for one in send("vallees", really=True)] == ["already"]


def test_a_server_that_leaves_is_called_again(reports, valleys, server, monkeypatch):
    import smtplib

    text = "territory,address\naubepine,maire@exemple.fr\nbruyere,elue@exemple.fr\n"
    (valleys / "recipients.csv").write_text(text, "utf-8")
    usual, calls = smtplib.SMTP.sendmail, []

    def leaving(self, *words):
        calls.append(words[1])
        if len(calls) == 1:
            raise smtplib.SMTPServerDisconnected("gone")
        return usual(self, *words)

    monkeypatch.setattr(smtplib.SMTP, "sendmail", leaving)
    assert [one.state for one in send("vallees", really=True)] == ["unsure", "accepted"]
    assert [line["state"] for line in journal(reports)] == ["sending", "sending", "accepted"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"territory,address\naubepine,maire@exemple.fr\naubepine\n", "ligne 3"),
        ("territory,address\naubepine,maire@exemple.fr\naubepine,prénom@exemple.fr\n".encode("cp1252"), "3"),
    ],
)
def test_a_wrong_line_is_named(reports, valleys, server, content, line):
    (valleys / "recipients.csv").write_bytes(content)
    with pytest.raises(RefusedData, match=line) as caught:
        send("vallees", really=True)
    assert "codec" not in str(caught.value) and server.arrived == []


SECRET = "mot/p@sse%:é"
ADDRESSES = {
    "smtp://ada:mot/passe@host": "mot/passe",
    "smtp://ada:mot%2Fpasse@host": "mot/passe",
    "smtps://ada:a@b:c@host:465/": "a@b:c",
    "smtp://host": "",
    "smtp://[::1]:2525": "",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_is_read_as_written_or_encoded(monkeypatch, address):
    monkeypatch.setenv("IMPACTKIT_SMTP", address)
    place = posting.post(FRENCH)
    assert place.password == ADDRESSES[address]
    assert not place.password or place.password not in repr(place)


@pytest.mark.parametrize(
    "address",
    [
        "smtp://ada:secret@host:port",
        "smtp://ada:secret@",
        "http://a:secret@h",
        "smtp://a:secret@h:99999",
        "secret",
    ],
)
def test_a_server_that_does_not_read_is_not_repeated(monkeypatch, address):
    monkeypatch.setenv("IMPACTKIT_SMTP", address)
    with pytest.raises(RefusedData) as caught:
        posting.post(FRENCH)
    assert "secret" not in str(caught.value)


def test_a_password_is_in_no_traceback(processes, repo, server, tmp_path):
    host = os.environ["IMPACTKIT_SMTP"].rpartition("@")[2]
    code = "from impactkit.reports.post import opened, post\n"
    code += "from impactkit.wording.language import FRENCH\nopened(FRENCH, post(FRENCH))"
    for written in ("mot/passe", "mot%2Fpasse", "mot-pass\u00e9"):
        env = {**os.environ, "IMPACTKIT_SMTP": f"smtp://ada:{written}@{host}"}
        done = processes.python("-c", code, env=env, cwd=tmp_path)
        assert done.returncode == 1 and "RefusedData" in done.stderr
        for part in ("mot/", "mot%2F", "/passe", "mot-pass", "2Fpasse"):
            assert part not in done.stderr


def test_what_a_server_repeats_of_the_password_is_masked():
    place = posting.Post("smtp", "host", 587, "ada", "secret")
    import base64

    for said in ("secret", base64.b64encode(b"\0ada\0secret").decode()):
        assert said not in place.masked(f"535 {said} refused")


def test_a_server_that_takes_accents_gets_them(reports, valleys, tmp_path, monkeypatch, processes):
    (tmp_path / "wide").mkdir()
    (valleys / "recipients.csv").write_text("territory,address\naubepine,prénom@exemple.fr\n", "utf-8")
    monkeypatch.setenv("IMPACTKIT_MAIL_FROM", "mesure@exemple.fr")
    with mail_server(tmp_path / "wide") as (kept, address, cert):
        monkeypatch.setenv("IMPACTKIT_SMTP", address)
        monkeypatch.setenv("IMPACTKIT_SMTP_CA", str(cert))
        assert [one.state for one in send("vallees", really=True)] == ["accepted"]
    assert [to for to, _ in kept.arrived] == ["prénom@exemple.fr"]


def test_recipients_are_out_of_git(repo, tmp_path, processes):
    new_workbook(tmp_path / "essai")
    processes.run(["git", "init", "-q", tmp_path])
    for folder, root in ((repo / "data" / "demo", repo), (tmp_path / "essai", tmp_path)):
        done = processes.run(["git", "check-ignore", "-q", folder / "recipients.csv"], cwd=root)
        assert done.returncode == 0
