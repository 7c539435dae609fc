"""Who signed: with a key, each line of the journal carries its signature; without one, that is said."""

import dataclasses
import json
import os
import shutil
import sys
import traceback

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import impactkit as ik
from impactkit.data.public_keys import SMALL_ORDER, fingerprint, is_public_key, names_of_keys, public_text
from impactkit.errors import ImpactkitError, RefusedData, ReportFailed
from impactkit.reports import keys, ledger
from impactkit.reports.keys import SECRETS, VARIABLE, own_key
from impactkit.reports.post import SERVER
from impactkit.reports.publish import publish
from impactkit.reports.record import outputs_of, read_record, write_record
from impactkit.reports.retract import retract
from impactkit.reports.signing import sign
from impactkit.reports.verify import examined
from impactkit.wording.language import FRENCH

ADA, BLAISE = "Ada Exemple", "Blaise Exemple"
REPORT = "aubepine"


def pem(private, encryption=None):
    hidden = encryption or forms.NoEncryption()
    return private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, hidden)


def key_file(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.fixture
def holds(tmp_path, monkeypatch):
    """Gives the key of a person, made once, to this process; its public half."""
    made = {}

    def given(name):
        path = tmp_path / f"{name}.pem"
        if name not in made:
            made[name] = key_file(path, pem(Ed25519PrivateKey.generate()))
        monkeypatch.setenv(VARIABLE, str(path))
        return own_key(FRENCH).public

    return given


@pytest.fixture
def report(built):
    return built.parent / "reports" / built.name / REPORT


def journal(report):
    return report.parent / ".signatures" / f"{report.name}.jsonl"


def lines_of(report):
    return ledger.read_ledger(FRENCH, report.parent, report.name).lines


def rewritten(report, lines):
    """The journal with these lines, their chain made anew."""
    path = journal(report)
    path.unlink()
    for line in lines:
        ledger.add(FRENCH, report.parent, report.name, dataclasses.replace(line, before=""))


def declare(folder, names):
    """Write the public keys of an evaluation into its settings."""
    rows = "".join(f'"{name}" = "{key}"\n' for name, key in names.items())
    path = folder / "evaluation.toml"
    path.write_text(path.read_text("utf-8") + f"\n[signing.keys]\n{rows}", "utf-8")


def test_a_line_signed_with_a_key_says_which(report, holds):
    key = holds(ADA)
    sign(FRENCH, report, by=ADA, as_="valide")
    line = lines_of(report)[-1]
    assert line.key == key and line.signature
    seen = examined(FRENCH, report)
    assert not seen.wrong and any(fingerprint(key) in words and ADA in words for words in seen.signers)


def test_without_a_key_that_is_said(report):
    sign(FRENCH, report, by=ADA, as_="valide")
    line = lines_of(report)[-1]
    assert (line.key, line.signature) == ("", "")
    seen = examined(FRENCH, report)
    assert not seen.wrong and any("sans clé" in words and ADA in words for words in seen.signers)
    # Journals of before keys existed have neither field, and the same hashes.
    assert "key" not in json.loads(journal(report).read_text("utf-8").splitlines()[-1])


def other_signature(line):
    return dataclasses.replace(line, signature=line.signature[:-6] + "AAAA==")


def other_key(line):
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return dataclasses.replace(line, key=public_text(stranger))


def other_name(line):
    return dataclasses.replace(line, by=BLAISE)


def no_key(line):
    return dataclasses.replace(line, key="")


def no_signature(line):
    return dataclasses.replace(line, signature="")


@pytest.mark.parametrize("change", [other_signature, other_key, other_name, no_key, no_signature])
def test_a_line_whose_signature_is_wrong_breaks_the_journal(report, holds, change):
    holds(ADA)
    sign(FRENCH, report, by=ADA, as_="valide")
    path = journal(report)
    rows = path.read_text("utf-8").splitlines(keepends=True)
    # Its hash is made anew: the chain alone would pass.
    line = change(lines_of(report)[-1])
    path.write_text("".join(rows[:-1]) + json.dumps({**line.written, "hash": line.hash}) + "\n", "utf-8")
    assert any("journal" in words for words in examined(FRENCH, report).wrong)
    with pytest.raises(ImpactkitError, match="journal"):
        publish("vallees", to="web", only=[REPORT])


def test_a_line_of_another_report_is_not_one_of_this(report, holds):
    holds(ADA)
    sign(FRENCH, report, by=ADA, as_="valide")
    (row,) = [line for line in lines_of(report) if line.key]
    first = dataclasses.replace(row, before="")
    assert keys.is_signature(row.key, row.to_sign(REPORT), row.signature)
    assert keys.is_signature(row.key, row.to_sign("bruyere"), row.signature) is False
    assert keys.is_signature(row.key, first.to_sign(REPORT), row.signature) is False


def test_a_signature_stripped_of_its_key_is_told(report, holds, monkeypatch):
    holds(ADA)
    sign(FRENCH, report, by=ADA, as_="relu")
    sign(FRENCH, report, by=ADA, as_="valide")
    monkeypatch.delenv(VARIABLE)
    path = journal(report)
    *kept, last = lines_of(report)
    bare = dataclasses.replace(last, key="", signature="")
    rows = [json.dumps({**line.written, "hash": line.hash}) + "\n" for line in (*kept, bare)]
    path.write_text("".join(rows), "utf-8")
    assert any("sans clé" in words for words in examined(FRENCH, report).wrong)
    with pytest.raises(ReportFailed, match="sans clé"):
        publish("vallees", to="web", only=[REPORT])
    # Nor can it be signed again without one; with one, it can.
    with pytest.raises(RefusedData, match="clé"):
        sign(FRENCH, report, by=BLAISE, as_="valide")
    holds(BLAISE)
    sign(FRENCH, report, by=BLAISE, as_="valide")
    assert not examined(FRENCH, report).wrong and publish("vallees", to="web", only=[REPORT]) == (REPORT,)


def test_a_journal_made_again_with_another_key_is_not_that_of_the_declared_one(built, report, holds):
    declare(built, {ADA: holds(ADA)})
    sign(FRENCH, report, by=ADA, as_="valide")
    assert not examined(FRENCH, report, evaluation="vallees").wrong
    assert any(ADA in words for words in examined(FRENCH, report, evaluation="vallees").signers)
    stranger = holds("stranger")
    lines = [dataclasses.replace(line, key="", signature="") for line in lines_of(report)]
    journal(report).unlink()
    for line in lines:
        ledger.add(FRENCH, report.parent, report.name, line, key=own_key(FRENCH))
    # Alone, it holds together: whose key it is must be known.
    seen = examined(FRENCH, report)
    assert not seen.wrong and any(fingerprint(stranger) in words for words in seen.signers)
    assert any("déclare" in words for words in examined(FRENCH, report, evaluation="vallees").wrong)
    with pytest.raises(ReportFailed, match="signing"):
        publish("vallees", to="web", only=[REPORT])


def test_a_journal_without_any_key_is_refused_where_keys_are_declared(built, report, holds, monkeypatch):
    declare(built, {ADA: holds(ADA)})
    monkeypatch.delenv(VARIABLE)
    sign(FRENCH, report, by=ADA, as_="valide")
    assert not examined(FRENCH, report).wrong and examined(FRENCH, report, evaluation="vallees").wrong
    with pytest.raises(ReportFailed, match="sans clé"):
        publish("vallees", to="web", only=[REPORT])
    holds(ADA)
    sign(FRENCH, report, by=ADA, as_="valide")
    assert publish("vallees", to="web", only=[REPORT]) == (REPORT,)


def test_a_key_signs_in_its_own_name(built, report, holds):
    declare(built, {ADA: holds(ADA), BLAISE: holds(BLAISE)})
    sign(FRENCH, report, by=ADA, as_="valide")
    assert any(BLAISE in words for words in examined(FRENCH, report, evaluation="vallees").wrong)
    with pytest.raises(ReportFailed, match=BLAISE):
        publish("vallees", to="web", only=[REPORT])


def test_files_made_again_since_are_not_those_that_a_key_signed(built, report, holds, monkeypatch, attacked):
    declare(built, {ADA: holds(ADA)})
    sign(FRENCH, report, by=ADA, as_="valide")
    monkeypatch.delenv(VARIABLE)
    # Who writes in the folder alters a table, and tells the record and the journal.
    (report / "indicators.csv").write_text("territory\nortie\n", "utf-8")
    record = dataclasses.replace(read_record(FRENCH, report), outputs=outputs_of(report))
    write_record(record, report)
    line = ledger.note(ledger.BUILT, record, ledger.hashes(report))
    ledger.add(FRENCH, report.parent, report.name, line)
    assert any("clé" in words for words in examined(FRENCH, report).uncompared)
    assert any("clé" in words for words in examined(FRENCH, report, evaluation="vallees").wrong)
    with pytest.raises(ReportFailed, match="clé"):
        publish("vallees", to="web", only=[REPORT])


@pytest.fixture
def attacked():
    """Reports built again for one question each."""


def test_what_is_built_again_alike_at_night_stays_signed(built, report, holds, monkeypatch, attacked):
    declare(built, {ADA: holds(ADA)})
    # Its settings have changed: it is built from these before it is signed.
    ik.run("vallees", only=[REPORT])
    sign(FRENCH, report, by=ADA, as_="valide")
    monkeypatch.delenv(VARIABLE)
    ik.run("vallees", only=[REPORT], force=True)
    assert not lines_of(report)[-1].key and not examined(FRENCH, report, evaluation="vallees").wrong
    holds(ADA)
    assert publish("vallees", to="web", only=[REPORT]) == (REPORT,)


def test_a_publication_says_with_which_key(built, report, holds):
    declare(built, {ADA: holds(ADA)})
    sign(FRENCH, report, by=ADA, as_="valide")
    publish("vallees", to="web", only=[REPORT])
    public = built.parent / "web" / "vallees" / REPORT
    seen = examined(FRENCH, public, evaluation="vallees")
    assert not seen.wrong and any(ADA in words for words in seen.signers)
    retract("vallees", by=ADA, why="erreur", report=REPORT, edition=1, to="web")
    last = ledger.read_ledger(FRENCH, built.parent / "web" / ".vallees", REPORT).last
    assert last.event == ledger.RETRACTED and last.key == own_key(FRENCH).public


def test_published_under_another_number_it_is_still_hers(built, report, holds, monkeypatch):
    declare(built, {ADA: holds(ADA), BLAISE: holds(BLAISE)})
    holds(ADA)
    sign(FRENCH, report, by=ADA, as_="valide")
    publish("vallees", to="web", only=[REPORT])
    shutil.rmtree(built.parent / "reports")
    notebook = built / "light.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("Bonjour", "Bonsoir"), "utf-8")
    ik.run("vallees", only=[REPORT])
    sign(FRENCH, report, by=ADA, as_="valide")
    holds(BLAISE)
    assert publish("vallees", to="web", only=[REPORT]) == (REPORT,)
    assert read_record(FRENCH, built.parent / "web" / "vallees" / REPORT).edition == 2
    # The copy of her signature under the new number is not made with his key.
    copied = [line for line in lines_of(report) if line.event == ledger.SIGNED and line.edition == 2]
    assert [line.key for line in copied] == [""]
    assert not examined(FRENCH, report, evaluation="vallees").wrong


@pytest.mark.parametrize("holder", ["nobody", "stranger"])
def test_where_keys_are_declared_one_of_them_publishes(built, report, holds, monkeypatch, holder):
    declare(built, {ADA: holds(ADA)})
    sign(FRENCH, report, by=ADA, as_="valide")
    if holder == "nobody":
        monkeypatch.delenv(VARIABLE)
    else:
        holds(holder)
    with pytest.raises(RefusedData, match="clés"):
        publish("vallees", to="web", only=[REPORT])
    assert not (built.parent / "web").exists()


PRIVATE = Ed25519PrivateKey.generate()
REFUSED = {
    "content": pem(PRIVATE),
    "folder": None,
    "empty": b"",
    "text": b"secret-" * 9,
    "elliptic": pem(ec.generate_private_key(ec.SECP256R1())),
    "locked": pem(PRIVATE, forms.BestAvailableEncryption(b"mot de passe")),
    "public": PRIVATE.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo),
    "open": pem(PRIVATE),
    "pipe": None,
    "absent": None,
}


