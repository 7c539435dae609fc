"""What is validated goes out, whole, once; the rest is refused by its name."""

import os
import subprocess
import sys

import pytest
from reports.mail_server import mail_server

import impactkit as ik
from impactkit.errors import RefusedData, ReportFailed, UnknownName
from impactkit.reports.mail import send
from impactkit.reports.publish import publish
from impactkit.reports.signing import sign
from impactkit.reports.verify import verify
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")


@pytest.fixture
def reports(built):
    return built.parent / "reports" / built.name


def signed(reports, *codes):
    for code in codes:
        sign(FRENCH, reports / code, by="Ada Exemple", as_="valide")


def test_what_is_not_validated_is_refused_by_its_name(reports, tmp_path, processes):
    signed(reports, "aubepine")
    sign(FRENCH, reports / "bruyere", by="Ada Exemple", as_="relu")
    with pytest.raises(RefusedData) as refused:
        publish("vallees", to=tmp_path / "web")
    assert "brouillon" in str(refused.value) and "chevrefeuille" in str(refused.value)
    assert "relu\u202f: bruyere" in str(refused.value) and "aubepine" not in refused.value.what
    assert not (tmp_path / "web").exists()
    done = processes.run(
        [sys.executable, "-m", "impactkit", "publish", "vallees", "--to", "web"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "chevrefeuille" in done.stderr


def test_a_publication_is_whole_and_checks(reports, tmp_path, processes):
    signed(reports, "aubepine", "bruyere")
    assert publish("vallees", to=tmp_path / "web", only=["aubepine"]) == ("aubepine",)
    web = tmp_path / "web" / "vallees"
    assert verify(web / "aubepine")[1] == () and not (web / "bruyere").exists()
    page = (web / "index.html").read_text("utf-8")
    assert 'href="aubepine/report.pdf"' in page and "pas encore publié" in page and "brouillon," not in page
    # A second adds to the first.
    assert publish("vallees", to=tmp_path / "web", only=["bruyere"]) == ("bruyere",)
    assert {path.name for path in web.iterdir()} == {"aubepine", "bruyere", "index.html", "SHA256SUMS"}
    processes.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=web, check=True, capture_output=True
    )
    with pytest.raises(UnknownName):
        publish("vallees", to=tmp_path / "web", only=["aubepin"])


def test_old_editions_stay(reports, valleys, write_notebook, tmp_path, processes):
    signed(reports, *CODES)
    publish("vallees", to=tmp_path / "web")
    write_notebook(valleys / "light.ipynb", parameters='greeting = "Bonsoir"')
    ik.run("vallees", only=["aubepine"])
    with pytest.raises(RefusedData, match="aubepine"):
        publish("vallees", to=tmp_path / "web")
    signed(reports, "aubepine")
    publish("vallees", to=tmp_path / "web", only=["aubepine"])
    web = tmp_path / "web" / "vallees"
    assert "Bonsoir" in (web / "aubepine" / "report.html").read_text("utf-8")
    assert "Bonjour" in (web / "editions" / "aubepine" / "1" / "report.html").read_text("utf-8")
    processes.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=web, check=True, capture_output=True
    )


