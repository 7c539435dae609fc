"""Parameters are read without running anything, and refused before anything runs."""

import contextlib

import pytest

from impactkit.data.notebook_parameters import checked, declared
from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.language import FRENCH

MORE = (
    "years: tuple = (2016, 2023)\nshare: float = 0.5\nlow, high = 1, 2\nnames: list[str] = []\nmust: str\n"
)


@pytest.fixture
def book(tmp_path, write_notebook):
    return write_notebook(tmp_path / "book.ipynb", parameters=MORE)


def test_every_way_of_declaring_is_read(book):
    found = declared(FRENCH, book)
    assert list(found) == "folder territory greeting years share low high names must".split()
    assert found["years"].default == (2016, 2023) and found["high"].default == 2
    assert found["must"].required and not found["share"].required


@pytest.mark.parametrize(
    "line",
    [
        "x = open('a')",
        "import os",
        "x.y = 1",
        "f(1)",
        "x = y",
        "x = [",
        "a, b = 1",
        "x += 1",
        "if True:\n    x = 1",
        "x = {[]: 1}",
        "x = -'a'",
        "x = f'{1}'",
        "*a, b = 1, 2",
    ],
)
def test_anything_but_a_name_and_a_literal_is_refused(tmp_path, write_notebook, line):
    with pytest.raises(RefusedData, match="parameters"):
        declared(FRENCH, write_notebook(tmp_path / "book.ipynb", parameters=line))


@pytest.mark.parametrize(
    "line", ["x = {}", "x: {} = 1", "{}", "x = [{} for _ in 'a']", "x = f'{{{}}}'", "[0][{}] = 1"]
)
def test_nothing_is_run_to_read_them(tmp_path, write_notebook, line):
    trace = tmp_path / "trace"
    book = write_notebook(
        tmp_path / "book.ipynb", parameters=line.format(f"open({str(trace)!r}, 'w')").replace("'", '"')
    )
    with contextlib.suppress(RefusedData):
        declared(FRENCH, book)
    assert not trace.exists()


def test_a_value_of_another_kind_is_refused_with_both(book):
    with pytest.raises(RefusedData) as refused:
        checked(FRENCH, book, {"must": "m", "share": "half"})
    assert "`share` attend float, pas str" in refused.value.what and refused.value.next


def test_an_unknown_name_is_refused_with_the_nearest(book):
    with pytest.raises(UnknownName, match="`territory`"):
        checked(FRENCH, book, {"teritory": "x", "must": "y"})


def test_a_name_that_is_code_is_refused(book):
    with pytest.raises(UnknownName):
        checked(FRENCH, book, {'y=__import__("os").system("true");z': 1, "must": "y"})


def test_all_that_is_wrong_is_said_at_once(book):
    with pytest.raises(RefusedData) as refused:
        checked(FRENCH, book, {"teritory": "x", "share": "half", "low": True})
    for name in ("teritory", "share", "low", "must"):
        assert f"`{name}`" in str(refused.value)


def test_what_fits_is_given_as_it_stands(book):
    given = {"must": "m", "share": 1, "years": [2017, 2023], "names": ["a"], "territory": "b"}
    assert checked(FRENCH, book, given) == given


def test_the_notebook_that_ships_takes_its_two_parameters(repo):
    found = declared(FRENCH, repo / "notebooks" / "territory_report.ipynb")
    assert set(found) == {"folder", "territory"}


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "book.ipynb").write_text("{}", "utf-8")
    with pytest.raises(RefusedData):
        declared(FRENCH, tmp_path / "book.ipynb")
