"""The card, literally: plain papermill and plain nbconvert, with no command of ours, for every territory."""

import os


def test_plain_papermill_and_plain_nbconvert_work_for_every_territory(
    territory_code, repo, french_impact, processes, tmp_path
):
    # JUPYTER_PATH too: a plain tool finds the kernel of its own environment.
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("IMPACTKIT_", "JUPYTER_PATH"))
    }
    notebook = repo / "notebooks" / "territory_report.ipynb"
    executed = tmp_path / f"{territory_code}.ipynb"
    parameters = ["-p", "territory", territory_code, "--no-progress-bar"]
    made = processes.tool("papermill", notebook, executed, *parameters, cwd=repo, env=plain)
    assert made.returncode == 0, made.stderr[-800:]
    made = processes.tool("jupyter", "nbconvert", "--to", "html", executed, cwd=tmp_path, env=plain)
    assert made.returncode == 0, made.stderr[-800:]
    html = (tmp_path / f"{territory_code}.html").read_text("utf-8")
    assert '<ul class="ik-findings">' in html and "ik-title" in html
    assert french_impact.territory(territory_code).name in html.replace("&#x27;", "'")
    assert not (tmp_path / "indicators.csv").exists()


def test_every_territory_is_tried(french_impact):
    from tiers import ALL, parameters

    codes = [territory.code for territory in french_impact.territories]
    assert list(parameters(ALL)["territory_code"]) == codes and len(codes) == 27
