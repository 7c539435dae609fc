"""La page de sécurité : chaque attaque une fois, avec un test que pytest trouve ; ses comptes sont ceux de
ses tables.
"""

import re

import pytest

KIND = re.compile(r"^## (.+) : (\d+) attaques$", re.MULTILINE)
ROW = re.compile(r"^\| (.+) \| (.+) \| `(tests/[^`]+)` \|$", re.MULTILINE)
LEAST = 120


@pytest.fixture(scope="module")
def page(repo):
    return (repo / "docs" / "security.md").read_text("utf-8")


def kinds_of(page):
    """The name of each kind, how many attacks it says, and its rows: attack, where it stops, test."""
    _, *parts = KIND.split(page)
    names, counts, texts = parts[::3], parts[1::3], parts[2::3]
    tables = [[ROW.match(line) for line in text.splitlines() if line.startswith("| ")][1:] for text in texts]
    return list(zip(names, map(int, counts), tables, strict=True))


def test_the_counts_said_are_those_of_the_tables(page):
    kinds = kinds_of(page)
    for name, count, rows in kinds:
        # A row that is not read is one that is not counted.
        assert all(rows) and len(rows) == count, name
    (said,) = re.findall(r"donne (\d+) attaques, de (\d+) sortes", page)
    assert said == (str(sum(count for _, count, _ in kinds)), str(len(kinds)))
    assert int(said[0]) >= LEAST
    assert len(ROW.findall(page)) == int(said[0])


def test_no_attack_is_written_twice(page):
    rows = ROW.findall(page)
    plain = ["".join(filter(str.isalnum, attack.casefold())) for attack, _, _ in rows]
    assert sorted(plain) == sorted(set(plain))
    assert all(where.strip() and attack.strip() for attack, where, _ in rows)


def missing(rows, collected):
    """The tests named that pytest does not find: whole, or with one of its cases."""
    functions = {name.partition("[")[0] for name in collected}
    return [name for name in rows if name not in collected and name not in functions]


def test_every_attack_has_a_test_that_is_collected(page, repo, processes):
    named = [test for _, _, test in ROW.findall(page)]
    files = sorted({name.partition("::")[0] for name in named})
    assert all((repo / file).is_file() for file in files)
    words = ("-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib")
    done = processes.python(*words, "--collect-only", "-q", *files, cwd=repo)
    assert done.returncode == 0, done.stdout[-2000:]
    collected = {line for line in done.stdout.splitlines() if "::" in line}
    assert missing(named, collected) == []
    # A name that is none would be seen.
    assert missing([*named, f"{named[0]}x", f"{files[0]}::test_x[a]"], collected) == [
        f"{named[0]}x",
        f"{files[0]}::test_x[a]",
    ]


def test_the_page_is_reached_from_the_first(repo):
    index = (repo / "docs" / "index.md").read_text("utf-8")
    assert index.count("security") >= 2 and "(security.md)" in index
