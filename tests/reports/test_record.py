"""A record says what a report is made of; its day is that of its content."""

import dataclasses
import datetime as dt

import pytest

from impactkit.errors import ReportFailed
from impactkit.reports.record import (
    RunRecord,
    damaged,
    day_of,
    outputs_of,
    read_record,
    requirements,
    versions,
    write_record,
)
from impactkit.wording.language import FRENCH


@pytest.fixture
def report(tmp_path):
    folder = tmp_path / "aubepine"
    folder.mkdir()
    (folder / "report.html").write_text("<p>Bonjour</p>", "utf-8")
    write_record(record(outputs=outputs_of(folder)), folder)
    return folder


def record(**changes):
    plain = RunRecord("vallees", "aubepine", "2024-03-01", "c0ffee", {"notebook": "ab"}, {}, versions())
    return dataclasses.replace(plain, **changes)


def test_it_is_read_as_it_was_written(report):
    assert read_record(FRENCH, report) == record(outputs=outputs_of(report))
    assert damaged(report, read_record(FRENCH, report)) == ()
    assert [file.name for file in report.glob(".*")] == []


def test_a_file_changed_added_or_lost_is_seen(report):
    found = read_record(FRENCH, report)
    (report / "report.html").write_text("<p>Bonsoir</p>", "utf-8")
    (report / "more.csv").write_text("", "utf-8")
    assert damaged(report, found) == ("more.csv", "report.html")
    (report / "report.html").unlink()
    assert damaged(report, found) == ("more.csv", "report.html")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}'])
def test_a_damaged_record_is_told(report, text):
    (report / "record.json").write_text(text, "utf-8")
    with pytest.raises(ReportFailed, match="record.json"):
        read_record(FRENCH, report)


def test_a_record_of_another_format_is_told(report):
    write_record(record(format=99), report)
    with pytest.raises(ReportFailed):
        read_record(FRENCH, report)


def test_the_day_is_kept_while_the_content_is_the_same(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    today = dt.datetime.now(dt.UTC).date()
    assert day_of(FRENCH, "c0ffee", record()) == dt.date(2024, 3, 1)
    assert day_of(FRENCH, "decaf", record()) >= today and day_of(FRENCH, "c0ffee", None) >= today
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert day_of(FRENCH, "c0ffee", record()) == dt.date(1970, 1, 2)


def test_versions_are_those_of_what_the_kit_asks_for():
    assert {"python", "impactkit", "papermill", "typst"} <= set(versions())
    assert dict(requirements())["typst"].startswith(("<", ">="))
