"""Never more requests than allowed, whoever asks, even after a kill; the server counts."""

import json
import signal
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_server import serving
from tiers import examples
from waiting import STUCK, wait_for

from impactkit.data.sources.limit import Limiter

CHILD = """
import sys
from pathlib import Path
import httpx
from impactkit.data.sources.limit import Limiter
limiter = Limiter(Path(sys.argv[1]), requests=5, seconds=float(sys.argv[4]))
for _ in range(int(sys.argv[3])):
    place = limiter.wait()
    httpx.get(sys.argv[2])
    limiter.answered(place)
"""


def test_two_runs_at_once_share_one_limit(tmp_path, processes):
    with serving() as site:
        site.answers["/"] = [(200, {}, b"{}")]
        command = [sys.executable, "-c", CHILD, str(tmp_path / "times"), site.address + "/"]
        children = [processes.start([*command, count, "1.0"]) for count in ("9", "8")]
        assert [child.wait(STUCK) for child in children] == [0, 0]
        assert len(site.asked) == 17
        assert site.fullest(1.0) <= 5


def test_a_run_that_is_killed_still_counts(tmp_path, processes):
    with serving() as site:
        site.answers["/"] = [(200, {}, b"{}")]
        command = [sys.executable, "-c", CHILD, str(tmp_path / "times")]
        first = processes.start([*command, site.address + "/?first", "100", "0.5"])
        wait_for(lambda: len(site.asked) >= 7 or first.poll() is not None, "nothing is asked")
        first.kill()
        assert first.wait(STUCK) == -signal.SIGKILL
        processes.run([*command, site.address + "/", "6", "0.5"], check=True, timeout=STUCK)
        # The request that the kill cut counts from when it left: the server may have had it any time later.
        cut = max(number for number, (_, path, _) in enumerate(site.asked) if path == "/?first")
        del site.asked[cut]
        assert len(site.asked) >= 12 and site.fullest(0.5) <= 5


class Clock:
    def __init__(self):
        self.now, self.slept = 1000.0, 0.0

    def sleep(self, seconds):
        assert seconds > 0
        self.now, self.slept = self.now + seconds, self.slept + seconds


def test_thirty_a_minute(tmp_path):
    clock, left = Clock(), []
    limiter = Limiter(tmp_path / "times", now=lambda: clock.now, sleep=clock.sleep)
    for _ in range(100):
        limiter.wait()
        left.append(clock.now)
        clock.now += 0.2
    assert max(sum(start <= other < start + 60 for other in left) for start in left) == 30
    assert 150 < left[-1] - left[0] < 200


def test_an_answer_counts_from_when_it_came(tmp_path):
    clock = Clock()
    limiter = Limiter(tmp_path / "times", requests=1, now=lambda: clock.now, sleep=clock.sleep)
    place = limiter.wait()
    clock.now += 8
    limiter.answered(place)
    limiter.wait()
    assert clock.now == 1068


@pytest.mark.parametrize(
    "held", ["", "[", "{}", "3", '["a"]', "[null]", "[NaN]", "[1e999]", "[1" + "0" * 400 + "]", "[[" * 9000]
)
def test_a_file_that_does_not_read_counts_as_a_full_window(tmp_path, held):
    clock, file = Clock(), tmp_path / "times"
    file.write_text(held)
    limiter = Limiter(file, requests=2, now=lambda: clock.now, sleep=clock.sleep)
    limiter.wait()
    assert clock.slept == 60 and json.loads(file.read_text())[-1] == clock.now


@settings(max_examples=examples(40))
@given(st.binary(max_size=60), st.floats(-1e6, 1e6))
def test_a_broken_file_or_clock_blocks_nobody(tmp_path_factory, held, ahead):
    file = tmp_path_factory.mktemp("limit") / "times"
    file.write_bytes(held)
    clock = Clock()
    limiter = Limiter(file, requests=3, seconds=60, now=lambda: clock.now, sleep=clock.sleep)
    limiter.wait()
    clock.now += ahead
    for _ in range(3):
        limiter.wait()
    assert clock.slept <= 121
