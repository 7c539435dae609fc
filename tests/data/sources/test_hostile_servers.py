"""Un serveur qui trompe, compresse ou traîne : dit en une phrase, sans arrêter les autres sources."""

import gzip
import socket
import threading
import zlib
from contextlib import contextmanager

import local_server
import pytest

import impactkit as ik
from impactkit.data import unpacking
from impactkit.data.sources import download as downloading
from impactkit.data.sources import fetch as fetching
from impactkit.data.sources import looks, transfer
from impactkit.data.sources.cache import editions, locked
from impactkit.data.sources.download import download
from impactkit.wording.language import FRENCH

TABLE = b"code;annee;valeur\n01;2020;3\n"
PACKED_TWICE = {"Content-Encoding": "gzip, gzip"}


@pytest.fixture
def site():
    with local_server.serving() as site:
        yield site


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(transfer, "PAUSES", (0.0, 0.0))


def fetched(address, cache, **about):
    return download(FRENCH, address, cache=cache, source="essai", name="t.csv", looks="csv", **about)


def test_layers_of_packing_stop_at_the_limit(site, tmp_path, processes):
    zeros = gzip.compress(b"0" * 1_000_000)
    bomb = gzip.compress(gzip.compress(b"0" * 300_000_000, 9), 9)
    site.answers["/t"] = [(200, PACKED_TWICE, bomb)]
    code = """
import sys
from pathlib import Path
from impactkit.data.sources.download import download
from impactkit.wording.language import FRENCH
import impactkit as ik
def peak():
    # That of this process alone: the one of getrusage begins with the peak of the one that started it.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

before = peak()
try:
    about = {"cache": Path(sys.argv[2]), "source": "essai", "name": "t", "looks": "csv"}
    download(FRENCH, sys.argv[1], most=50_000_000, **about)
except ik.SourceFailed as cause:
    print(cause)
print((peak() - before) // 1000)
"""
    assert len(bomb) < 5_000 and len(zeros) > 900
    done = processes.python("-c", code, site.address + "/t", tmp_path)
    *words, megabytes = done.stdout.splitlines()
    assert "50" in words[0] and "Mo" in words[0], done.stderr
    assert int(megabytes) < 60


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TABLE)),
        ("gzip, gzip", gzip.compress(gzip.compress(TABLE))),
        ("x-gzip", gzip.compress(TABLE[:5]) + gzip.compress(TABLE[5:])),
        ("deflate", zlib.compress(TABLE)),
        ("deflate", zlib.compress(TABLE)[2:-4]),
        ("identity", TABLE),
    ],
    ids=["gzip", "twice", "pieces", "deflate", "bare", "identity"],
)
def test_what_is_packed_is_unpacked(site, tmp_path, coding, body):
    site.answers["/t"] = [(200, {"Content-Encoding": coding}, body)]
    edition, _ = fetched(site.address + "/t", tmp_path)
    assert edition.path.read_bytes() == TABLE


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip, gzip", "rot13"])
def test_an_unknown_packing_is_named(site, tmp_path, coding):
    site.answers["/t"] = [(200, {"Content-Encoding": coding}, TABLE)]
    with pytest.raises(ik.SourceFailed, match=coding.split(",")[0]):
        fetched(site.address + "/t", tmp_path)


def test_a_packed_file_that_is_cut_is_a_broken_line(site, tmp_path):
    site.answers["/t"] = [(200, {"Content-Encoding": "gzip"}, gzip.compress(TABLE * 50)[:-12])]
    with pytest.raises(ik.SourceFailed, match="liaison"):
        fetched(site.address + "/t", tmp_path)


def test_an_inner_layer_counts_too():
    hollow = gzip.compress(gzip.compress(b"") * 100_000)
    with pytest.raises(unpacking.TooMuch):
        list(unpacking.unpacked([hollow], ["gzip", "gzip"], 1_000_000))


LOCATIONS = [
    "data:text/csv,a;b",
    "data:text/csv;base64,YTti",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "ftp://127.0.0.1/t",
    "//",
    "http://",
    "http://[",
    "http://a:99999999/",
    "http://\x7f/",
    "http://\xff\xfe/",
]


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_redirect_that_is_no_web_address_is_a_sentence(site, tmp_path, location):
    site.answers["/t"] = [(302, {"Location": location}, b"")]
    with pytest.raises(ik.SourceFailed) as caught:
        fetched(site.address + "/t", tmp_path)
    assert caught.value.next and editions(tmp_path, "essai") == ()


