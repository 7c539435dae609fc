"""`doctor`: does this machine have what a run needs? Each doubt with its remedy."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from impactkit.data.folders import reference_folder, schemas_folder, shipped
from impactkit.display.style import FONTS
from impactkit.reports.child import unable
from impactkit.reports.record import requirements
from impactkit.wording.language import Language

OLDEST = (3, 11)
# What a run of two reports at a time needs.
MEMORY, DISK = 1 << 30, 200 << 20


@dataclass(frozen=True)
class Sign:
    """One thing looked at: is it well (None: for information), and what to do when it is not."""

    well: bool | None
    what: str
    remedy: str = ""


def examined(language: Language) -> tuple[Sign, ...]:
    """Everything that a run needs, looked at."""
    return tuple(_signs(language))


def _signs(language: Language) -> Iterator[Sign]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Sign(
        sys.version_info >= OLDEST,
        language.say("doctor.python", version=version),
        language.say("doctor.python.next"),
    )
    for name, asked in requirements():
        try:
            shown = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Sign(
                False, f"{name} : {language.say('doctor.absent')}", language.say("doctor.library.next")
            )
        else:
            yield Sign(
                _within(shown, asked), f"{name} {shown} ({asked})", language.say("doctor.library.next")
            )
    kernel = util.find_spec("ipykernel") is not None
    yield Sign(
        kernel, language.say("doctor.kernel", path=sys.executable), language.say("doctor.library.next")
    )
    for folder in (reference_folder(), schemas_folder(), shipped("notebooks"), FONTS):
        yield Sign(
            any(folder.glob("*")),
            language.say("doctor.folder", name=folder.name),
            language.say("doctor.folder.next"),
        )
    yield Sign(_writable(Path.cwd()), language.say("doctor.write"), language.say("doctor.write.next"))
    encoding = sys.getfilesystemencoding()
    yield Sign(
        encoding == "utf-8", language.say("doctor.locale", name=encoding), language.say("doctor.locale.next")
    )
    free = shutil.disk_usage(Path.cwd()).free
    yield Sign(
        free >= DISK,
        language.say("doctor.disk", count=language.number(free / 2**30, 1)),
        language.say("doctor.disk.next"),
    )
    if (memory := _memory()) is not None:
        said = language.say("doctor.memory", count=language.number(memory / 2**30, 1))
        yield Sign(memory >= MEMORY, said, language.say("doctor.memory.next"))
    # What only some work asks for: said, never called ill.
    optional = {
        "fork": not unable(),
        "browser": any(map(shutil.which, ("chromium", "google-chrome"))),
        "office": any(map(shutil.which, ("soffice", "libreoffice"))),
        "widgets": util.find_spec("ipywidgets") is not None,
    }
    for name, there in optional.items():
        yield Sign(
            True if there else None, language.say(f"doctor.{name}" if there else f"doctor.{name}.none")
        )
    path = os.environ.get("IMPACTKIT_SOURCES")
    named = (
        Path(path or "").is_dir(),
        language.say("doctor.sources", path=path),
        language.say("doctor.sources.next"),
    )
    yield Sign(*named) if path else Sign(None, language.say("doctor.sources.none"))


def _within(version: str, asked: str) -> bool:
    """Whether a version is in a range written as this project writes them: `>=2.16,<3`."""

    def parts(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", text)[:3])

    at, bounds = parts(version), asked.split(",")
    low = (parts(bound) for bound in bounds if bound.startswith(">="))
    high = (parts(bound) for bound in bounds if bound.startswith("<"))
    return all(at >= bound for bound in low) and all(at < bound for bound in high)


def _memory() -> int | None:
    """Bytes that a process may still take; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    except OSError:
        return None
    told = dict(line.split(":") for line in lines)
    return int(told["MemAvailable"].split()[0]) << 10 if "MemAvailable" in told else None


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
