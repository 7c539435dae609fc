"""40 requests through the kit's limiter to a server of this machine, which counts: at most 30 a minute."""

import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from local_server import serving  # noqa: E402

from impactkit.data.sources.limit import Limiter  # noqa: E402

COUNT, LIMIT = 40, 30


def main() -> int:
    with serving() as site, tempfile.TemporaryDirectory() as aside:
        site.answers["/"] = [(200, {}, b"{}")]
        limiter = Limiter(Path(aside) / "times")
        start = time.perf_counter()
        for _ in range(COUNT):
            place = limiter.wait()
            httpx.get(site.address + "/")
            limiter.answered(place)
        fullest = site.fullest(60.0)
        seconds = time.perf_counter() - start
    good = fullest <= LIMIT
    name = f"{COUNT} requests, the fullest minute"
    print(f"{name:45} {fullest:7} (limit {LIMIT}), {seconds:.0f} s in all")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
