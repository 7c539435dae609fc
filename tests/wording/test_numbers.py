"""One formatter: what a figure looks like wherever it is printed."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.wording.language import FRENCH


def test_a_number_reads_as_french():
    assert FRENCH.number(1234567.8) == "1\u202f234\u202f568"
    assert FRENCH.number(-12.345, 2) == "\u221212,35"
    assert FRENCH.number(-0.04, 1) == "0,0"
    assert FRENCH.number(2.5) == "3" and FRENCH.number(0.5) == "1" and FRENCH.number(2.675, 2) == "2,68"
    assert FRENCH.percent(0.0724) == "7,2\u202f%"
    assert FRENCH.percent(0.0724, sign=True) == "+7,2\u202f%"
    assert FRENCH.percent(0.0, sign=True) == "0,0\u202f%"


def test_dates_keep_their_precision():
    assert FRENCH.date("2019-02-25") == "25 février 2019"
    assert FRENCH.date("2019-03-01") == "1er mars 2019"
    assert FRENCH.date("2019-12") == "décembre 2019"
    assert FRENCH.when("2019") == "en 2019" and FRENCH.when("2019-02-25") == "le 25 février 2019"


def test_what_is_missing_has_no_figure():
    with pytest.raises(ValueError, match="reason"):
        FRENCH.number(math.nan)


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_printed_number_reads_back_within_half_its_last_digit(x, decimals):
    text = FRENCH.number(x, decimals)
    assert re.fullmatch("\u2212?[0-9]{1,3}(\u202f[0-9]{3})*(,[0-9]+)?", text)
    back = float(text.replace("\u202f", "").replace("\u2212", "-").replace(",", "."))
    assert abs(back - x) <= 0.5 * 10**-decimals + 1e-6
