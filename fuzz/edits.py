"""Edits of sound files: each is a short tuple, so that a crash shrinks to the few that matter."""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import re
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

Edit = tuple[Any, ...]
LONG = "x" * 40_000
# Texts that mean something to a reader of spreadsheets, tables, pages, paths or terminals.
TEXTS = (
    *("", " ", "0", "-1", "1", "00", "1e400", "-1e308", "1e-400", "NaN", "nan", "inf", "-Infinity"),
    *("9" * 40, "1_000", "١٢٣", "½", "0x10", "1e15", "999999999999999", "1,5", "1.234,5", "1 234,5"),
    *("12 k€", "50 %", "2019", "2019-13", "2019-02-30", "0000-00-00", "9999-12-31", "10000-01-01"),
    *("2019-Q5", "31/02/2021", "idem", "n.d.", "nc", "oui", "true", "False", "vrai", "Total", "Ex. :"),
    *("=1+1", "+1", "@x", "'=1", "#REF!", "=cmd|' /C calc'!A0", "\t=1", '=HYPERLINK("http://x")'),
    *("A1", "XFD1048576", "A1:XFD1048576", "A0", "<script>alert(1)</script>", "</p>", "&amp;", "&#0;"),
    *("]]>", "<!--", '"', "'", "`", "\\", "{x}", "{{x}}", "%s", '#image("/etc/passwd")', "$x^2$", "@ref"),
    *("*b*", "_i_", "#let a = 1", "//", "/*", "[a](b)", "| a | b |", "../../victim", "/etc/passwd"),
    *("C:\\x", "..", ".", "a/b", "con", "x\u0000y", "\u0000", "\ufeff", "\u202e", "\u2028", "\x1b[31m"),
    *("\x07", "\x85", "\u200b", "\u00ad", "\ufffe", "é", "e\u0301", "ﬁ", "𝕏", "🏔️", "中", "\U000e0001"),
    *("un\ndeux", "un\r\ndeux", "\r", "a;b", "a,b", "a|b", "a\tb", "é" * 300, LONG, "a " * 300),
    *("val-d-aubrelle", "aubrelle", "halle", "programme", "report", "territory", "count_jobs", "26362"),
    *("0051", "Val-d’Aubrelle", "emplois", "20240630", "2024-W01-1", "2024-06-30T10:00:00", "٢٠٢٤"),
)
# In TOML, a number longer than Python writes down.
HUGE = "0x" + "f" * 4_000
NUMBERS = (0, -1, 1, 2, 255, 65_535, 2**31, 2**63, 2**64, 10**30, 0.5, -0.0, 1e15, 1e308, 1e-308)
ODD = (math.nan, math.inf, -math.inf, None, True, False)
KEPT_FIELD = 10_000_000
csv.field_size_limit(KEPT_FIELD)

places = st.integers(0, 2**16)
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.integers(-(10**6), 10**6).map(str),
    st.floats().map(repr),
)
# Anything that a text can be in memory: a file of JSON may even say half of a letter.
letters = st.one_of(texts, st.sampled_from(["\ud800", "a\udfffb"]))
scalars = st.one_of(st.sampled_from([*NUMBERS, *ODD]), letters)
values = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(letters, scalars, max_size=2))


def at(things: Sequence[Any], place: int) -> int:
    """A position in a sequence that is not empty."""
    return place % len(things)


# --- bytes -----------------------------------------------------------------------------------------------

