"""The targets of the fuzzing, by name: what is tried, from which inputs, and what must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pages
import records
import settings
import sources
import tables
import workbooks
from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class Target:
    """One target: its inputs, and the check that an input passes in an empty folder."""

    what: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any, Path], None]


TARGETS = {
    "workbook-xlsx": Target("a workbook (.xlsx)", workbooks.INPUTS["xlsx"], workbooks.xlsx),
    "workbook-ods": Target("a workbook (.ods)", workbooks.INPUTS["ods"], workbooks.ods),
    "workbook-xls": Target("a workbook (.xls)", workbooks.INPUTS["xls"], workbooks.xls),
    "workbook-csv": Target("a text table taken in", workbooks.INPUTS["csv"], workbooks.delimited),
    "tables": Target("a table of an evaluation", tables.INPUTS, tables.check),
    "lists": Target("lists beside the tables", tables.INPUTS_BESIDE, tables.beside),
    "cells": Target("any text written as CSV", tables.INPUTS_CELLS, tables.cells),
    "settings": Target("evaluation.toml", settings.INPUTS, settings.check),
    "notebooks": Target("parameters of a notebook", settings.INPUTS_NOTEBOOK, settings.notebook),
    "sources-tables": Target("official tables", sources.INPUTS["tables"], sources.tables),
    "sources-own": Target("a table of one’s own", sources.INPUTS["own"], sources.of_own),
    "sources-json": Target("answers and outlines", sources.INPUTS["answers"], sources.answers),
    "sources-workbooks": Target("workbooks of INSEE", sources.INPUTS["books"], sources.books),
    "sources-archives": Target("archives", sources.INPUTS["archives"], sources.archives),
    "sources-packed": Target("what a server packed", sources.INPUTS["packed"], sources.packed),
    "records": Target("records and failures", records.INPUTS["records"], records.records),
    "journals": Target("journals, line by line", records.INPUTS["journals"], records.journals),
    "moves": Target("moves and claims", records.INPUTS["moves"], records.moves),
    "pages-html": Target("the HTML face", pages.INPUTS["html"], pages.html),
    "pages-pdf": Target("the PDF face", pages.INPUTS["pdf"], pages.pdf),
    "pages-columns": Target("any text in every column", pages.INPUTS["columns"], pages.columns),
}
