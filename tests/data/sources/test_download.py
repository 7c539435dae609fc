"""Fetching from a server of this machine: tired, lying, cut, slow, killed."""

import datetime as dt
import gzip
import io
import json
import os
import signal
import sys
import threading
import time
import zipfile

import pytest
from local_server import serving
from waiting import STUCK, wait_for

import impactkit as ik
from impactkit.data.sources import transfer
from impactkit.data.sources.cache import RECORD, editions
from impactkit.data.sources.download import _following as following
from impactkit.data.sources.download import download, pages
from impactkit.data.sources.limit import Limiter
from impactkit.wording.language import FRENCH

TABLE = "code;annee;valeur\n01001;2020;1,5\n".encode("utf-8-sig")
OTHER = TABLE + b"01002;2020;2\n"


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name in names:
            book.writestr(name, "<a/>" * 1000)
    return packed.getvalue()


ZIP = zipped("a.csv")
BAD_ZIP = ZIP.replace(b"<a/>", b"<b/>", 1)
HTML = b"<!DOCTYPE html><html><body>Maintenance</body></html>"


@pytest.fixture
def site():
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(transfer, "PAUSES", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def fetched(site, cache, *, looks="csv", **rest):
    return download(
        FRENCH, site.address + "/t", cache=cache, source="essai", name="t.csv", looks=looks, **rest
    )


def test_a_file_is_fetched_then_fresh_then_changed(site, tmp_path):
    site.answers["/t"] = [
        (200, {"ETag": '"1"'}, TABLE),
        (304, {"ETag": '"1"'}, b""),
        (200, {}, TABLE),
        (200, {"ETag": '"2"'}, OTHER),
    ]
    assert [fetched(site, tmp_path)[1] for _ in range(4)] == ["new", "fresh", "fresh", "changed"]
    assert site.asked[1][2]["If-None-Match"] == '"1"'
    newest, oldest = editions(tmp_path, "essai")
    assert newest.path.read_bytes() == OTHER and oldest.path.read_bytes() == TABLE


@pytest.mark.parametrize(
    "tired",
    [
        (429, {"Retry-After": "0"}, b""),
        (429, {"Retry-After": "Mon, 23 Nov 2020 10:00:00 GMT"}, b""),
        (500, {}, b"oups"),
        (503, {}, b""),
        (200, {"Content-Length": "4000"}, TABLE),
        (200, {"Content-Encoding": "gzip"}, b"rubbish"),
        (0, {}, b""),
    ],
    ids=["429", "429 with a date", "500", "503", "truncated", "ill packed", "hung up"],
)
def test_a_tired_server_is_asked_again(site, tmp_path, tired):
    site.answers["/t"] = [tired, tired, (200, {}, TABLE)]
    edition, state = fetched(site, tmp_path)
    assert state == "new" and edition.path.read_bytes() == TABLE and len(site.asked) == 3


def test_the_server_s_patience_is_obeyed(site, tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(transfer.time, "sleep", waited.append)
    site.answers["/t"] = [
        (429, {"Retry-After": "7"}, b""),
        (429, {"Retry-After": "900"}, b""),
        (200, {}, TABLE),
    ]
    fetched(site, tmp_path)
    assert waited == [7.0, 120.0]


NOON = dt.datetime(2020, 11, 23, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        (" 900 ", 120.0),
        ("Mon, 23 Nov 2020 12:00:09 GMT", 9.0),
        ("Mon, 23 Nov 2020 12:00:09 -0000", 9.0),
        ("Mon, 23 Nov 2020 10:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2020 12:00:00 GMT", 120.0),
        ("", None),
        ("-3", None),
        ("bientôt", None),
        ("²", None),
        ("Mon, 99 Nov 2020 10:00:00 GMT", None),
    ],
)
def test_what_retry_after_asks(told, seconds):
    assert transfer.after(told, NOON) == seconds


def test_no_more_than_five_tries(site, tmp_path):
    site.answers["/t"] = [(503, {}, b"")]
    with pytest.raises(ik.SourceFailed, match="503"):
        fetched(site, tmp_path)
    assert len(site.asked) == 5


@pytest.mark.parametrize(
    ("answer", "looks", "words"),
    [
        ((200, {}, HTML), "csv", "page web"),
        ((200, {}, HTML), "xlsx", "page web"),
        ((200, {}, b"PK\x03\x04rubbish"), "xlsx", "xlsx"),
        ((200, {}, b"rubbish"), "gz", "gz"),
        ((200, {}, b'{"a": '), "json", "json"),
        ((200, {}, b""), "csv", "csv"),
        ((200, {}, b"\xef\xbb\xbf \r\n"), "csv", "vide"),
        ((200, {}, b'{"error": "too many, sorry"}'), "csv", "fichier csv"),
        ((200, {}, b"Bonjour"), "csv", "fichier csv"),
        ((200, {}, b"%PDF-1.7, a"), "csv", "fichier csv"),
        ((200, {}, b"\xd0\xcf\x11\xe0 an old workbook"), "xlsx", "xlsx"),
        ((200, {}, ZIP), "xlsx", "xlsx"),
        ((200, {}, BAD_ZIP), "zip", "abîmé"),
        ((200, {}, ZIP[:-30]), "zip", "abîmé"),
        ((200, {}, gzip.compress(TABLE)[:-9]), "gz", "abîmé"),
        ((200, {}, b"null"), "json", "json"),
        ((200, {}, b"[" * 100_000), "json", "abîmé"),
        ((200, {}, b'{"type": "Topology"}'), "geojson", "geojson"),
        ((200, {}, b"[]"), "geojson", "geojson"),
        ((204, {}, b""), "csv", "204"),
        ((403, {}, HTML), "csv", "403"),
        ((302, {}, b""), "csv", "302"),
        ((302, {"Location": "/t"}, b""), "csv", "plus de 5 fois"),
        ((302, {"Location": "ftp://127.0.0.1/t"}, b""), "csv", "ftp://"),
        ((302, {"Location": "http://"}, b""), "csv", "plus de 5 fois"),
        ((404, {}, b""), "csv", "404"),
        ((500, {}, b""), "csv", "500"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "csv", "adresse"),
        ((200, {"Content-Length": "4000"}, TABLE), "csv", "liaison"),
    ],
)
def test_what_is_not_the_file_is_refused_and_the_cache_kept(site, tmp_path, answer, looks, words):
    site.answers["/t"] = [(200, {}, TABLE)]
    fetched(site, tmp_path)
    site.answers["/t"] = [answer]
    with pytest.raises(ik.SourceFailed) as caught:
        fetched(site, tmp_path, looks=looks)
    assert words in caught.value.what and caught.value.where.startswith("http") and caught.value.next
    assert [one.path.read_bytes() for one in editions(tmp_path, "essai")] == [TABLE]
    assert not list(tmp_path.rglob("*.part"))


PACKED = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("headers", "body"), [({}, TABLE * 100), (PACKED, gzip.compress(TABLE * 100))], ids=["told", "packed"]
)
def test_a_file_too_large_is_left(site, tmp_path, headers, body):
    site.answers["/t"] = [(200, headers, body)]
    with pytest.raises(ik.SourceFailed, match="Mo"):
        fetched(site, tmp_path, most=1000)
    assert editions(tmp_path, "essai") == () and len(site.asked) == 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, TABLE * 9000), (PACKED, gzip.compress(TABLE * 9000, 0))],
    ids=["plain", "packed"],
)
def test_progress_reaches_its_total(site, tmp_path, headers, body):
    told = []
    site.answers["/t"] = [(200, headers, body)]
    edition, _ = fetched(site, tmp_path, progress=lambda *one: told.append(one))
    assert edition.path.read_bytes() == TABLE * 9000
    assert told == sorted(told) and told[-1] == (len(body), len(body))


