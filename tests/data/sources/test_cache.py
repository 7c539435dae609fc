"""What the cache holds is whole, whatever was killed, cut or written by another hand."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import STUCK

from impactkit.data.sources.cache import RECORD, editions, keep

OLD, NEW = b"code;valeur\n01;1\n", b"code;valeur\n01;2\n"


def kept(cache, body, name="t.csv", **rest):
    part = cache / "essai" / "fetch.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(body)
    return keep(cache, "essai", part, name=name, address="http://example.invalid/t", **rest)


def held(cache):
    return [one.path.read_bytes() for one in editions(cache, "essai")]


def test_earlier_editions_stay_and_the_newest_comes_first(tmp_path):
    assert held(tmp_path) == []
    first = kept(tmp_path, OLD, etag='"1"', modified="Mon, 23 Nov 2020 10:00:00 GMT")
    assert editions(tmp_path, "essai") == (first,)
    kept(tmp_path, NEW)
    assert held(tmp_path) == [NEW, OLD]
    kept(tmp_path, OLD)
    assert held(tmp_path) == [OLD, NEW]
    assert first.fetched.endswith("+00:00") and first.path.name == f"{first.sha256[:12]}-t.csv"


def test_a_name_cannot_lead_elsewhere(tmp_path):
    assert kept(tmp_path, OLD, name="../../t.csv").path.parent == tmp_path / "essai"
    assert held(tmp_path) == [OLD]


def test_a_record_cut_anywhere_holds_nothing_partial_and_is_mended(tmp_path):
    kept(tmp_path, OLD)
    kept(tmp_path, NEW)
    record = tmp_path / "essai" / RECORD
    whole = record.read_bytes()
    for cut in range(len(whole)):
        record.write_bytes(whole[:cut])
        assert held(tmp_path) == []
    kept(tmp_path, NEW)
    assert held(tmp_path) == [NEW]


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("..")
ROWS = st.dictionaries(st.sampled_from(["path", "address", "sha256", "size", "etag", "fetched"]), VALUES)


@given(change=ROWS, gone=st.sampled_from(["", "path", "size"]))
def test_a_record_that_says_anything_is_no_crash(tmp_path_factory, change, gone):
    cache = tmp_path_factory.mktemp("cache")
    kept(cache, OLD)
    record = cache / "essai" / RECORD
    row = json.loads(record.read_text("utf-8"))[0] | change
    row.pop(gone, None)
    record.write_text(json.dumps([row, change, None, 3]), "utf-8")
    assert held(cache) in ([], [OLD])


def test_a_file_outside_the_folder_is_not_read(tmp_path):
    edition = kept(tmp_path, OLD)
    edition.path.rename(tmp_path / "out.csv")
    record = tmp_path / "essai" / RECORD
    record.write_text(record.read_text("utf-8").replace(edition.path.name, "../out.csv"), "utf-8")
    assert held(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from impactkit.data.sources import cache
left = int(sys.argv[2])

def dying(work):
    def one(*given, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return work(*given, **named)
    return one

os.fsync, os.replace, Path.write_text = dying(os.fsync), dying(os.replace), dying(Path.write_text)
part = Path(sys.argv[1]) / "essai" / "fetch.part"
cache.keep(Path(sys.argv[1]), "essai", part, name="t.csv", address="http://example.invalid/t")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_kill_at_any_step_leaves_the_old_or_the_new(tmp_path, processes):
    ends = []
    for step in range(20):
        cache = tmp_path / str(step)
        kept(cache, OLD)
        (cache / "essai" / "fetch.part").write_bytes(NEW)
        child = processes.run([sys.executable, "-c", KILLED, str(cache), str(step)], timeout=STUCK)
        ends.append(child.returncode)
        assert held(cache) in ([OLD], [NEW, OLD])
        kept(cache, NEW)
        assert held(cache) == [NEW, OLD]
        if child.returncode == 0:
            break
    assert ends[-1] == 0 and len(ends) > 5 and set(ends[:-1]) == {-9}


BUSY = """
import sys
from pathlib import Path
from impactkit.data.sources.cache import keep
cache, mine = Path(sys.argv[1]), sys.argv[2]
for i in range(20):
    part = cache / "essai" / f"{mine}.part"
    part.write_text(f"code;valeur\\n{mine};{i}\\n")
    keep(cache, "essai", part, name="t.csv", address="")
"""


def test_two_hands_at_once_lose_nothing(tmp_path, processes):
    (tmp_path / "essai").mkdir()
    hands = [processes.start([sys.executable, "-c", BUSY, str(tmp_path), one]) for one in "ab"]
    assert [hand.wait(60) for hand in hands] == [0, 0]
    assert len(held(tmp_path)) == 40
