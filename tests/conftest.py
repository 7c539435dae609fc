"""What tests share: their tier, the processes they start, the reports they read, and the two folders of
official data that the repository does not carry.
"""

from __future__ import annotations

import fcntl
import gc
import itertools
import os
import shutil
import signal
from collections import defaultdict
from collections.abc import Generator, Sequence
from pathlib import Path

# Small matrices: a second thread costs more than it gives, and reports have one too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis  # noqa: E402
import pytest  # noqa: E402
import tiers  # noqa: E402
from processes import Processes  # noqa: E402
from small_evaluation import written  # noqa: E402

from impactkit.data import light  # noqa: E402

# Before any test imports what takes seconds and serves nothing here.
light.jsonschema()


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
# Where reports stand that a script has just built: `plain` and, with the official files, `official`.
BUILT = os.environ.get("IMPACTKIT_BUILT")
GUARD = tiers.Guard()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--tier", choices=tiers.TIERS, default=tiers.ALL, help="how much is tested (tests/tiers.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    # No deadline: a machine may be busy, and what is slow is `make bench`'s to say.
    tiers.tier = config.getoption("--tier")
    examples = tiers.examples(tiers.MOST_EXAMPLES)
    hypothesis.settings.register_profile("tier", deadline=None, max_examples=examples)
    hypothesis.settings.load_profile("tier")
    GUARD.watch()
    # A job in the background of a shell hears no Ctrl-C, and nor would what the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    # What was imported stays to the end: it is not looked through again and again for what may go.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def tier() -> str:
    """How much is tested: quick, test or all."""
    return tiers.tier


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
def processes():
    """Starts processes, and ends those that are left."""
    hand = Processes()
    yield hand
    hand.end()


@pytest.fixture(scope="session")
def built(repo, tier, tmp_path_factory):
    """The folder of the reports of the real evaluation: all of them, or the sample of a smaller tier."""
    only = None if tier == tiers.ALL else tiers.SAMPLE
    return _built_once(repo / "data" / "french-impact", tmp_path_factory, only=only)


@pytest.fixture(scope="session")
def built_demo(repo, tmp_path_factory):
    """The folder of all the reports of the invented evaluation."""
    return _built_once(repo / "data" / "demo", tmp_path_factory)


@pytest.fixture(scope="session")
def every_report(built, built_demo):
    """Every folder of a report, of both evaluations."""
    return sorted(page.parent for folder in (built, built_demo) for page in folder.glob("*/report.html"))


@pytest.fixture
def report(report_name, built, request):
    """The folder of one report (« french-impact/mayotte »)."""
    evaluation, _, code = report_name.partition("/")
    return (built if evaluation == "french-impact" else request.getfixturevalue("built_demo")) / code


@pytest.fixture(scope="session")
def built_official(repo, sources, tmp_path_factory):
    """The folder of all the reports of the real evaluation, with the official files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACTKIT_SOURCES", str(sources))
        return _built_once(repo / "data" / "french-impact", tmp_path_factory, "official")


def _built_once(
    folder: Path, factory: pytest.TempPathFactory, name: str = "plain", only: Sequence[str] | None = None
) -> Path:
    """Built by the first of the processes that test; the others wait for it, and none writes there after.

    What stands in the folder that IMPACTKIT_BUILT names is built again where something has changed.
    """
    import impactkit

    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    to = Path(BUILT) / name if BUILT else shared / name
    to.mkdir(parents=True, exist_ok=True)
    done = shared / f"{name}-{folder.name}.done"
    with (shared / f"{name}-{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            summary = impactkit.run(folder, to=to, only=only)
            assert not summary.failed, [outcome.sentence for outcome in summary.failed]
            done.touch()
    return to / folder.name


@pytest.fixture(scope="session")
def chromium():
    """Chromium, started once; a test opens pages of its own in it."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if not program:
        pytest.skip("chromium is not on PATH (Debian: apt install chromium)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # A test that takes no time tries them all.
    small = tiers.tier_of(metafunc.fixturenames, ()) == tiers.QUICK
    for name, values in tiers.parameters(tiers.ALL if small else tiers.tier).items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values)


def _positions(item: pytest.Item) -> list[int]:
    """Where the parameters of a case stand in the lists of its own test."""
    call = getattr(item, "callspec", None)
    if call is None:
        return []
    return [at for name, at in call.indices.items() if name not in tiers.parameters(tiers.ALL)]


# Before xdist, which reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the tier, the longest first, those that share something together."""
    wanted = tiers.TIERS.index(tiers.tier)
    kept, left = [], []
    for item in items:
        item.tier = tiers.tier_of(item.fixturenames, _positions(item))
        (kept if tiers.TIERS.index(item.tier) <= wanted else left).append(item)
    config.hook.pytest_deselected(items=left)
    costs: dict[str, int] = defaultdict(int)
    for item in kept:
        group = tiers.group_of(item)
        item.add_marker(pytest.mark.xdist_group(group))
        costs[group] = max(costs[group], tiers.cost_of(item.fixturenames))
    kept.sort(key=lambda item: -costs[tiers.group_of(item)])
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    GUARD.test = item.nodeid if item.tier == tiers.QUICK else ""
    result = yield
    GUARD.test = ""
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if GUARD.started:
        report.outcome, report.longrepr = (
            "failed",
            f"a quick test started {GUARD.started}: ask for `processes`",
        )
        GUARD.started.clear()
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