def test_a_redirect_is_followed_with_its_conditions(site, tmp_path):
    site.answers["/t"] = [(302, {"Location": "elsewhere"}, b"")]
    site.answers["/elsewhere"] = [(200, {"ETag": '"1"'}, TABLE), (304, {}, b"")]
    assert [fetched(site, tmp_path)[1] for _ in range(2)] == ["new", "fresh"]
    assert editions(tmp_path, "essai")[0].address == site.address + "/t"


def test_no_condition_is_asked_of_another_address(site, tmp_path):
    site.answers["/t"] = [(200, {"ETag": '"1"'}, TABLE)]
    site.answers["/u"] = [(304, {}, b"")]
    fetched(site, tmp_path)
    with pytest.raises(ik.SourceFailed, match="304"):
        download(FRENCH, site.address + "/u", cache=tmp_path, source="essai", name="t.csv", looks="csv")


def test_two_runs_at_once_fetch_once(site, tmp_path):
    site.answers["/t"] = [(200, {"ETag": '"1"'}, OTHER, 0.2), (304, {}, b"")]
    states = []
    runs = [threading.Thread(target=lambda: states.append(fetched(site, tmp_path)[1])) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(30)
    assert sorted(states) == ["fresh", "new"]
    assert [one.path.read_bytes() for one in editions(tmp_path, "essai")] == [OTHER]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/t", "t.csv", "http://", ""])
def test_only_the_web_is_asked(tmp_path, address):
    with pytest.raises(ik.SourceFailed, match="http://"):
        download(FRENCH, address, cache=tmp_path, source="essai", name="t", looks="csv")


def test_a_workbook_is_whole(site, tmp_path):
    site.answers["/t"] = [(200, {}, zipped("[Content_Types].xml"))]
    assert fetched(site, tmp_path, looks="xlsx")[1] == "new"


def test_no_one_listening(tmp_path):
    with pytest.raises(ik.SourceFailed, match="liaison"):
        download(FRENCH, "http://127.0.0.1:9/t", cache=tmp_path, source="essai", name="t", looks="csv")


def test_half_a_record_is_no_record(site, tmp_path):
    """Whatever a kill leaves of the record, nothing partial is read and the next call mends it."""
    site.answers["/t"] = [(200, {}, TABLE)]
    fetched(site, tmp_path)
    record = tmp_path / "essai" / RECORD
    whole = record.read_bytes()
    for cut in range(0, len(whole), 7):
        record.write_bytes(whole[:cut])
        assert all(one.path.read_bytes() == TABLE for one in editions(tmp_path, "essai"))
    fetched(site, tmp_path)
    assert [one.path.read_bytes() for one in editions(tmp_path, "essai")] == [TABLE]


def test_a_file_changed_by_hand_is_not_read(site, tmp_path):
    site.answers["/t"] = [(200, {}, TABLE)]
    edition, _ = fetched(site, tmp_path)
    edition.path.write_bytes(TABLE.replace(b"1,5", b"9,9"))
    assert editions(tmp_path, "essai") == ()


def melodi(site, count, size=3):
    def page(path, headers):
        number = int(path.split("page=")[1].split("&")[0]) if "page=" in path else 1
        rows = [{"dimensions": {"GEO": f"COM-{number:02}{i:03}"}} for i in range(size)]
        following = f"{site.address}/melodi?maxResult=3&page={number + 1}"
        body = {"observations": rows, "paging": {"next": following, "isLast": number == count}}
        return 200, {}, json.dumps(body).encode()

    site.answers["/melodi"] = [(200, {}, page)]


def asked(site, cache, **rest):
    limiter = Limiter(cache / "times", requests=1000)
    told = {"params": {"maxResult": 3}, "cache": cache, "source": "melodi", "name": "DS.json"}
    return pages(FRENCH, site.address + "/melodi", limiter=limiter, **told, **rest)


def test_pages_become_one_file(site, tmp_path):
    melodi(site, 4)
    edition, state = asked(site, tmp_path)
    found = json.loads(edition.path.read_text("utf-8"))["observations"]
    assert state == "new" and len(found) == 12 and len(site.asked) == 4
    assert asked(site, tmp_path)[1] == "fresh"
    assert not list((tmp_path / "melodi").glob("pages-*"))


def test_a_next_page_elsewhere_is_not_followed(site, tmp_path):
    body = {"observations": [{}], "paging": {"next": "http://example.invalid/2", "isLast": False}}
    site.answers["/melodi"] = [(200, {}, json.dumps(body).encode())]
    with pytest.raises(ik.SourceFailed, match="adresse"):
        asked(site, tmp_path)
    assert editions(tmp_path, "melodi") == ()


def answer(rows, **paging):
    body = {"identifier": "DS", "observations": [{"n": i} for i in range(rows)], "paging": paging}
    return 200, {}, json.dumps(body).encode()


def test_an_answer_of_one_page_has_no_paging(site, tmp_path):
    site.answers["/melodi"] = [answer(2)]
    edition, _ = asked(site, tmp_path)
    assert json.loads(edition.path.read_text()) == {"observations": [{"n": 0}, {"n": 1}], "identifier": "DS"}
    assert edition.address == site.address + "/melodi?maxResult=3"


def test_pages_tell_their_bytes(site, tmp_path):
    told = []
    melodi(site, 3)
    asked(site, tmp_path, progress=lambda *one: told.append(one))
    assert told == sorted(told) and {total for _, total in told} == {None} and len(told) >= 3


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (answer(0, count=0), "aucune observation"),
        (answer(2, count=3), "annonce 3 observations et en a envoyé 2"),
        (answer(2, isLast=False), "la page 1"),
        (answer(0, isLast=False, next="?page=2"), "la page 1"),
        (answer(2, isLast=False, next="?maxResult=3"), "la page 1"),
        (answer(2, isLast=False, next=7), "la page 1"),
        (answer(2, isLast=False, next="file:///etc/passwd"), "file:///"),
        (answer(2, isLast=False, next="http://127.0.0.1:1/melodi"), "autre serveur"),
        ((200, {}, b"[]"), "la page 1"),
        ((200, {}, b'{"observations": 3}'), "la page 1"),
        ((200, {}, b'{"observations": [], "paging": []}'), "la page 1"),
        ((200, {}, HTML), "page web"),
        ((404, {}, b""), "404"),
    ],
)
def test_pages_that_lead_nowhere_are_refused(site, tmp_path, first, words):
    site.answers["/melodi"] = [first]
    with pytest.raises(ik.SourceFailed, match=words):
        asked(site, tmp_path)
    assert editions(tmp_path, "melodi") == ()
    melodi(site, 2)
    assert asked(site, tmp_path)[1] == "new"


