"""Never more requests than allowed, whoever asks, even after a kill; the server counts."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from local_server import serving

from impactkit.data.sources.limit import Limiter

CHILD = """
import sys
from pathlib import Path
import httpx
from impactkit.data.sources.limit import Limiter
limiter = Limiter(Path(sys.argv[1]), requests=5, seconds=1.0)
for _ in range(int(sys.argv[3])):
    limiter.wait()
    httpx.get(sys.argv[2])
"""


def test_two_runs_at_once_share_one_limit(tmp_path):
    with serving() as site:
        site.answers["/"] = [(200, {}, b"{}")]
        command = [sys.executable, "-c", CHILD, str(tmp_path / "times"), site.address + "/", "6"]
        children = [subprocess.Popen(command) for _ in range(2)]
        assert [child.wait(60) for child in children] == [0, 0]
        assert len(site.asked) == 12
        # A request travels: the server's window is a little shorter than the client's.
        assert site.fullest(0.9) <= 5


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
