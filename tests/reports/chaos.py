"""Kills at any moment, and full disks: what stands is always whole, and the next run finishes the rest.

As a program: `python tests/reports/chaos.py 200` (make chaos); the tests do it 15 times.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from waiting import STUCK, wait_for

from impactkit.reports.record import damaged, read_record
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")
MODES = ("driver", "nursery", "worker", "child", "publisher", "mailer", "disk")
RUN = [sys.executable, "-m", "impactkit", "run", "vallees"]
PUBLISH = [sys.executable, "-m", "impactkit", "publish", "vallees", "--to", "web", "--only", "aubepine"]
MAIL = [sys.executable, "-m", "impactkit", "publish", "vallees", "--mail", "--send"]
SIGN = [
    sys.executable,
    "-m",
    "impactkit",
    "sign",
    "reports/vallees/aubepine",
    "--by",
    "Ada",
    "--as",
    "valide",
]


def below(pid: int) -> dict[int, int]:
    """The living processes under `pid`, and how far below."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(process.name)] = int(parent)
    found, level = {}, {pid: 0}
    while level:
        level = {child: 1 + level[parent] for child, parent in parents.items() if parent in level}
        found |= level
    return found


def whole(folder: Path) -> None:
    """Every report that is there is what its record says; what is published too, with its sums."""
    for code in CODES:
        report = folder / "reports" / "vallees" / code
        if report.exists():
            record = read_record(FRENCH, report)
            assert record is not None and not damaged(report, record), f"{code}: {os.listdir(report)}"
    web = folder / "web" / "vallees"
    if web.exists():
        sums = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
        subprocess.run(sums, cwd=web, check=True, capture_output=True)
        assert (web / "index.html").is_file() and (web / "aubepine" / "report.pdf").is_file()


class Chaos:
    """One folder where everything goes wrong; `disk`: whether reports go on a small one mounted for it;
    `mail`: a server, its address and its certificate, as `mail_server` gives them.
    """

    def __init__(self, folder: Path, seed: int, disk: bool, mail: tuple[Any, str, Path]) -> None:
        self.folder, self.seed, self.disk = folder, seed, disk
        self.draw = random.Random(seed)
        self.kept, address, certificate = mail
        self.env = os.environ | {"IMPACTKIT_SMTP": address, "IMPACTKIT_SMTP_CA": str(certificate)}
        self.env |= {"IMPACTKIT_MAIL_FROM": "Essai <essai@exemple.fr>"}
        self.known: set[str] = set()
        recipients = "territory,address\naubepine,maire@exemple.fr\naubepine,adjointe@exemple.fr\n"
        (folder / "vallees" / "recipients.csv").write_text(recipients, "utf-8")
        self.notebook = folder / "vallees" / "light.ipynb"
        self.text = self.notebook.read_text("utf-8")
        started = time.monotonic()
        self.typed(RUN, check=True)
        self.usual = time.monotonic() - started

    def typed(self, command: list[str], check: bool = False) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done

    def once(self, turn: int, mode: str) -> None:
        """Change what reports are built from, break something, look, and let the next run finish."""
        # Every reader sees a new content: no report is left as it was.
        self.notebook.write_text(self.text.replace("Bonjour", f"Bonjour {turn}"), "utf-8")
        if mode == "disk":
            self._full()
        elif mode in ("publisher", "mailer"):
            self.typed(RUN, check=True)
            self.typed(SIGN, check=True)
            self._killed(PUBLISH if mode == "publisher" else MAIL, 0, self.draw.random() * 3)
            if mode == "mailer":
                self._mailed()
        else:
            depth = {"driver": 0, "nursery": 1, "worker": 2, "child": 3}[mode]
            self._killed(RUN, depth, self.draw.random() * self.usual)
        whole(self.folder)
        self.typed(RUN, check=True)
        whole(self.folder)
        for code in CODES:
            page = self.folder / "reports" / "vallees" / code / "report.html"
            assert f"Bonjour {turn}" in page.read_text("utf-8"), code
        assert not (self.folder / "reports" / "vallees" / ".building").exists()

    def _mailed(self) -> None:
        """Sent once to each, or said to be unsure; never twice."""
        done = self.typed(MAIL)
        names = [message["Message-ID"] for _, message in self.kept.arrived]
        assert len(names) == len(set(names)), "a letter was sent twice"
        new, unsure = set(names) - self.known, done.stderr.count("a été coupé")
        assert done.returncode == (1 if unsure else 0), done.stderr
        assert len(new) in (2, 2 - unsure), (len(new), done.stderr)
        self.known |= new

    def _killed(self, command: list[str], depth: int, moment: float) -> None:
        driver = subprocess.Popen(
            command, cwd=self.folder, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moment)
        every = below(driver.pid)
        chosen = [pid for pid, level in every.items() if level == depth] if depth else [driver.pid]
        for pid in self.draw.sample(chosen, min(1, len(chosen))):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        driver.wait(timeout=STUCK)
        wait_for(
            lambda: not any(Path(f"/proc/{pid}").exists() for pid in every),
            f"one of the processes {every} outlives the run",
        )

    def _full(self) -> None:
        reports = self.folder / "reports"
        space = os.statvfs(reports)
        left = self.draw.randrange(0, 250_000)
        filler = reports / "filler"
        with filler.open("wb") as file, contextlib.suppress(OSError):
            file.write(b"x" * max(0, space.f_bavail * space.f_frsize - left))
        done = self.typed(RUN)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1, 2) and (done.returncode == 0 or done.stderr), done.stderr
        filler.unlink()


@contextlib.contextmanager
def small_disk(place: Path):
    """A disk with room for 200 editions of each report, where this process may mount one; tells whether it
    is.
    """
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)], capture_output=True
    )
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(place)], check=True)


def main(times: int) -> None:
    """So many times, each way in turn; the seed is printed first, for whoever wants the same again."""
    from conftest import SETTINGS, TERRITORIES, notebook
    from mail_server import mail_server

    seed = random.randrange(2**32)
    print(f"seed {seed}", flush=True)
    with (
        tempfile.TemporaryDirectory() as name,
        tempfile.TemporaryDirectory() as tls,
        small_disk(Path(name) / "reports") as disk,
        mail_server(Path(tls)) as mail,
    ):
        folder = Path(name)
        (folder / "vallees").mkdir()
        (folder / "vallees" / "evaluation.toml").write_text(SETTINGS, "utf-8")
        (folder / "vallees" / "territories.csv").write_text(TERRITORIES, "utf-8")
        notebook(folder / "vallees" / "light.ipynb")
        chaos = Chaos(folder, seed, disk, mail)
        modes = [mode for mode in MODES if disk or mode != "disk"]
        for turn in range(times):
            chaos.once(turn, modes[turn % len(modes)])
            print(f"{turn + 1}/{times} {modes[turn % len(modes)]}", flush=True)
    if not disk:
        print("no small disk: only root may mount one; disks were not filled")


if __name__ == "__main__":
    main(int(sys.argv[1]))