def test_all_the_pages_count_towards_the_most(site, tmp_path):
    melodi(site, 4)
    with pytest.raises(ik.SourceFailed, match="Mo"):
        asked(site, tmp_path, most=500)
    assert editions(tmp_path, "melodi") == () and len(site.asked) > 1


def test_pages_of_another_day_are_asked_for_again(site, tmp_path):
    melodi(site, 3)
    site.answers["/melodi"] *= 2
    site.answers["/melodi"].append((404, {}, b""))
    with pytest.raises(ik.SourceFailed):
        asked(site, tmp_path)
    (first,) = tmp_path.glob("melodi/pages-*/0001.json")
    os.utime(first, (time.time() - 100_000,) * 2)
    melodi(site, 3)
    before = len(site.asked)
    assert asked(site, tmp_path)[1] == "new" and len(site.asked) - before == 3


def test_a_page_spoiled_on_the_disk_is_asked_for_again(site, tmp_path):
    melodi(site, 3)
    site.answers["/melodi"] = [*site.answers["/melodi"] * 2, (404, {}, b""), *site.answers["/melodi"]]
    with pytest.raises(ik.SourceFailed):
        asked(site, tmp_path)
    (second,) = tmp_path.glob("melodi/pages-*/0002.json")
    second.write_bytes(second.read_bytes()[:40])
    before = len(site.asked)
    edition, _ = asked(site, tmp_path)
    assert len(site.asked) - before == 2 and len(json.loads(edition.path.read_text())["observations"]) == 9


