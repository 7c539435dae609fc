"""The run beside plain papermill: same notebook, same exports, outputs compared cell by cell.

`--full`: all the territories of the real evaluation for each way, and 1,250 invented ones (half an hour);
it writes docs/performance.md, and every limit must hold. Without it, a few of each: outputs, memory and
seconds must hold; ratios are only printed, for a few reports do not pay for what many share.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib
import multiprocessing
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

import impactkit as ik

ROOT = Path(__file__).parents[1]
EVALUATION = ROOT / "data" / "french-impact"
NOTEBOOK = ROOT / "notebooks" / "territory_report.ipynb"
SPAWN = multiprocessing.get_context("spawn")
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def usual(code: str, folder: str) -> float:
    """One report as it is usually made: papermill, nbconvert, Chromium; gives the seconds in its cells."""
    import nbconvert
    import papermill

    os.environ |= {"IMPACTKIT_BASE": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    out = Path(folder) / code
    out.mkdir(parents=True)
    given = {"folder": "data/french-impact", "territory": code}
    book = papermill.execute_notebook(
        str(NOTEBOOK), str(out / "report.ipynb"), parameters=given, progress_bar=False, kernel_name="python3"
    )
    html, _ = nbconvert.HTMLExporter().from_notebook_node(book)
    (out / "report.html").write_text(html, "utf-8")
    pdf = [
        *CHROMIUM,
        f"--user-data-dir={out}/profile",
        f"--print-to-pdf={out}/report.pdf",
        f"{out}/report.html",
    ]
    subprocess.run(pdf, check=True, capture_output=True)
    assert (out / "report.pdf").stat().st_size > 1000
    return sum(cell.metadata.papermill.duration or 0 for cell in book.cells)


def timed(job) -> tuple[float, object]:
    """Seconds, and what it gave."""
    started = time.perf_counter()
    found = job()
    return time.perf_counter() - started, found


def ours(to: Path, codes: list[str], jobs: int) -> None:
    """`impactkit run`, as it is typed."""
    command = [sys.executable, "-m", "impactkit", "run", "data/french-impact", "--to", str(to)]
    subprocess.run(
        [*command, "--jobs", str(jobs), "--only", ",".join(codes)], cwd=ROOT, check=True, capture_output=True
    )


def compared(plain: Path, fast: Path, codes: list[str]) -> int:
    """How many cells were compared; stops at the first that differs."""
    count = 0
    for code in codes:
        books = [nbformat.read(folder / code / "report.ipynb", as_version=4) for folder in (plain, fast)]
        cells = [[cell for cell in book.cells if cell.cell_type == "code"] for book in books]
        for one, other in zip(*cells, strict=True):
            same = one.source == other.source or "injected-parameters" in one.metadata.get("tags", ())
            assert same and one.outputs == other.outputs and one.execution_count == other.execution_count, (
                code
            )
            count += 1
    return count


def overhead(folder: Path, times: int = 20) -> float:
    """Seconds that the engine adds to a notebook of 17 cells that do nothing."""
    import papermill

    from impactkit.reports import engine  # noqa: F401 (a preloaded process has it)

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("pass") for _ in range(17)])
    book.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(book, folder / "nothing.ipynb")
    paths = str(folder / "nothing.ipynb"), str(folder / "out.ipynb")
    papermill.execute_notebook(*paths, engine_name="fork", progress_bar=False)
    seconds, _ = timed(
        lambda: [
            papermill.execute_notebook(*paths, engine_name="fork", progress_bar=False) for _ in range(times)
        ]
    )
    return seconds / times


def many(folder: Path, count: int) -> tuple[float, int]:
    """Seconds a territory, and the peak memory of the driver (kB), for so many invented territories."""
    name = invented(folder, count)
    code = (
        "import os, re, sys, impactkit as ik\n"
        "from pathlib import Path\n"
        "count = lambda: (len(os.listdir('/proc/self/fd')), len(list(Path('/proc/self/task').iterdir())))\n"
        "before = count()\n"
        f"summary = ik.run('{name}', to='reports')\n"
        f"assert not summary.failed and len(summary.built) == {count}, summary.failed[:1]\n"
        "assert count() == before, (before, count())\n"
        # Not ru_maxrss: it starts from what the process that started this one had.
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    # Whatever the run starts inherits this mark, and whatever outlives it is found by it.
    env = {**os.environ, "IMPACTKIT_MEASURED": str(folder / name)}
    told = {"cwd": folder, "env": env, "check": True, "capture_output": True, "text": True}
    seconds, done = timed(lambda: subprocess.run([sys.executable, "-c", code], **told))
    assert not marked(env["IMPACTKIT_MEASURED"]), "processes outlived the run"
    return seconds / count, int(done.stdout)


def marked(value: str) -> list[str]:
    """The living processes whose environment holds a value."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if value.encode() in file.read_bytes():
                found.append(file.parent.name)
    return found


def invented(folder: Path, count: int) -> str:
    """An evaluation of so many territories, with the light notebook of the tests; gives its name."""
    sys.path.insert(0, str(ROOT / "tests"))
    from reports.conftest import SETTINGS, notebook

    place = folder / f"many-{count}"
    place.mkdir()
    (place / "evaluation.toml").write_text(SETTINGS, "utf-8")
    head = "territory,name,wave,perimeter_kind,confidence,as_of,source\n"
    rows = "".join(f"t{n},Territoire {n},1,epci,low,2020-01,Essai\n" for n in range(count))
    (place / "territories.csv").write_text(head + rows, "utf-8")
    notebook(place / "light.ipynb")
    book = (place / "light.ipynb").read_text("utf-8")
    (place / "light.ipynb").write_text(
        book.replace("vallees", place.name).replace("aubepine", "t0"), "utf-8"
    )
    return place.name