def put(kind, tmp_path):
    """What the variable says, for each kind of key that is none."""
    path = tmp_path / f"{kind}.pem"
    if kind == "content":
        return REFUSED[kind].decode()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    elif kind != "absent":
        key_file(path, REFUSED[kind])
        path.chmod(0o640 if kind == "open" else 0o600)
    return str(path)


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_a_key_that_is_none_is_a_sentence_before_anything(built, report, tmp_path, monkeypatch, kind):
    written = put(kind, tmp_path)
    monkeypatch.setenv(VARIABLE, written)
    before = {path: path.read_bytes() for path in built.parent.rglob("*") if path.is_file()}
    tries = [
        lambda: sign(FRENCH, report, by=ADA, as_="valide"),
        lambda: publish("vallees", to="web"),
        lambda: retract("vallees", by=ADA, why="erreur", report=REPORT, edition=1),
    ]
    for attempt in tries:
        with pytest.raises(RefusedData) as refused:
            attempt()
        trace = "".join(traceback.format_exception(refused.value))
        assert VARIABLE in trace and written not in trace
        content = (REFUSED[kind] or b"").decode().splitlines()
        assert not [line for line in content if line and line in trace]
    after = {path: path.read_bytes() for path in built.parent.rglob("*") if path.is_file()}
    assert {path for path in after if path.name != ".lock"} == {
        path for path in before if path.name != ".lock"
    }
    assert all(after[path] == content for path, content in before.items() if path.name != ".lock")


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A process that has no `cryptography`."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for name in [name for name in sys.modules if name.startswith("cryptography.")]:
        monkeypatch.setitem(sys.modules, name, None)