def test_a_protected_address_never_leads_to_one_in_the_clear():
    asked = transfer.Asked(FRENCH, "https://example.invalid/t", "essai", "t.csv")
    base = asked.url(asked.address)
    with pytest.raises(ik.SourceFailed, match="en clair"):
        asked.url("http://example.invalid/t", base)
    assert asked.url("https://files.example.invalid/t", base).host == "files.example.invalid"


INSIDE = (
    "http://127.0.0.1/t", "http://localhost/t", "http://[::1]/t", "http://[::ffff:127.0.0.1]/t",
    "http://2130706433/t", "http://0x7f.1/t", "http://127.1/t", "http://0.0.0.0/t",
    "http://169.254.169.254/latest", "http://10.0.0.1/t", "http://192.168.1.1/t", "http://[fe80::1]/t",
    "http://[fd00::1]/t", "http://printer.local/t", "http://localhost./t", "//localhost/t",
)  # fmt: skip


@pytest.mark.parametrize("target", INSIDE)
def test_a_server_of_elsewhere_leads_to_nothing_of_this_network(target):
    asked = transfer.Asked(FRENCH, "http://example.invalid/t", "essai", "t.csv")
    with pytest.raises(ik.SourceFailed, match="réseau") as caught:
        asked.url(target, asked.url(asked.address))
    assert caught.value.next


@pytest.mark.parametrize("target", ["http://8.8.8.8/t", "http://files.example.invalid/t", "/u", "?page=2"])
def test_a_server_of_elsewhere_may_lead_elsewhere(target):
    asked = transfer.Asked(FRENCH, "http://example.invalid/t", "essai", "t.csv")
    assert asked.url(target, asked.url(asked.address)).host in (
        "8.8.8.8",
        "files.example.invalid",
        "example.invalid",
    )


def test_no_password_of_this_person_is_sent_unasked(site, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password secret\n", "utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    site.answers["/t"] = [(200, {"Set-Cookie": "a=b"}, TABLE), (200, {}, TABLE + b"02;2020;4\n")]
    for _ in range(2):
        fetched(site.address + "/t", tmp_path / "cache")
    sent = [{name.lower() for name in headers} for _, _, headers in site.asked]
    assert len(sent) == 2 and not any(names & {"authorization", "cookie", "referer"} for names in sent)


@pytest.mark.parametrize(
    "header",
    [{"ETag": '"' + "x" * 60_000 + '"'}, {"ETag": '"\x1b[31m"'}, {"Retry-After": "9" * 5_000},
     {"Last-Modified": "\xff" * 50}, {"Content-Disposition": "attachment; filename=../../x"},
     {"Content-Type": "text/html"}, {"Content-Length": "-1"}, {"Content-Location": "file:///etc/passwd"}],
    ids=lambda header: next(iter(header)),
)  # fmt: skip
def test_an_odd_header_is_neither_obeyed_nor_said(site, tmp_path, header):
    site.answers["/t"] = [(200, header, TABLE)]
    try:
        fetched(site.address + "/t", tmp_path)
    except ik.SourceFailed as cause:
        assert "\x1b" not in str(cause)
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in kept if not name.endswith("t.csv")} <= {
        "record.json",
        ".record.json.lock",
        ".lock",
    }
    assert not (tmp_path.parent / "x").exists()


def test_a_redirect_is_recorded_and_said(site, tmp_path, monkeypatch):
    other = site.address.replace("127.0.0.1", "localhost")
    site.answers["/t"] = [(302, {"Location": f"{other}/u"}, b"")]
    site.answers["/u"] = [(200, {}, TABLE)]
    edition, _ = fetched(site.address + "/t", tmp_path)
    assert (edition.address, edition.served) == (f"{site.address}/t", f"{other}/u")
    monkeypatch.setenv("IMPACTKIT_CACHE", str(tmp_path / "cache"))
    (done,) = fetching.fetch(FRENCH, (source(f"{site.address}/t"),), tmp_path)
    assert done.state == "new" and f"{other}/u" in done.words