def test_a_server_behind_a_gateway_is_still_asked_in_https(tmp_path):
    told = transfer.Asked(FRENCH, "https://example.invalid/melodi", "essai", "t.json", 1)
    page = {"observations": [1], "paging": {"isLast": False, "next": "http://example.invalid/melodi?page=2"}}
    assert following(told, page, told.address, 1) == "https://example.invalid/melodi?page=2"


CHILD = """
import sys
from pathlib import Path
from impactkit.data.sources.download import download, pages
from impactkit.data.sources.limit import Limiter
from impactkit.wording.language import FRENCH
address, cache = sys.argv[1], Path(sys.argv[2])
if address.endswith("/melodi"):
    told = {"params": {"maxResult": 3}, "cache": cache, "source": "melodi", "name": "DS.json"}
    pages(FRENCH, address, limiter=Limiter(cache / "times", requests=1000), **told)
else:
    download(FRENCH, address, cache=cache, source="essai", name="t.csv", looks="csv")
"""


def killed(site, cache, path, processes):
    """Kill a fetch when half of a body has gone; returns what could be read all the while."""
    child = processes.start([sys.executable, "-c", CHILD, site.address + path, str(cache)])
    seen = set()

    def half():
        seen.update(one.path.read_bytes() for name in ("essai", "melodi") for one in editions(cache, name))
        return site.half.is_set() and list(cache.rglob("*.part")) or child.poll() is not None

    wait_for(half, "no half of a body has gone")
    assert child.poll() is None
    os.kill(child.pid, signal.SIGKILL)
    child.wait(STUCK)
    return seen


