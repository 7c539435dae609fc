"""What lies among the reports and is none of theirs: links, pipes, folders of other tools; never followed,
never published, never deleted for what it leads to.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from impactkit.wording.language import Language

ASIDE = "aside"


def _mode(path: Path) -> int:
    """What a path is itself, wherever it may lead; 0 for nothing."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def is_file(path: Path) -> bool:
    """Whether a path is a file itself: no link, no pipe."""
    return stat.S_ISREG(_mode(path))


def is_folder(path: Path) -> bool:
    """Whether a path is a folder itself: no link to one."""
    return stat.S_ISDIR(_mode(path))


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that are files themselves, in order."""
    return [path for path in sorted(folder.iterdir()) if is_file(path)]


def copy_files(folder: Path, to: Path) -> None:
    """Copy the files of a folder into a new one, and nothing else that lies there."""
    to.mkdir(parents=True)
    for file in files_of(folder):
        shutil.copy2(file, to / file.name, follow_symlinks=False)


def copy_tree(folder: Path, to: Path) -> None:
    """Copy a folder and those in it, their files under the same inode where the disk can (nothing published
    is ever written again); no link, and nothing that one leads to.
    """
    to.mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        if is_folder(path):
            copy_tree(path, to / path.name)
        elif is_file(path):
            _linked(path, to / path.name)


def _linked(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:
        shutil.copy2(file, to)


def remove(path: Path) -> None:
    """Take a path away: a folder with what is in it, of a link the link alone."""
    if is_folder(path):
        shutil.rmtree(path)
    elif _mode(path):
        path.unlink()


def free_name(path: Path) -> Path:
    """The next name beside a path that nothing bears."""
    number = 1
    while _mode(aside := path.with_name(f"{path.name}.{ASIDE}-{number}")):
        number += 1
    return aside


def set_aside(language: Language, path: Path) -> str:
    """Give another name to what stands under one of ours, and say so."""
    aside = free_name(path)
    path.rename(aside)
    return language.say("stray.aside", name=path.name, aside=aside.name)


def own_folder(language: Language, path: Path) -> Path:
    """A folder of ours, made where it is not; a link or a file under its name is set aside."""
    if _mode(path) and not is_folder(path):
        set_aside(language, path)
    path.mkdir(exist_ok=True)
    return path


def cleared(
    language: Language, target: Path, folders: Iterable[str], files: Iterable[str]
) -> tuple[str, ...]:
    """Set aside what stands under the names of our own folders and files without being one; what was, in
    sentences.
    """
    words = []
    for name in folders:
        if _mode(target / name) and not is_folder(target / name):
            words.append(set_aside(language, target / name))
    for name in files:
        if _mode(target / name) and not is_file(target / name):
            words.append(set_aside(language, target / name))
    return tuple(words)


def strays(language: Language, report: Path) -> Iterator[str]:
    """What lies in the folder of a report and is no file, in sentences."""
    for path in sorted(report.iterdir()):
        if not is_file(path):
            yield language.say("stray.in-report", name=path.name, report=report.name)