def source(address, name="ours"):
    return {
        "id": name,
        "kind": "table",
        "file": "table.csv",
        "indicator": "count_shops",
        "family": "commune",
        "address": address,
        "source": "essai",
    }


def test_one_bad_source_stops_no_other(site, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPACTKIT_CACHE", str(tmp_path / "cache"))
    site.answers["/bad"] = [(302, {"Location": "data:,a"}, b"")]
    site.answers["/good"] = [(200, {}, TABLE)]
    addresses = ["/bad", "/good", "/odd", "/good"]
    sources = tuple(source(site.address + path, f"s{n}") for n, path in enumerate(addresses))
    usual = fetching.download

    def odd(language, address, **about):
        if address.endswith("/odd"):
            raise RuntimeError("a fault of ours")
        return usual(language, address, **about)

    monkeypatch.setattr(fetching, "download", odd)
    done = fetching.fetch(FRENCH, sources, tmp_path)
    assert [one.state for one in done] == ["failed", "new", "failed", "new"]
    assert "a fault of ours" in done[2].words


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../secret.csv", "a/../../b.csv", "**/x.csv", "\\\\host\\x", "C:\\x.csv", "a\\..\\b"],
)
def test_a_file_outside_is_a_sentence(small, name):
    about = "family = 'commune'\nindicator = 'count_shops'\nsource = 'x'\n"
    toml = f"[[source]]\nkind = 'table'\nfile = '{name}'\n{about}"
    with pytest.raises(ik.ImpactkitError) as caught:
        small({}, more=toml)
    assert "commerces.csv" in str(caught.value)


@contextmanager
def dripping(first, pause=0.02):
    """A server that says `first` at once, then one byte at a time, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            try:
                line.recv(65_536)
                line.sendall(first)
                while not stop.wait(pause):
                    line.sendall(b"a")
            except OSError:
                # The client has left, as it should.
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/t"
    stop.set()
    listener.close()
    thread.join(5)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400000000\r\n"


@pytest.mark.parametrize(
    ("first", "limits"),
    [
        (HEAD + b"\r\n", {"GRACE": 0.3}),
        (HEAD + b"\r\n", {"LAST_BYTE": 0.3}),
        (HEAD + b"X-Slow: ", {"FIRST_ANSWER": 0.3}),
        (b"", {"FIRST_ANSWER": 0.3}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", {"LAST_BYTE": 0.3}),
    ],
    ids=["rate", "total", "headers", "status", "chunks"],
)
def test_a_server_that_drips_is_left(tmp_path, monkeypatch, first, limits):
    for name, seconds in limits.items():
        monkeypatch.setattr(transfer, name, seconds)
    with dripping(first) as address:
        with pytest.raises(ik.SourceFailed, match="lent"):
            fetched(address, tmp_path)


def test_who_waits_for_another_fetch_does_not_wait_for_ever(site, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "PATIENCE", 0.2)
    with locked(tmp_path / "essai" / downloading.LOCK):
        with pytest.raises(ik.SourceFailed, match="1.minute"):
            fetched(site.address + "/t", tmp_path)
    site.answers["/t"] = [(200, {}, TABLE)]
    assert fetched(site.address + "/t", tmp_path)[1] == "new"


def test_a_password_in_an_address_is_never_said_nor_kept(site, tmp_path):
    address = site.address.replace("//", "//user:secret@") + "/t"
    with pytest.raises(ik.SourceFailed) as caught:
        fetched(address, tmp_path)
    assert "secret" not in str(caught.value)
    site.answers["/t"] = [(404, {}, b""), (200, {"ETag": '"1"'}, TABLE), (304, {}, b"")]
    assert [fetched(address, tmp_path)[1] for _ in range(2)] == ["new", "fresh"]
    assert all("secret" not in path.read_text() for path in tmp_path.rglob("*.json"))


@pytest.mark.parametrize("text", ["[" + "[]," * 6_000_000 + "[]]", "[" * 100_000])
def test_a_json_of_countless_values_is_not_kept(tmp_path, text):
    file = tmp_path / "t.json"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="valeurs|bottom"):
        unpacking.json_of(FRENCH, file)
    assert looks.unlike(file, "json") == "broken"
