"""What a number format makes a reader see: the figure on the screen, and the words beside it.

Formats are those of the Office Open XML file format (ECMA-376, part 1, 18.8.31), in their English notation.
"""

import functools
import operator
import re
from dataclasses import dataclass

# Letters of a format, and how often it may divide by a thousand or multiply by a hundred.
LONGEST, MOST_SCALES = 255, 9
PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<room>.)|\*(?P<fill>.)|\[\$(?P<money>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<rule>[^\]]*)\]|(?P<general>General)|(?P<digits>[0#?][0#?,]*(?:\.[0#?,]*)?|\.[0#?]+|,+)"
    r"|(?P<power>E[+-][0#?]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
COMPARED = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}


@dataclass(frozen=True)
class Seen:
    """What a cell shows: its figure before rounding (None: it shows none), the words around the figure, how
    many decimals, and the whole text when digits stand apart or padded (« 01053 », « 06 12 »).
    """

    figure: float | None
    words: str = ""
    decimals: int | None = None
    text: str = ""


def seen(value: float, form: str) -> Seen:
    """The figure and the words that a format shows for a number.

    >>> seen(12000, '0.0,"k€"')
    Seen(figure=12.0, words='k€', decimals=1, text='12,0k€')
    """
    if form.strip().lower() in ("", "general", "@", "standard") or len(form) > LONGEST:
        return Seen(value)
    section, amount = _section(form, value)
    pieces = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in PIECE.finditer(section)]
    patterns = [text for kind, text in pieces if kind == "digits"]
    if any(kind == "general" for kind, _ in pieces):
        return Seen(amount, _literal(pieces))
    if not any(set(text) & set("0#?") for text in patterns):
        return Seen(None, _literal(pieces))
    thousands, hundreds = _scaling("".join(patterns)), sum(text == "%" for _, text in pieces)
    figure = amount
    if max(thousands, hundreds) > MOST_SCALES:
        return Seen(None, _literal(pieces))
    if thousands or hundreds:
        figure = float(f"{amount / 1000**thousands * 100**hundreds:.15g}")
    decimals = len(re.sub(r"[^0#?]", "", "".join(patterns).partition(".")[2]))
    if any(kind == "power" for kind, _ in pieces) or "/" in _literal(pieces):
        return Seen(figure, _literal(pieces).replace("/", ""), decimals)
    return Seen(figure, _literal(pieces), decimals, _written(pieces, figure, decimals))


@functools.lru_cache(maxsize=1024)
def _sections(form: str) -> tuple[str, ...]:
    outside = re.findall(r'"[^"]*"|\[[^\]]*\]|\\.|[^";]|;', form, re.DOTALL)
    sections = [""]
    for piece in outside:
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return tuple(sections)


def _section(form: str, value: float) -> tuple[str, float]:
    """The part of the format that a number takes, and the number that it then shows."""
    sections = _sections(form)[:3]
    for section in sections:
        if condition := CONDITION.search("".join(re.findall(r"\[([^\]$]*)\]", section))):
            if COMPARED[condition[1]](value, float(condition[2])):
                return section, value
    free = [section for section in sections if not re.search(r"\[[<>=]", section)] or [sections[-1]]
    if len(free) < len(sections):
        return free[0], value
    if value < 0 and len(sections) > 1:
        # A negative number of a section of its own is shown without its sign, unless the section writes it.
        signed = re.search(r"[-(−]", re.sub(r"\[[^\]]*\]", "", sections[1]))
        return sections[1], value if signed else -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _scaling(pattern: str) -> int:
    """How many times a thousand the commas after the last digit divide by."""
    units, _, part = pattern.partition(".")
    return sum(len(side) - len(side.rstrip(",")) for side in (units, part))


def _literal(pieces: list[tuple[str, str]]) -> str:
    words = [text for kind, text in pieces if kind in ("quoted", "escaped", "money", "other")]
    return re.sub(r"[-+()−\s]+", " ", "".join(words)).strip()


def _written(pieces: list[tuple[str, str]], figure: float, decimals: int) -> str:
    """The whole text on the screen, figures as in French; "" when the format adds nothing to the figure."""
    patterns = [text for kind, text in pieces if kind == "digits"]
    if len(patterns) > 1 or re.match(r"0\d", patterns[0].replace("#", "0").replace(",", "")):
        return _padded(pieces, figure)
    if not _literal(pieces):
        return ""
    rounded = f"{abs(figure):.{decimals}f}".replace(".", ",")
    text = "".join(_piece(kind, piece, rounded) for kind, piece in pieces)
    sign = "-" if figure < 0 and "-" not in text and "(" not in text else ""
    return sign + " ".join(text.replace("%", " %").split())


def _padded(pieces: list[tuple[str, str]], figure: float) -> str:
    """Digits one by one in their places: « 00 00 » for a telephone, « 00000 » for a code."""
    places = sum(len(re.sub(r"[^0#?]", "", text)) for kind, text in pieces if kind == "digits")
    digits = f"{abs(round(figure)):0{places}d}"
    spare, digits = digits[: len(digits) - places], digits[len(digits) - places :]
    text = spare
    for kind, piece in pieces:
        if kind == "digits":
            count = len(re.sub(r"[^0#?]", "", piece))
            text, digits = text + digits[:count], digits[count:]
        else:
            text += _piece(kind, piece, "")
    return " ".join(text.split())


def _piece(kind: str, text: str, figure: str) -> str:
    if kind == "digits":
        return figure
    return {"room": " ", "fill": "", "rule": ""}.get(kind, text)