def test_a_fetch_killed_in_the_middle_completes_at_the_next_call(site, tmp_path, processes):
    site.answers["/t"] = [(200, {}, OTHER * 500, STUCK), (200, {}, OTHER * 500)]
    assert killed(site, tmp_path, "/t", processes) == set()
    assert editions(tmp_path, "essai") == () and list(tmp_path.rglob("*.part"))
    assert fetched(site, tmp_path)[0].path.read_bytes() == OTHER * 500
    assert not list(tmp_path.rglob("*.part"))


def test_a_kill_keeps_the_earlier_edition(site, tmp_path, processes):
    site.answers["/t"] = [
        (200, {"ETag": '"1"'}, TABLE),
        (200, {}, OTHER * 500, STUCK),
        (200, {}, OTHER * 500),
    ]
    fetched(site, tmp_path)
    assert killed(site, tmp_path, "/t", processes) == {TABLE}
    assert [one.path.read_bytes() for one in editions(tmp_path, "essai")] == [TABLE]
    assert fetched(site, tmp_path)[1] == "changed"
    assert [one.path.read_bytes() for one in editions(tmp_path, "essai")] == [OTHER * 500, TABLE]


def test_pages_killed_in_the_middle_go_on_where_they_stopped(site, tmp_path, processes):
    melodi(site, 4)
    whole = site.answers["/melodi"][0]
    third = json.dumps({"observations": [{}] * 3, "paging": {"isLast": True}}).encode()
    site.answers["/melodi"] = [whole, whole, (200, {}, third, STUCK), whole]
    assert killed(site, tmp_path, "/melodi", processes) == set()
    assert editions(tmp_path, "melodi") == ()
    before = len(site.asked)
    edition, state = asked(site, tmp_path)
    assert state == "new" and len(site.asked) - before == 2
    assert len(json.loads(edition.path.read_text("utf-8"))["observations"]) == 12
