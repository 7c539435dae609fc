"""The card, literally: plain papermill and plain nbconvert, with no command of ours, for every territory."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.mark.slow
def test_plain_papermill_and_plain_nbconvert_work_for_every_territory(repo, french_impact, tmp_path):
    # JUPYTER_PATH too: a plain tool finds the kernel of its own environment.
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("IMPACTKIT_", "JUPYTER_PATH"))
    }
    notebook = str(repo / "notebooks" / "territory_report.ipynb")

    def papermill(code):
        out = tmp_path / f"{code}.ipynb"
        command = [BIN / "papermill", notebook, str(out), "-p", "territory", code, "--no-progress-bar"]
        return code, subprocess.run(command, cwd=repo, env=plain, capture_output=True, text=True)

    with ThreadPoolExecutor(2) as pool:
        for code, made in pool.map(papermill, [place.code for place in french_impact.territories]):
            assert made.returncode == 0, f"{code}: {made.stderr[-800:]}"
    notebooks = sorted(map(str, tmp_path.glob("*.ipynb")))
    assert len(notebooks) == 27
    command = [BIN / "jupyter", "nbconvert", "--to", "html", *notebooks]
    made = subprocess.run(command, cwd=tmp_path, env=plain, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr[-800:]
    for place in french_impact.territories:
        html = (tmp_path / f"{place.code}.html").read_text("utf-8")
        assert '<ul class="ik-findings">' in html and "ik-title" in html
        assert place.name in html.replace("&#x27;", "'"), place.code
        assert not (tmp_path / "indicators.csv").exists()