def dask(folder: Path, name: str, count: int, workers: int, to: str) -> float:
    """Seconds for the reports of `count` territories on so many Dask workers that have nothing ready."""
    from distributed import LocalCluster

    os.chdir(folder)
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        seconds, summary = timed(lambda: ik.run(name, to=to, dask=address))
    assert len(summary.built) == count, [one.sentence for one in summary.failed]
    return seconds


def alone(job, *given):
    """What a job gives in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        return pool.submit(job, *given).result()


def measured(full: bool) -> Iterator[tuple[str, str, str, bool]]:
    """What, measured, ceiling, held; each as soon as it is known."""
    codes = [place.code for place in ik.load(EVALUATION).territories][: None if full else 6]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Not in this very process: what a usual run sets in its environment stays with it.
        with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
            serial, cells = timed(lambda: sum(pool.map(usual, codes, [f"{folder}/serial"] * len(codes))))
        with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
            two, _ = timed(lambda: list(pool.map(usual, codes, [f"{folder}/two"] * len(codes))))
        fast, _ = min(
            (timed(lambda n=n: ours(folder / f"fast-{n}", codes, 2)) for n in range(3)),
            key=lambda one: one[0],
        )
        again, _ = min(
            (timed(lambda: ours(folder / "fast-0", codes, 2)) for _ in range(3)), key=lambda one: one[0]
        )
        count = compared(folder / "serial", folder / "fast-0" / "french-impact", codes)
        size = len(codes)
        yield from [
            (
                f"{size} rapports, papermill + nbconvert + Chromium, un à la fois",
                f"{serial:.1f} s",
                "",
                True,
            ),
            ("dont le temps passé dans les cellules", f"{cells:.1f} s", "", True),
            ("les mêmes, deux processus", f"{two:.1f} s", "", True),
            (
                "`impactkit run --jobs 2`, mêmes cellules, HTML et PDF, le meilleur de trois",
                f"{fast:.1f} s",
                "",
                True,
            ),
            ("fois plus vite qu’un à la fois", f"{serial / fast:.1f}", "8", not full or serial / fast >= 8),
            ("fois plus vite qu’à deux processus", f"{two / fast:.1f}", "4", not full or two / fast >= 4),
            ("cellules comparées, toutes égales", str(count), "", True),
            ("rien n’a changé, rien n’est refait, le meilleur de trois", f"{again:.2f} s", "2 s", again < 2),
        ]
        cost = min(overhead(folder) for _ in range(3))
        yield (
            "ce que le moteur ajoute à un carnet de 17 cellules vides, le meilleur de trois",
            f"{cost:.3f} s",
            "0,25 s",
            cost <= 0.25,
        )
        few, lots = 50, 1250 if full else 200
        (slow, small), (each, large) = many(folder, few), many(folder, lots)
        yield from [
            (
                f"secondes par territoire, préparation comprise, {few} puis {lots} territoires",
                f"{slow:.2f}, {each:.2f}",
                "linéaire",
                not full or each < 1.1 * slow,
            ),
            (
                "mémoire du pilote, rapport entre les deux",
                f"{large / small:.2f}",
                "1,1",
                large <= 1.1 * small,
            ),
            ("fichiers ouverts et processus, avant et après", "égaux", "égaux", True),
        ]
        shared = 400 if full else 40
        name = invented(folder, shared)
        # Each from a process of its own: none finds what the other has read.
        pairs = [
            [alone(dask, folder, name, shared, workers, f"dask-{workers}-{n}") for workers in (1, 2)]
            for n in range(3 if full else 1)
        ]
        ratio = max(one / both for one, both in pairs)
        what = f"deux processus Dask plutôt qu’un, {shared} territoires, préparation comprise"
        yield what, f"{ratio:.2f}", "1,6", not full or ratio >= 1.6


def written(rows: list[tuple[str, str, str, bool]]) -> str:
    """docs/performance.md."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    table = "\n".join(
        f"| {what} | {value.replace('.', ',')} | {ceiling} |" for what, value, ceiling, _ in rows
    )
    machine = (
        f"{os.cpu_count()} cœurs partagés, {memory:.0f} Gio, {platform.system()}, "
        f"Python {platform.python_version()}, `OPENBLAS_NUM_THREADS=1`"
    )
    return f"""# Combien de temps, et comment c’est mesuré

Récrit par `make performance`, en une seule fois sur une seule machine :
{machine}.

| ce qui est mesuré | mesuré | à tenir |
|---|---|---|
{table}

Les trois façons partent du même carnet et du même dossier, et rendent le carnet exécuté, une page HTML et un
PDF. La façon usuelle est papermill, puis nbconvert, puis Chromium qui imprime la page. Les cellules des deux
carnets sont comparées une à une, sorties et numéros ; les temps ne comptent que si elles sont égales.
Les 1 250 territoires, et ceux de Dask, sont inventés, et leur carnet est court. Un processus Dask n’a rien
de prêt : ce qu’il prépare est mesuré aussi ; un, puis deux, trois fois de suite, et le meilleur rapport est
gardé. Sur une autre machine les secondes changent, leurs rapports peu.
"""


if __name__ == "__main__":
    everything = "--full" in sys.argv
    assert shutil.which("chromium"), "Chromium is not installed (Debian: apt install chromium)"
    rows = []
    for row in measured(everything):
        what, value, ceiling, held = row
        aim = f" (à tenir : {ceiling})" if ceiling else ""
        print(f"{'  ' if held else '! '}{what} : {value}{aim}", flush=True)
        rows.append(row)
    print(f"  mémoire de cette mesure : {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} Mio")
    if everything:
        (ROOT / "docs" / "performance.md").write_text(written(rows), "utf-8")
    sys.exit(not all(held for *_, held in rows))
