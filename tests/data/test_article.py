"""The map of the founding article: 27 rows, few words quoted, columns that exist, no table forgotten."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROWS = 27
QUOTED = 6
PARAGRAPHS = range(1, 9)


@pytest.fixture(scope="module")
def text(repo: Path) -> str:
    return (repo / "data" / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[list[str]]:
    """Cells of the map: sentence, what it asks, paragraph, columns."""
    article = text.split("## De l'article fondateur aux tables")[1]
    lines = [line for line in article.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@pytest.fixture(scope="module")
def columns(repo: Path) -> dict[str, set[str]]:
    """Columns by table, as the schemas give them."""
    schemas = [
        json.loads(path.read_text("utf-8"))
        for path in sorted((repo / "data" / "schemas").glob("*.schema.json"))
    ]
    return {schema["name"]: {field["name"] for field in schema["fields"]} for schema in schemas}


def named(cell: str) -> list[tuple[str, str]]:
    return re.findall(r"`(\w+)\.(\w+)`", cell)


def test_27_rows_of_four_cells(rows):
    assert len(rows) == ROWS
    assert all(len(row) == 4 and all(row) for row in rows)
    assert len({(sentence, asked) for sentence, asked, _, _ in rows}) == ROWS


def test_each_sentence_is_named_by_at_most_six_of_its_words(rows):
    for sentence, _, _, _ in rows:
        (quoted,) = re.fullmatch(r"« (.+) »", sentence).groups()
        assert 0 < len(re.findall(r"\w+", quoted)) <= QUOTED, sentence


def test_a_sentence_has_one_paragraph_of_the_eight(rows):
    places: dict[str, set[int]] = {}
    for sentence, _, paragraph, _ in rows:
        places.setdefault(sentence, set()).add(int(paragraph))
    assert all(len(found) == 1 for found in places.values())
    assert set.union(*places.values()) == set(PARAGRAPHS)


def test_each_row_has_columns_and_they_exist(rows, columns):
    for sentence, asked, _, cell in rows:
        found = named(cell)
        assert found, (sentence, asked)
        unknown = [f"{table}.{column}" for table, column in found if column not in columns.get(table, ())]
        assert not unknown, (sentence, asked)


def test_settings_beside_columns_are_those_of_the_evaluation(rows, repo):
    settings = {name for row in rows for name in re.findall(r"`(\w+)`", row[3])}
    assert settings == {"wave", "label", "target"}
    written = tomllib.loads((repo / "data" / "french-impact" / "evaluation.toml").read_text("utf-8"))
    assert settings <= set(written)


def test_no_table_is_forgotten(rows, text, columns):
    mapped = {table for row in rows for table, _ in named(row[3])}
    others = [line for line in text.split("Autres tables")[1].splitlines() if line.startswith("- ")]
    listed: set[str] = set()
    for line in others:
        tables, reason = line.split(" : ", 1)
        assert len(reason) > 20, line
        listed |= set(re.findall(r"`(\w+)`", tables))
    assert not mapped & listed
    assert mapped | listed == set(columns)
