"""The package in an empty environment, outside of the repository: what its help says can be typed there."""

import os
import re
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from built_package import build
from processes import Processes

import impactkit

OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed")


@dataclass(frozen=True)
class Installed:
    """An environment that holds the package alone, and the folder that is typed in."""

    environment: Path
    folder: Path
    processes: Processes

    def type(self, line: str) -> str:
        """What a command prints; it must succeed, and complain of nothing."""
        command = ["sh", "-c", line]
        done = self.processes.run(command, cwd=self.folder, env=self.variables(), stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        # What keeps timers alive is said beside the files, which are to be redirected.
        assert not done.stderr or "enable-linger" in done.stderr, f"{line}\n{done.stderr}"
        return done.stdout

    def variables(self) -> dict[str, str]:
        """Those of the tests, but for what would lead Python back to the repository."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        commands = str(self.environment / "bin")
        kept["PATH"] = os.pathsep.join((commands, kept["PATH"]))
        kept["HOME"] = str(self.folder)
        # Wide, or an example is cut.
        kept["COLUMNS"] = "200"
        return kept


@pytest.fixture
def install(tmp_path, processes):
    """Installs the wheel, or the source archive, where nothing else is; without network."""

    def installed(kind: str) -> Installed:
        archive = build(processes, kind, tmp_path / "archive")
        environment = tmp_path / "environment"
        venv.create(environment, symlinks=True)
        (packages,) = environment.glob("lib/python*/site-packages")
        # The libraries are those of the tests; their own copy of the kit comes after, and is never read.
        libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (packages / "libraries.pth").write_text("\n".join(sorted(libraries)), "utf-8")
        folder = tmp_path / "empty"
        folder.mkdir()
        python = str(environment / "bin" / "python")
        done = processes.python("-m", "pip", "--python", python, "install", *OFFLINE, archive, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert (packages / "impactkit" / "_shipped").is_dir()
        return Installed(environment, folder, processes)

    return installed


def examples(installed: Installed) -> list[str]:
    """The example of each command, in the order of the help: those it lists, then those it names."""
    text = installed.type("impactkit --help")
    listed = re.findall(r"^  (\w+)  +\S", text.partition("Commandes")[2], flags=re.MULTILINE)
    named = re.search(r"--help`\)\s:\s(.+)\.", text)[1].split(", ")
    helps = [installed.type(f"impactkit {name} --help") for name in (*listed, *named)]
    return [text.partition("Exemple\u202f:\n")[2].strip() for text in helps]


def test_the_examples_of_the_help_can_be_typed_in_their_order(install):
    installed = install("wheel")
    typed = examples(installed)
    assert len(typed) >= 13 and typed[0] == "impactkit new mon-programme --example demo"
    retract = [line for line in typed if line.startswith("impactkit retract")]
    for line in [line for line in typed if line not in retract]:
        assert installed.type(line), line
    page = installed.folder / "site" / "mon-programme" / "merinval" / "report.html"
    assert page.is_file()
    # What is published is there to be retracted, once the other examples have read it.
    for line in retract:
        assert installed.type(line), line
    assert retract and not page.is_file()
    written = {path.name for path in installed.folder.iterdir() if not path.name.startswith(".")}
    assert written == {"mon-programme", "reports", "site"}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_evaluation_is_begun_and_its_reports_are_built(install, kind):
    installed = install(kind)
    assert installed.type("python -m impactkit --version").strip() == impactkit.__version__
    where = installed.type("python -c 'import impactkit; print(impactkit.__file__)'")
    assert Path(where).is_relative_to(installed.environment)
    installed.type("impactkit new autre --named 'Val fleuri' --named 'Haut pays'")
    installed.type("impactkit run autre")
    built = {path.parent.name for path in (installed.folder / "reports" / "autre").glob("*/report.pdf")}
    assert built == {"val-fleuri", "haut-pays", "programme"}