# Lengths and places that a file may claim.
WORDS = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
byte_edits = st.one_of(
    st.tuples(st.just("set"), places, st.integers(0, 255)),
    st.tuples(st.just("cut"), places),
    st.tuples(st.just("drop"), places, st.integers(1, 64)),
    st.tuples(st.just("again"), places, st.integers(1, 64)),
    st.tuples(st.just("insert"), places, st.binary(max_size=8)),
    st.tuples(
        st.just("word"), places, st.sampled_from([0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
    ),
)


def of_bytes(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Bytes changed one after the other."""
    for kind, place, *more in edits:
        if not content:
            return content
        start = at(content, place)
        if kind == "set":
            content = content[:start] + bytes(more) + content[start + 1 :]
        elif kind == "cut":
            content = content[:start]
        elif kind == "drop":
            content = content[:start] + content[start + more[0] :]
        elif kind == "again":
            content = content[: start + more[0]] + content[start:]
        elif kind == "insert":
            content = content[:start] + more[0] + content[start:]
        else:
            content = content[:start] + struct.pack("<I", more[0]) + content[start + 4 :]
    return content


# --- JSON and TOML ---------------------------------------------------------------------------------------

tree_edits = st.one_of(
    st.tuples(st.just("set"), places, values),
    st.tuples(st.just("drop"), places),
    st.tuples(st.just("key"), places, letters),
    st.tuples(st.just("add"), places, letters, values),
    st.tuples(st.just("copy"), places, places),
    st.tuples(st.just("deep"), places, st.sampled_from([1, 3, 60])),
)


def _holders(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree: what holds it, and under which key."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _holders(tree[key])


def of_tree(tree: Any, edits: Sequence[Edit]) -> Any:
    """A tree of lists and mappings changed one place after the other."""
    whole = [copy.deepcopy(tree)]
    for kind, place, *more in edits:
        found = [*_holders(whole)]
        holder, key = found[at(found, place)]
        if kind == "set":
            holder[key] = copy.deepcopy(more[0])
        elif kind == "drop" and holder is not whole:
            del holder[key]
        elif kind == "key" and isinstance(holder, dict):
            holder[more[0]] = holder.pop(key)
        elif kind == "add" and isinstance(holder[key], dict):
            holder[key][more[0]] = copy.deepcopy(more[1])
        elif kind == "add" and isinstance(holder[key], list):
            holder[key].append(copy.deepcopy(more[1]))
        elif kind == "copy":
            other, name = found[at(found, more[0])]
            holder[key] = copy.deepcopy(other[name])
        elif kind == "deep":
            for _ in range(more[0]):
                holder[key] = [holder[key]]
    return whole[0]


def toml(tree: Mapping[str, Any]) -> str:
    """A tree as TOML, each of its sections in one value."""
    return "".join(
        f"{_toml_text(key)} = {_toml(value)}\n" for key, value in tree.items() if value is not None
    )


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        parts = (f"{_toml_text(key)} = {_toml(part)}" for key, part in value.items() if part is not None)
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(part) for part in value if part is not None) + "]"
    if isinstance(value, str):
        return value if value == HUGE else _toml_text(value)
    return str(value).lower() if isinstance(value, bool | float) else str(value)


def _toml_text(text: str) -> str:
    # TOML has no half letters, and no bare end of text.
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")


# --- text and CSV ----------------------------------------------------------------------------------------

raw_edits = st.one_of(
    st.tuples(st.just("insert"), places, texts),
    st.tuples(st.just("line"), places, texts),
    st.tuples(st.just("drop-line"), places),
    st.tuples(st.just("again"), places, st.sampled_from([1, 2, 300])),
    st.tuples(st.just("cut"), places),
)
cell_edits = st.one_of(
    st.tuples(st.just("set"), places, places, texts),
    st.tuples(st.just("set"), places, places, texts),
    st.tuples(st.just("drop"), places, places),
    st.tuples(st.just("add"), places, places, texts),
    st.tuples(st.just("copy"), places, places, places),
    st.tuples(st.just("row"), places, places),
    st.tuples(st.just("column"), places, places),
)
forms = st.tuples(
    st.sampled_from(["", "", "", ",", ";", "\t", "|", "::"]),
    st.sampled_from(["\n", "\n", "\r\n", "\r", "\u2028"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE]),
    st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-7"]),
)
tables = st.tuples(
    st.lists(cell_edits, max_size=4),
    st.lists(raw_edits, max_size=2),
    st.one_of(st.none(), st.none(), forms),
    st.lists(byte_edits, max_size=1),
)


def of_text(text: str, edits: Sequence[Edit]) -> str:
    """A text changed one place after the other."""
    for kind, place, *more in edits:
        lines = text.split("\n")
        line = at(lines, place)
        if kind == "insert":
            start = place % (len(text) + 1)
            text = text[:start] + more[0] + text[start:]
            continue
        if kind == "cut":
            text = text[: place % (len(text) + 1)]
            continue
        if kind == "line":
            lines[line] = more[0]
        elif kind == "drop-line":
            del lines[line]
        else:
            lines[line:line] = [lines[line]] * more[0]
        text = "\n".join(lines)
    return text


def of_table(text: str, edit: Edit, separator: str = ",") -> bytes:
    """A CSV whose cells, then whose text, then whose bytes are changed."""
    cells, raw, form, flips = edit
    if cells or form:
        rows = _of_cells([*csv.reader(io.StringIO(text), delimiter=separator)], cells)
        other, ending, quoting, encoding = form or ("", "\n", csv.QUOTE_MINIMAL, "utf-8")
        text = _joined(rows, other or separator, ending, quoting)
    else:
        encoding = "utf-8"
    content = of_text(text, raw).encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    return of_bytes(content, flips)


def _joined(rows: Sequence[Sequence[str]], separator: str, ending: str, quoting: int) -> str:
    if quoting == csv.QUOTE_NONE or len(separator) > 1:
        return ending.join(separator.join(row) for row in rows) + ending
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=ending, quoting=quoting).writerows(rows)
    return file.getvalue()


def _of_cells(rows: list[list[str]], edits: Sequence[Edit]) -> list[list[str]]:
    for kind, line, column, *more in edits:
        if not rows:
            break
        row = rows[at(rows, line)]
        if kind == "row":
            rows.insert(at(rows, column), list(row))
        elif kind == "column":
            _move_column(rows, line, column)
        elif not row:
            continue
        elif kind == "set":
            row[at(row, column)] = more[0]
        elif kind == "drop":
            del row[at(row, column)]
        elif kind == "add":
            row.insert(at(row, column), more[0])
        else:
            other = rows[at(rows, more[0])]
            row[at(row, column)] = other[at(other, column)] if other else ""
    return rows


def _move_column(rows: list[list[str]], one: int, other: int) -> None:
    for row in rows:
        if row:
            first, second = at(row, one), at(row, other)
            row[first], row[second] = row[second], row[first]


# --- XML in archives -------------------------------------------------------------------------------------

# Where a figure stands in a sheet, and figures that are none.
CELLS = re.compile(rb'<v>([^<]*)</v>|office:(?:date-|boolean-)?value="([^"]*)"')
FIGURES = (
    "9" * 120,
    "1e150",
    "NaN",
    "INF",
    "-INF",
    "1e999",
    "-1e999",
    "1E+15",
    "1e308",
    "-0",
    "2958466",
    "0.1",
    "60",
    "-1",
    "1e-320",
)
# Where a cell or a line says its place, and places that are far or none.
PLACES = re.compile(rb'(?<![:\w])r="([^"]*)"')
FAR = ("XFD1048576", "A1048576", "XFD1", "ZZZZ1", "A0", "A99999999999", "1", "1048576", "a1", "A1", "")
TOKENS = re.compile(rb"<[^>]*>|[^<]+")
ATTRIBUTES = re.compile(rb'([\w:-]+)="([^"]*)"')
# What the XML of a workbook may say, and what none should.
XML = (
    *("&#xD800;", "&#0;", "&x;", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "s", "b", "e", "d", "str", "inlineStr"),
    *(
        "collapse",
        "hidden",
        "veryHidden",
        "shared",
        "array",
        "date",
        "time",
        "float",
        "rId1",
        "0.00%",
        "0%%%%%%%%%%%%%%%%%%%%%%%",
        "0" * 300,
        "0,,,,,,,,,,,,,,",
        "[>1e400]0",
        "00 00 00",
    ),
)
xml_texts = st.one_of(st.sampled_from(XML), texts)
archive_edits = st.one_of(
    st.tuples(st.just("attribute"), places, places, xml_texts),
    st.tuples(st.just("attribute"), places, places, xml_texts),
    st.tuples(st.just("text"), places, places, xml_texts),
    st.tuples(st.just("text"), places, places, xml_texts),
    st.tuples(st.just("figure"), places, places, st.one_of(st.sampled_from(FIGURES), texts)),
    st.tuples(st.just("figure"), places, places, st.one_of(st.sampled_from(FIGURES), texts)),
    st.tuples(st.just("place"), places, places, st.sampled_from(FAR)),
    st.tuples(st.just("tag"), places, places, xml_texts),
    st.tuples(st.just("drop"), places, places),
    st.tuples(st.just("repeat"), places, places, st.sampled_from([1, 2, 500])),
    st.tuples(st.just("swap"), places, places, places),
    st.tuples(st.just("bytes"), places, places, st.lists(byte_edits, max_size=2)),
    st.tuples(st.just("without"), places, places),
    st.tuples(st.just("rename"), places, places, texts),
    st.tuples(st.just("twice"), places, places),
    st.tuples(st.just("content"), places, places),
)
archives = st.tuples(st.lists(archive_edits, max_size=5), st.lists(byte_edits, max_size=1))


FORMS = {"attribute": ATTRIBUTES, "figure": CELLS, "place": PLACES}


def _heavy(name: str) -> int:
    """How often a part is taken: those that hold what people type, more."""
    return 4 if "sheet" in name or name.endswith((".csv", "content.xml", "sharedStrings.xml")) else 1


def of_archive(content: bytes, edit: Edit) -> bytes:
    """An archive whose parts, then whose bytes are changed."""
    edits, flips = edit
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [[name, archive.read(name)] for name in archive.namelist()]
    for kind, member, place, *more in edits:
        weighed = [number for number, (name, _) in enumerate(parts) for _ in range(_heavy(name))]
        if not weighed:
            break
        part = parts[weighed[at(weighed, member)]]
        if kind == "without":
            parts.remove(part)
        elif kind == "rename":
            part[0] = more[0].encode("utf-8", "replace").decode().replace("\0", "") or "x"
        elif kind == "twice":
            parts.append(list(part))
        elif kind == "content":
            part[1] = parts[at(parts, place)][1]
        elif kind == "bytes":
            part[1] = of_bytes(part[1], more[0])
        else:
            part[1] = _of_xml(part[1], kind, place, more)
    return of_bytes(_packed(parts), flips)


def _packed(parts: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        # Two parts of one name are what is tried.
        warnings.simplefilter("ignore", UserWarning)
        for name, content in parts:
            archive.writestr(name[:60_000], content)
    return file.getvalue()


def _of_xml(content: bytes, kind: str, place: int, more: Sequence[Any]) -> bytes:
    if kind in FORMS:
        found = [*FORMS[kind].finditer(content)]
        if not found:
            return content
        match = found[at(found, place)]
        start, end = match.span(match.lastindex)
        return content[:start] + _bytes(more[0]).replace(b'"', b"&quot;") + content[end:]
    tokens = TOKENS.findall(content)
    wanted = [number for number, token in enumerate(tokens) if token.startswith(b"<") == (kind != "text")]
    if not wanted:
        return content
    here = wanted[at(wanted, place)]
    if kind in ("text", "tag"):
        tokens[here] = _bytes(more[0])
    elif kind == "drop":
        del tokens[here]
    elif kind == "repeat":
        # An element with what it holds, as far as it goes.
        tokens[here:here] = tokens[here : here + 3] * more[0]
    else:
        other = wanted[at(wanted, more[0])]
        tokens[here], tokens[other] = tokens[other], tokens[here]
    return b"".join(tokens)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
