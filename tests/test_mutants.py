"""The small faults of `make mutants`: which there are, one draw, a table that names what exists."""

import ast
import csv
import tomllib

import mutants
import pytest
from faults import faults_of

MODULE = '''"""Words: 1 + 1."""

__all__ = ["lower"]


@cache(maxsize=32)
def lower(value: int | None, known: list[float]) -> float:
    """Not 2."""
    if value is None:
        raise ValueError(f"not {value + 1}")
    for at in range(3):
        known[at] -= value * 2
        if at > 1 and value:
            break
    return min(value, max(known[1:]))
'''
FAULTS = {
    ("comparison", "value is None", "(value is not None)"),
    ("deletion", 'raise ValueError(f"not {value + 1}")', "pass"),
    ("constant", "3", "(4)"),
    ("constant", "3", "(2)"),
    ("deletion", "known[at] -= value * 2", "pass"),
    ("calculation", "value * 2", "(value / 2)"),
    ("constant", "2", "(3)"),
    ("constant", "2", "(1)"),
    ("boolean", "at > 1 and value", "(at > 1 or value)"),
    ("comparison", "at > 1", "(at >= 1)"),
    ("constant", "1", "(2)"),
    ("constant", "1", "(0)"),
    ("loop", "break", "continue"),
    ("return", "return min(value, max(known[1:]))", "return None"),
    ("slice", "1:", ":"),
}


@pytest.fixture
def faults(tmp_path):
    path = tmp_path / "lower.py"
    path.write_text(MODULE, "utf-8")
    return faults_of(path, "lower")


def test_a_module_has_these_faults_and_no_other(faults):
    assert {(fault.kind, fault.before, fault.after) for fault in faults} == FAULTS
    assert len({fault.key for fault in faults}) == len(faults)


def test_each_fault_is_one_change_of_the_text(faults):
    sound = ast.dump(ast.parse(MODULE))
    for fault in faults:
        changed = fault.put_in(MODULE.encode())
        assert ast.dump(ast.parse(changed)) != sound


def test_a_fault_stays_drawn_when_another_line_moves(faults, tmp_path):
    path = tmp_path / "moved.py"
    path.write_text(MODULE.replace("__all__", "# A line more.\nother = 5\n__all__"), "utf-8")
    moved = faults_of(path, "lower")
    assert {fault.rank(7) for fault in faults} < {fault.rank(7) for fault in moved}
    assert {fault.rank(7) for fault in faults}.isdisjoint({fault.rank(8) for fault in faults})


def test_the_table_names_modules_and_tests_that_exist(repo):
    table = tomllib.loads(mutants.TABLE.read_text("utf-8"))
    for kind in table["kind"]:
        for module in kind["modules"]:
            assert mutants.source(repo, module).is_file(), module
        for test in kind["quick"] + kind["whole"]:
            assert (repo / test.partition("::")[0]).is_file(), test


def test_three_hundred_are_drawn_the_same_each_time():
    drawn = [fault.key for kind in mutants.kinds() for fault in kind.drawn]
    again = [fault.key for kind in mutants.kinds() for fault in kind.drawn]
    assert len(set(drawn)) == 300 and drawn == again


def test_every_judgement_has_a_reason_and_a_module(repo):
    with mutants.JUDGED.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len({mutants._key(line) for line in lines}) == len(lines)
    for line in lines:
        assert line["verdict"] in ("equivalent", "unseen") and len(line["reason"]) > 20
        assert mutants.source(repo, line["module"]).is_file()


def test_the_score_counts_what_died_of_what_was_tried(faults):
    names = ("killed", "hung", "survived", "survived")
    outcomes = dict(zip((fault.key for fault in faults), names, strict=False))
    reasons = {faults[2].key: "equivalent: x", faults[3].key: "unseen: y", faults[0].key: "equivalent: z"}
    fates = mutants.Fates(outcomes, reasons)
    assert fates.share(faults[:5]) == 0.5 and fates.share(faults[:2]) == 1.0
    line = fates.line("a", faults[:5])
    assert line == "| a | 5 | 4 | 2 | 1 | 2 | 1 | 50.0 ± 25.0 |"
