"""What tests share: where the repository lies, and the two folders of official data it does not carry."""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Generator, Sequence
from pathlib import Path

# Small matrices: a second thread costs more than it gives, and reports have one too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from small_evaluation import written  # noqa: E402

# A machine may be busy: what is slow is `make bench`'s to say.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.load_profile("ours")


def _given(name: str) -> str | None:
    """What the caller set, kept under another name for the processes that test beside this one."""
    value = os.environ.pop(name, None) or os.environ.get(f"TESTED_{name}")
    if value:
        os.environ[f"TESTED_{name}"] = value
    return value


ROOT = Path(__file__).resolve().parents[1]
# Pages and figures are those of a machine without official files, except where a test asks for them.
GIVEN = {name: _given(name) for name in ("IMPACTKIT_SOURCES", "IMPACTKIT_PUBLISHED")}
NO_SKIP = os.environ.get("IMPACTKIT_NO_SKIP") == "1"


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def french_impact():
    """The real evaluation."""
    import impactkit

    return impactkit.load(ROOT / "data" / "french-impact")


@pytest.fixture(scope="session")
def built(repo, tmp_path_factory):
    """The folder of all the reports of the real evaluation, freshly built."""
    return _built_once(repo / "data" / "french-impact", tmp_path_factory)


@pytest.fixture(scope="session")
def built_demo(repo, tmp_path_factory):
    """The folder of all the reports of the invented evaluation, freshly built."""
    return _built_once(repo / "data" / "demo", tmp_path_factory)


# An EPCI, a sum of communes, a region, a city, a department without figures, an EPCI with an estimate.
OFFICIAL = ("valence-romans", "est-ensemble", "region-bretagne", "roubaix", "mayotte", "montreuillois")


@pytest.fixture(scope="session")
def built_official(repo, sources, tmp_path_factory):
    """The folder of some reports of the real evaluation, freshly built with the official files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACTKIT_SOURCES", str(sources))
        return _built_once(repo / "data" / "french-impact", tmp_path_factory, "official", OFFICIAL)


def _built_once(
    folder: Path, factory: pytest.TempPathFactory, name: str = "built", only: Sequence[str] | None = None
) -> Path:
    """Built by the first of the processes that test; the others wait for it, and none writes there after."""
    import impactkit

    base = factory.getbasetemp()
    to = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    to.mkdir(exist_ok=True)
    done = to / f"{folder.name}.done"
    with (to / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            summary = impactkit.run(folder, to=to, only=only)
            assert not summary.failed, [one.sentence for one in summary.failed]
            done.touch()
    return to / folder.name


@pytest.fixture
def small(tmp_path):
    """Writes and reads a small invented evaluation: `small({"jobs": [{...}]}, more="[label]…")`.

    Rows are dictionaries; `as_of` and `source` are filled in when they are not given. Territories a, b, c
    and d exist unless a `territories` table says otherwise.
    """
    numbers = itertools.count()

    def made(tables, more=""):
        return written(tmp_path / f"essai-{next(numbers)}", tables, more)

    return made


@pytest.fixture(scope="session")
def sources() -> Path:
    """The official files as published (IMPACTKIT_SOURCES); absent, the test is skipped."""
    return _named_folder("IMPACTKIT_SOURCES")


@pytest.fixture(scope="session")
def official(sources):
    """The real evaluation, read with the official files."""
    import impactkit

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACTKIT_SOURCES", str(sources))
        return impactkit.load(ROOT / "data" / "french-impact")


@pytest.fixture(scope="session")
def published() -> Path:
    """The results of published studies (IMPACTKIT_PUBLISHED); absent, the test is skipped."""
    return _named_folder("IMPACTKIT_PUBLISHED")


def _named_folder(variable: str) -> Path:
    value = GIVEN[variable]
    if not value:
        pytest.skip(f"{variable} names no folder")
    folder = Path(value)
    # A variable that is set and wrong is a mistake, not an absence.
    assert folder.is_absolute() and folder.is_dir(), f"{variable}={value}: not the absolute path of a folder"
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: none of two processes ends long after the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _skip_fails(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _skip_fails(report)


def _skip_fails(report):
    """With IMPACTKIT_NO_SKIP=1 a skip is a failure; an expected failure (xfail) stays what it is."""
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"IMPACTKIT_NO_SKIP=1: {reason}"
    return report
