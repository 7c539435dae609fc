"""JupyterLab as `make lab` starts it, in a real browser: every numbered notebook, from top to bottom."""

import json
import os
import re
import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError
from waiting import STUCK, wait_for

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("Makefile", "pyproject.toml", "requirements.lock", ".jupyter", "notebooks", "data")
TOKEN = "essai"
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(one => one.textContent.trim())"
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
# Every cell has its number, or one has stopped those that follow.
DONE = f"""() => {{
    const all = {PROMPTS};
    const every = all.length && all.every(prompt => /^\\[\\d+\\]:$/.test(prompt));
    return every || document.querySelector('{ERROR}') !== null;
}}"""
BEGUN = f"() => {PROMPTS}.some(one => one !== '[ ]:')"
# A page as tall as the longest notebook: all of it is drawn, and seen in one picture.
WIDE, TALL = 1300, 9000


@pytest.fixture(scope="module")
def lab(tmp_path_factory, processes):
    """The address of a JupyterLab started by `make lab` in a copy of the repository."""
    home = tmp_path_factory.mktemp("lab")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, home / name)
    (home / ".venv").symlink_to(sys.prefix)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    flags = (
        f"--no-browser --ServerApp.port={port} --ServerApp.port_retries=0 --IdentityProvider.token={TOKEN}"
    )
    flags += " --allow-root" * (os.geteuid() == 0)
    # -o: the environment is that of the tests, whatever the age of its files.
    command = ["make", "-o", ".venv/.ready-dev", "lab", f"STATE={home / 'state'}", f"LAB_FLAGS={flags}"]
    with (home / "lab.log").open("w") as log:
        server = processes.start(
            command,
            cwd=home,
            env=os.environ | {"HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: server.poll() is not None or _answers(address), "JupyterLab does not answer")
        assert server.poll() is None, (home / "lab.log").read_text()
        yield address, home
        _end_sessions(address)
        wait_for(lambda: _runs_nothing(address), "kernels do not end")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=STUCK)


@pytest.fixture(scope="module")
def page(chromium):
    tab = chromium.new_page(viewport={"width": WIDE, "height": TALL}, locale="fr-FR")
    yield tab
    tab.close()


def _asked(address, path, method="GET"):
    request = urllib.request.Request(
        f"{address}/{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


def _answers(address):
    """Whether the server takes a request."""
    try:
        return bool(_asked(address, "api"))
    except OSError:
        return False


def _runs_nothing(address):
    """Whether no kernel is left; a server that loses one while it counts them answers 500."""
    try:
        return not _asked(address, "api/kernels")
    except urllib.error.HTTPError as refusal:
        assert refusal.code == 500, refusal
        return False


def _end_sessions(address):
    for session in _asked(address, "api/sessions"):
        _asked(address, f"api/sessions/{session['id']}", "DELETE")


def _run_all(page):
    """By the menu, as a person does; one that has just opened may take no click: look, and click again."""
    for _ in range(5):
        page.locator(".lm-MenuBar-item", has_text=re.compile("^(Exécution|Run)$")).click()
        item = page.locator('.lm-Menu-item[data-command="runmenu:run-all"]')
        item.hover()
        page.wait_for_timeout(500)
        item.click()
        try:
            page.wait_for_function(BEGUN, timeout=10_000)
            return
        except TimeoutError:
            page.keyboard.press("Escape")
    raise AssertionError("the menu takes no click")


def _files(home):
    """What stands in the folders of the repository, but for what Jupyter saves beside a notebook."""
    found = [path for name in ("notebooks", "data", "reports") for path in (home / name).rglob("*")]
    return {path.relative_to(home) for path in found if ".ipynb_checkpoints" not in path.parts}


def test_it_opens_on_the_first_notebook(lab, page):
    lab, _ = lab
    page.goto(f"{lab}/?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook h1", timeout=180_000)
    assert page.url.endswith("/lab/tree/notebooks/00_commencer_ici.ipynb")
    assert "Commencer ici" in page.inner_text(".jp-Notebook h1")
    # A server that is ended while a kernel starts waits for it for ever.
    page.wait_for_selector(IDLE, timeout=180_000)
    # Nobody is asked for news, and nothing stands in the way.
    assert not page.query_selector(".jp-Dialog") and not page.query_selector(".Toastify__toast")


def test_every_numbered_notebook_runs_shows_and_leaves_no_file(lab, page, numbered_notebook, tmp_path):
    name = numbered_notebook
    lab, home = lab
    before = _files(home)
    page.goto(f"{lab}/lab/tree/notebooks/{name}?reset&token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=180_000)
    page.wait_for_selector(IDLE, timeout=180_000)
    _run_all(page)
    try:
        page.wait_for_function(DONE, timeout=600_000)
        page.wait_for_selector(IDLE, timeout=60_000)
    finally:
        page.screenshot(path=tmp_path / f"{name}.png")
    for wrong in ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr"):
        assert not page.locator(f'.jp-OutputArea-output[data-mime-type="{wrong}"]').all_inner_texts()
    assert page.locator(".jp-OutputArea-output table").count()
    drawn = page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea figure.ik-chart img')].map(one =>"
        " [one.complete && one.naturalWidth > 0, one.getBoundingClientRect().width, one.alt.length])"
    )
    asked = (ROOT / "notebooks" / name).read_text("utf-8").count("ik.chart(")
    asked += (ROOT / "notebooks" / name).read_text("utf-8").count("ik.map(")
    assert len(drawn) >= asked - (2 if name.startswith("09") else 0)
    assert all(loaded and width > 300 and told > 40 for loaded, width, told in drawn)
    assert _files(home) == before
    _end_sessions(lab)