def test_without_the_library_a_key_is_refused_in_a_sentence(report, holds, request):
    holds(ADA)
    request.getfixturevalue("bare")
    with pytest.raises(RefusedData, match="cryptography"):
        sign(FRENCH, report, by=ADA, as_="valide")
    assert len(lines_of(report)) == 1


def test_without_the_library_what_a_key_signed_is_not_believed(built, report, holds, monkeypatch, request):
    declare(built, {ADA: holds(ADA)})
    sign(FRENCH, report, by=ADA, as_="valide")
    monkeypatch.delenv(VARIABLE)
    request.getfixturevalue("bare")
    assert any("vérifiée" in words for words in examined(FRENCH, report).uncompared)
    with pytest.raises(ReportFailed, match="vérifiée"):
        publish("vallees", to="web", only=[REPORT])


def test_the_key_is_written_nowhere(built, report, holds, tmp_path, processes, attacked):
    holds(ADA)
    path = tmp_path / f"{ADA}.pem"
    secret = path.read_text("utf-8").splitlines()[1]
    done = processes.impactkit("sign", str(report), "--by", ADA, "--as", "valide", cwd=tmp_path)
    seen = processes.impactkit("verify", str(report), cwd=tmp_path)
    assert done.returncode == 0 and fingerprint(own_key(FRENCH).public) in done.stdout, done.stderr
    assert seen.returncode == 0 and fingerprint(own_key(FRENCH).public) in seen.stdout, seen.stderr
    texts = [done.stdout, done.stderr, seen.stdout, seen.stderr, repr(own_key(FRENCH))]
    texts += [
        file.read_bytes().decode("utf-8", "replace")
        for file in built.parent.rglob("*")
        if file.is_file() and file != path
    ]
    assert not [text for text in texts if secret in text or str(path) in text]


