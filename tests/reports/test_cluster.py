"""Reports built by Dask workers: the same, and a worker that is lost loses none."""

import os
import signal
import threading

import pytest
from waiting import wait_for

import impactkit as ik
from impactkit.errors import RefusedData
from impactkit.reports import workers
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")


@pytest.fixture
def cluster():
    from distributed import LocalCluster

    with LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


def pages(folder):
    return {code: (folder / code / "report.html").read_bytes() for code in CODES}


def test_workers_build_the_same_and_a_lost_one_loses_nothing(
    valleys, write_notebook, cluster, tmp_path, processes
):
    # No report ends before this file is there.
    go = tmp_path / "go"
    go.touch()
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.01)"
    write_notebook(valleys / "light.ipynb", middle=waits)
    here = ik.run("vallees", to=tmp_path / "here")
    there = ik.run("vallees", to=tmp_path / "there", dask=cluster.scheduler_address)
    assert there.built == CODES, [one.sentence(FRENCH) for one in there.failed]
    assert pages(there.folder) == pages(here.folder)
    lost = cluster.workers[0].pid

    def kill():
        building = tmp_path / "third" / "vallees" / ".building"
        try:
            # Both workers are building.
            wait_for(lambda: len(list(building.glob("*/section"))) == 2, "no report is being built")
            os.kill(lost, signal.SIGKILL)
        finally:
            go.touch()

    go.unlink()

    killer = threading.Thread(target=kill)
    killer.start()
    third = ik.run("vallees", to=tmp_path / "third", dask=cluster.scheduler_address)
    killer.join()
    assert third.built == CODES, [one.sentence(FRENCH) for one in third.failed]
    assert pages(third.folder) == pages(here.folder)


def test_nobody_at_an_address_is_said(valleys, monkeypatch, processes):
    monkeypatch.setattr(workers, "PATIENCE", 1)
    with pytest.raises(RefusedData, match="ordonnanceur"):
        ik.run("vallees", dask="tcp://127.0.0.1:9")
    assert not list((valleys.parent / "reports").rglob("report.html"))
