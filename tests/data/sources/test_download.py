"""Fetching from a server of this machine: tired, lying, cut, slow, killed."""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile

import pytest
from local_server import serving

import impactkit as ik
from impactkit.data.sources import transfer as module
from impactkit.data.sources.cache import RECORD, editions
from impactkit.data.sources.download import download, pages
from impactkit.data.sources.limit import Limiter

TABLE = "code;annee;valeur\n01001;2020;1,5\n".encode("utf-8-sig")
OTHER = TABLE + b"01002;2020;2\n"
HTML = b"<!DOCTYPE html><html><body>Maintenance</body></html>"


@pytest.fixture
def site():
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(module, "PAUSES", (0.01, 0.01, 0.01, 0.01))


def fetched(site, cache, *, looks="csv", **rest):
    return download(site.address + "/t", cache=cache, source="essai", name="t.csv", looks=looks, **rest)


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
    ],
    ids=["429", "429 with a date", "500", "503", "truncated"],
)
def test_a_tired_server_is_asked_again(site, tmp_path, tired):
    site.answers["/t"] = [tired, tired, (200, {}, TABLE)]
    edition, state = fetched(site, tmp_path)
    assert state == "new" and edition.path.read_bytes() == TABLE and len(site.asked) == 3


def test_the_server_s_patience_is_obeyed(site, tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(module.time, "sleep", waited.append)
    site.answers["/t"] = [
        (429, {"Retry-After": "7"}, b""),
        (429, {"Retry-After": "900"}, b""),
        (200, {}, TABLE),
    ]
    fetched(site, tmp_path)
    assert waited == [7.0, 120.0]


@pytest.mark.parametrize(
    ("answer", "looks", "words"),
    [
        ((200, {}, HTML), "csv", "page web"),
        ((200, {}, HTML), "xlsx", "page web"),
        ((200, {}, b"PK\x03\x04rubbish"), "xlsx", "xlsx"),
        ((200, {}, b"rubbish"), "gz", "gz"),
        ((200, {}, b'{"a": '), "json", "json"),
        ((200, {}, b""), "csv", "csv"),
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


def test_a_file_too_large_is_left(site, tmp_path):
    site.answers["/t"] = [(200, {}, TABLE * 100)]
    with pytest.raises(ik.SourceFailed, match="Mo"):
        fetched(site, tmp_path, most=1000)
    assert editions(tmp_path, "essai") == ()


def test_a_workbook_is_whole(site, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("[Content_Types].xml", "<a/>" * 1000)
    site.answers["/t"] = [(200, {}, packed.getvalue())]
    assert fetched(site, tmp_path, looks="xlsx")[1] == "new"


def test_no_one_listening(tmp_path):
    with pytest.raises(ik.SourceFailed, match="liaison"):
        download("http://127.0.0.1:9/t", cache=tmp_path, source="essai", name="t", looks="csv")


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
    return pages(site.address + "/melodi", limiter=limiter, **told, **rest)


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


CHILD = """
import sys
from pathlib import Path
from impactkit.data.sources.download import download, pages
from impactkit.data.sources.limit import Limiter
address, cache = sys.argv[1], Path(sys.argv[2])
if address.endswith("/melodi"):
    told = {"params": {"maxResult": 3}, "cache": cache, "source": "melodi", "name": "DS.json"}
    pages(address, limiter=Limiter(cache / "times", requests=1000), **told)
else:
    download(address, cache=cache, source="essai", name="t.csv", looks="csv")
"""


def killed(site, cache, path):
    child = subprocess.Popen([sys.executable, "-c", CHILD, site.address + path, str(cache)])
    assert site.half.wait(30)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)


def test_a_fetch_killed_in_the_middle_completes_at_the_next_call(site, tmp_path):
    site.answers["/t"] = [(200, {}, OTHER * 500, 20), (200, {}, OTHER * 500)]
    killed(site, tmp_path, "/t")
    assert editions(tmp_path, "essai") == ()
    assert fetched(site, tmp_path)[0].path.read_bytes() == OTHER * 500
    assert not (tmp_path / "essai" / ".part").exists()


def test_pages_killed_in_the_middle_go_on_where_they_stopped(site, tmp_path):
    melodi(site, 4)
    whole = site.answers["/melodi"][0]
    third = json.dumps({"observations": [{}] * 3, "paging": {"isLast": True}}).encode()
    site.answers["/melodi"] = [whole, whole, (200, {}, third, 20), whole]
    killed(site, tmp_path, "/melodi")
    assert editions(tmp_path, "melodi") == ()
    before = len(site.asked)
    edition, state = asked(site, tmp_path)
    assert state == "new" and len(site.asked) - before == 2
    assert len(json.loads(edition.path.read_text("utf-8"))["observations"]) == 12