@pytest.mark.parametrize("engine", ["fork", "plain"])
def test_a_notebook_sees_no_key_and_no_password(
    valleys, write_notebook, holds, monkeypatch, processes, engine
):
    holds(ADA)
    monkeypatch.setenv(SERVER, "smtp://nom:secret@serveur.exemple.fr")
    looks = "import os; kept = [name for name in os.environ if name in SECRETS]\n"
    looks += (
        "started = [name for name in SECRETS if name.encode() in open('/proc/self/environ', 'rb').read()]\n"
    )
    looks += "assert not kept + started, (kept, started)"
    write_notebook(valleys / "light.ipynb", middle=f"SECRETS = {SECRETS!r}\n{looks}")
    summary = ik.run("vallees", only=[REPORT], engine=engine)
    assert not summary.failed, summary.failed[0].sentence(FRENCH)
    # What a machine builds at night is signed by nobody.
    assert not any(line.key for line in lines_of(valleys.parent / "reports" / "vallees" / REPORT))
    assert os.environ[VARIABLE] and SERVER in SECRETS


def test_openssl_makes_the_key_that_the_page_says(repo, tmp_path, monkeypatch, processes):
    """The two commands of docs/publier.md, as they are typed."""
    page = (repo / "docs" / "publier.md").read_text("utf-8")
    typed = [
        line for line in page.splitlines() if "openssl" in line and line.startswith(("(umask", "openssl"))
    ]
    made, shown = typed
    processes.run(["sh", "-c", made], cwd=tmp_path, check=True)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cle.pem"))
    written = processes.run(["sh", "-c", shown], cwd=tmp_path, check=True)
    assert own_key(FRENCH).public in written.stdout.splitlines()
    digest = "openssl pkey -in cle.pem -pubout -outform DER | sha256sum"
    printed = processes.run(["sh", "-c", digest], cwd=tmp_path, check=True)
    assert printed.stdout.startswith(fingerprint(own_key(FRENCH).public).replace(" ", ""))


@pytest.mark.parametrize(
    "rows",
    ['"" = "{a}"', '"Ada" = "{a}"\n"Blaise" = "{a}"', '"Ada" = "MCow"', '"Ada" = 3', '"Ada" = "{a} "'],
)
def test_keys_that_are_none_are_refused_in_the_settings(valleys, holds, rows):
    path = valleys / "evaluation.toml"
    written = rows.replace("{a}", holds(ADA))
    path.write_text(path.read_text("utf-8") + f"\n[signing.keys]\n{written}\n", "utf-8")
    with pytest.raises(RefusedData, match="signing"):
        ik.load("vallees")


@pytest.mark.parametrize("height", SMALL_ORDER)
@pytest.mark.parametrize("sign_of_x", [0, 0x80])
def test_a_key_for_which_anybody_can_sign_is_none(height, sign_of_x):
    raw = bytes.fromhex(height)
    assert not is_public_key(public_text(bytes((*raw[:-1], raw[-1] | sign_of_x))))


def test_declared_keys_have_names(valleys, holds):
    key = holds(ADA)
    declare(valleys, {"Ada  Exemple": key})
    assert names_of_keys(ik.load("vallees").signing) == {key: ADA}
