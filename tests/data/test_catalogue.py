"""The catalogue of indicators: what each row must say, and what it may not say unverified."""

import csv
import json
import re

import pytest

COLUMNS = (
    "id theme label_fr label_en formula unit direction source level frequency breaks coverage target "
    "target_source sdg iris trap status checked"
).split()
CONTEXT = {
    "count_population",
    "share_aged_75",
    "count_jobs_private",
    "rate_unemployment",
    "rate_poverty",
    "count_jobs_ess",
}
PREFIXES = ("count_", "share_", "rate_", "amount_", "index_", "ratio_")
ALWAYS = ("id", "theme", "label_fr", "label_en", "formula", "unit", "direction", "source", "level")
FRENCH = "label_fr formula unit source frequency breaks coverage target trap".split()
ADDRESSES = ["target_source", "checked"]
LEVELS = {
    "commune",
    "epci",
    "zone",
    "departement",
    "region",
    "collecte",
    "mobilite",
    "enquete",
    "local",
}
# What a target is: binding, planned by the state, or a mark of a programme that binds nobody.
MARK = "Repère T.E.T.E., sans valeur légale\u202f: "
NATURES = ("Loi\u202f: ", "Circulaire\u202f: ", "Plan national\u202f: ", MARK)
# IRIS+ metrics and the page of GIIN's catalogue that names them; any other id is refused.
IRIS = {
    "PI5678": "https://irisdev.thegiin.org/metric/5.3/pi5678/",
    "OI7920": "https://irisdev.thegiin.org/metric/5.3/pi5678/",
    "PI5926": "https://irisdev.thegiin.org/metric/5.3/pi5678/",
}


@pytest.fixture(scope="module")
def file(repo):
    return repo / "data" / "reference" / "indicators.csv"


@pytest.fixture(scope="module")
def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, strict=True))


@pytest.fixture(scope="module")
def themes(repo):
    schema = json.loads((repo / "data" / "schemas" / "challenges.schema.json").read_text("utf-8"))
    [field] = [field for field in schema["fields"] if field["name"] == "themes"]
    return set(field["labels"])


def wrong(rows, is_right):
    return [row["id"] for row in rows if not is_right(row)]


def test_the_file_is_plain(file, rows):
    raw = file.read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw and text.endswith("\n")
    assert text.split("\n", 1)[0] == ",".join(COLUMNS)
    assert not wrong(rows, lambda row: list(row) == COLUMNS and None not in row.values())


def test_ids_are_unique_and_say_what_they_measure(rows):
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) and 46 <= len(ids) <= 60
    assert not wrong(rows, lambda row: row["id"].startswith(PREFIXES))
    assert not wrong(rows, lambda row: re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", row["id"]))


def test_every_theme_is_known_and_has_eight_indicators(rows, themes):
    assert not wrong(rows, lambda row: set(row["theme"].split()) <= (themes | {"context"}))
    assert {row["id"] for row in rows if "context" in row["theme"].split()} == CONTEXT
    for theme in themes - {"other"}:
        assert sum(theme in row["theme"].split() for row in rows) >= 8, theme


def test_unemployment_and_poverty_belong_to_inclusion_too(rows):
    both = {row["id"] for row in rows if row["theme"] == "context inclusion"}
    assert both == {"rate_unemployment", "rate_poverty"}


def test_no_row_lacks_what_a_report_prints(rows):
    for column in (*ALWAYS, "frequency", "trap", "status"):
        assert not wrong(rows, lambda row, column=column: row[column].strip()), column
    assert not wrong(rows, lambda row: row["direction"] in ("higher", "lower", "context", "contested"))
    assert not wrong(rows, lambda row: set(row["level"].split()) <= LEVELS)
    assert not wrong(rows, lambda row: all(value == value.strip() for value in row.values()))


def test_shares_and_rates_of_persons_are_parts_of_one(rows):
    shares = [row for row in rows if row["id"].startswith("share_")]
    assert not wrong(shares, lambda row: row["unit"] == "part")
    assert not wrong(rows, lambda row: "%" not in row["unit"])


def test_a_target_has_a_source_and_says_its_nature(rows):
    assert not wrong(rows, lambda row: bool(row["target"]) == bool(row["target_source"]))
    aimed = [row for row in rows if row["target"]]
    assert aimed and not wrong(aimed, lambda row: row["target"].startswith(NATURES))
    assert not wrong(aimed, lambda row: re.search(r"\d|chaque année", row["target"]))


def test_a_row_is_verified_somewhere(rows):
    assert not wrong(rows, lambda row: row["status"] in ("verified", "unverified"))
    assert not wrong(rows, lambda row: row["status"] == "unverified" or row["checked"])


def test_sdg_are_numbers_of_the_un(rows):
    assert not wrong(
        rows,
        lambda row: all(
            re.fullmatch(r"(1[0-7]|[1-9])(\.(\d{1,2}|[a-d]))?", one) for one in row["sdg"].split()
        ),
    )


def test_iris_ids_were_read_on_a_catalogue_page(rows):
    assert not wrong(rows, lambda row: set(row["iris"].split()) <= set(IRIS))
    assert any(row["iris"] for row in rows)


def test_texts_are_short_and_well_set(rows):
    assert not wrong(rows, lambda row: max(map(len, row.values())) <= 300)
    assert not wrong(rows, lambda row: row["trap"].endswith("."))
    for column in FRENCH + ADDRESSES:
        found = [row[column] for row in rows]
        assert not [text for text in found if re.search(r"'|[ \u00a0][%;:!?»]|«[ \u00a0]", text)], column
        assert not [text for text in found if re.search(r"(?<!\d)\d{1,3} \d{3}(?!\d)", text)], column
    for column in FRENCH:
        found = [row[column] for row in rows]
        assert not [text for text in found if re.search(r"(?<!\u202f)[%;:!?»]", text)], column