def test_a_changed_file_or_a_taken_name_stops_it(reports, tmp_path):
    signed(reports, *CODES)
    (tmp_path / "web" / "vallees").mkdir(parents=True)
    with pytest.raises(RefusedData, match="pris"):
        publish("vallees", to=tmp_path / "web")
    (reports / "bruyere" / "report.pdf").write_bytes(b"%PDF")
    with pytest.raises(ReportFailed, match="report.pdf"):
        publish("vallees", to=tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_who_reads_sees_the_old_or_the_new(reports, tmp_path, monkeypatch):
    signed(reports, *CODES)
    publish("vallees", to=tmp_path / "web")
    before = sorted(os.listdir(tmp_path / "web" / "vallees"))

    def cut(*_):
        raise OSError("coupé")

    monkeypatch.setattr("impactkit.reports.publish._switch", cut)
    with pytest.raises(OSError, match="coupé"):
        publish("vallees", to=tmp_path / "web")
    assert sorted(os.listdir(tmp_path / "web" / "vallees")) == before
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert publish("vallees", to=tmp_path / "web") == CODES


@pytest.fixture
def server(tmp_path, monkeypatch, processes):
    (tmp_path / "tls").mkdir()
    with mail_server(tmp_path / "tls") as (kept, address, cert):
        monkeypatch.setenv("IMPACTKIT_SMTP", address)
        monkeypatch.setenv("IMPACTKIT_SMTP_CA", str(cert))
        monkeypatch.setenv("IMPACTKIT_MAIL_FROM", "Observatoire <mesure@exemple.fr>")
        yield kept


@pytest.fixture
def recipients(valleys):
    text = (
        "territory,address\naubepine,maire@exemple.fr\naubepine,prefet@exemple.fr\nbruyere,elue@exemple.fr\n"
    )
    (valleys / "recipients.csv").write_text(text, "utf-8")


def test_nothing_leaves_without_being_asked(reports, recipients, server):
    signed(reports, "aubepine", "bruyere")
    assert [one.state for one in send("vallees")] == ["would"] * 3
    assert server.arrived == [] and not (reports / "sent.jsonl").exists()


def test_each_report_goes_to_its_own_once(reports, recipients, server):
    signed(reports, "aubepine", "bruyere")
    assert [one.state for one in send("vallees", really=True)] == ["accepted"] * 3
    assert [to for to, _ in server.arrived] == ["maire@exemple.fr", "prefet@exemple.fr", "elue@exemple.fr"]
    message = server.arrived[0][1]
    (pdf,) = message.iter_attachments()
    assert pdf.get_filename() == "aubepine-edition-1.pdf"
    assert pdf.get_content() == (reports / "aubepine" / "report.pdf").read_bytes()
    text = message.get_body(("plain",)).get_content()
    assert "Aubépine" in text and "validé par Ada Exemple" in text and "inventés" in text
    assert [one.state for one in send("vallees", really=True)] == ["already"] * 3
    assert len(server.arrived) == 3


def test_a_refusal_is_reported_and_stops_no_other(reports, recipients, server):
    signed(reports, "aubepine", "bruyere")
    server.refused = {"maire@exemple.fr"}
    found = send("vallees", really=True)
    assert [one.state for one in found] == ["refused", "accepted", "accepted"]
    assert "550" in found[0].words and "inconnu ici" in found[0].words
    server.refused = set()
    assert [one.state for one in send("vallees", really=True)].count("accepted") == 1
    assert len(server.arrived) == 3


def test_a_send_that_was_cut_is_not_tried_again_unasked(reports, recipients, server, processes):
    signed(reports, "aubepine", "bruyere")
    command = [sys.executable, "-m", "impactkit", "publish", "vallees", "--mail", "--send"]
    driver = processes.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server.before = driver.kill
    driver.wait()
    server.before = lambda: None
    # Of the first nobody knows; the others are sent once, and it is said.
    found = send("vallees", really=True)
    assert [one.state for one in found].count("unsure") == 1 and [one.state for one in found].count(
        "accepted"
    ) == 2
    arrived = len(server.arrived)
    assert [one.state for one in send("vallees", really=True, again=True)].count("accepted") == 1
    assert len(server.arrived) == arrived + 1
    names = [message["Message-ID"] for _, message in server.arrived]
    assert len(set(names)) == 3


def test_drafts_go_to_one_address_and_say_so(reports, server):
    assert [one.state for one in send("vallees", draft_to="moi@exemple.fr", really=True)] == ["accepted"] * 3
    assert {to for to, _ in server.arrived} == {"moi@exemple.fr"}
    assert server.arrived[0][1]["Subject"].startswith("Brouillon")
    with pytest.raises(RefusedData):
        send("vallees", draft_to="moi", really=True)


@pytest.mark.parametrize(
    "text, cell",
    [
        ("territory,address\naubepine,maire\n", "B2"),
        ("territory,address\naubepin,a@exemple.fr\n", "A2"),
        ("territoire,adresse\n", "recipients.csv"),
        (None, "recipients.csv"),
    ],
)
def test_wrong_recipients_are_told_before_anything_leaves(reports, valleys, server, text, cell):
    signed(reports, *CODES)
    if text:
        (valleys / "recipients.csv").write_text(text, "utf-8")
    with pytest.raises(RefusedData, match=cell):
        send("vallees", really=True)
    assert server.arrived == []


def test_without_tls_or_password_nothing_leaves(reports, recipients, server, monkeypatch):
    signed(reports, "aubepine", "bruyere")
    good = os.environ["IMPACTKIT_SMTP"]
    for wrong in (good.replace("secret", "faux"), "http://localhost", ""):
        monkeypatch.setenv("IMPACTKIT_SMTP", wrong)
        with pytest.raises(RefusedData):
            send("vallees", really=True)
    monkeypatch.setenv("IMPACTKIT_SMTP", good)
    monkeypatch.delenv("IMPACTKIT_SMTP_CA")
    with pytest.raises(RefusedData, match="CERTIFICATE_VERIFY_FAILED|certificate"):
        send("vallees", really=True)
    assert server.arrived == []
