"""`new` n’écrit jamais un dossier que `check` refuse : juste, ou refusé avant que rien ne soit écrit."""

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import impactkit as ik
from impactkit.cli import main


def made(home, **about):
    """The folder that `new` makes, sound; or "" for nothing at all."""
    folder = home / "mon-essai"
    try:
        ik.new_workbook(folder, **about)
    except ik.ImpactkitError as wrong:
        assert wrong.next and not list(home.iterdir()), wrong
        return ""
    problems = ik.check(folder)
    assert not problems, str(problems)
    return folder


MADE_RIGHT = [
    (["Kisumu=KE-42"], "unit", {"kisumu": ("KE-42",)}),
    (["Kisumu=ke-42"], "unit", {"kisumu": ("ke-42",)}),
    (["Zürich=12345678901"], "unit", {"zurich": ("12345678901",)}),
    (["Lomé=TG.M.1,TG.M.2"], "unit", {"lome": ("TG.M.1", "TG.M.2")}),
    (["Un=U1,U1"], "unit", {"un": ("U1",)}),
    (["Un", "Deux=U001"], "unit", {"un": ("U002",), "deux": ("U001",)}),
    (["Un=U1", "Deux=U1,U2"], "unit", {"un": ("U1",), "deux": ("U1", "U2")}),
    (["東京=JP-13"], "unit", {"territoire-1": ("JP-13",)}),
    (["  Val \n fleuri "], "none", {"val-fleuri": ()}),
    (["Corse=2a004"], "commune", {"corse": ("2A004",)}),
    (["Bugey=1004"], "commune", {"bugey": ("01004",)}),
    (["Ain=1,2"], "departement", {"ain": ("01", "02")}),
    (["Rivières=200 040 459"], "epci", {"rivieres": ("200040459",)}),
]


@pytest.mark.parametrize(("named", "perimeter", "expected"), MADE_RIGHT)
def test_what_can_be_made_right_is(tmp_path, named, perimeter, expected):
    ev = ik.load(made(tmp_path, named=named, perimeter=perimeter))
    codes = {
        place.code: place.units or tuple(part.code for part in place.perimeter) for place in ev.territories
    }
    assert codes == expected


REFUSED = [
    (["Val", "Val"], "none"),
    (["Été", "ete", "Autre"], "none"),
    (["a" * 61, "a" * 62], "none"),
    (["🙂"], "none"),
    (["---"], "none"),
    ([""], "none"),
    (["=U1"], "unit"),
    (["Val\x00"], "none"),
    (["Val\udc80"], "none"),
    (["Programme"], "none"),
    (["Éditions"], "none"),
    (["Val=U 1"], "unit"),
    (["Val=/etc"], "unit"),
    (["Val=é"], "unit"),
    (["Val=" + "9" * 40], "unit"),
    (["Val=200068781"], "none"),
    (["Val=99999"], "commune"),
    (["Val=12345678901"], "epci"),
    (["Val=20"], "departement"),
    (["Val"], "canton"),
]


@pytest.mark.parametrize(("named", "perimeter"), REFUSED)
def test_what_cannot_is_refused_before_anything_is_written(tmp_path, named, perimeter):
    assert made(tmp_path, named=named, perimeter=perimeter) == ""


@pytest.mark.parametrize(
    "about",
    [
        {"title": "\x00"},
        {"title": "  "},
        {"programme": "\udc80"},
        {"waves": ["printemps 2021"]},
        {"waves": ["2021-13"]},
        {"waves": ["2021"]},
        {"outcome": " "},
        {"territory": "nowhere"},
    ],
)
def test_nor_what_else_is_typed(tmp_path, about):
    assert made(tmp_path, named=["Val"], **about) == ""


def test_the_command_says_so_and_leaves_nothing(tmp_path, monkeypatch, capsys):
    typed = ["impactkit", "new", str(tmp_path / "q"), "--named", "Kisumu=KE 42", "--perimeter", "unit"]
    monkeypatch.setattr(sys, "argv", typed)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and "KE-42" in capsys.readouterr().err and not list(tmp_path.iterdir())


NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Val fleuri", "Été", "ETE", "programme", "l’Île-d’Yeu", "Кижи", "🙂 Val", "a,b", '"', "x=y"]
    ),
)
CODES = st.one_of(
    st.sampled_from(
        ["U1", "u1", "KE-42", "200068781", "2a004", "1", "01004", "75101", "75056", "84", "", "é"]
    ),
    st.text(alphabet="0123456789ABab-._ ", max_size=12),
)


@st.composite
def typed(draw):
    """A name, and perhaps codes."""
    codes = draw(st.lists(CODES, max_size=3))
    return draw(NAMES) + ("=" + ",".join(codes) if codes else "")


@given(
    named=st.lists(typed(), min_size=1, max_size=3),
    waves=st.lists(st.sampled_from(["2021-03", "2021-03-31", "2021-02-30", "2021", "x", ""]), max_size=2),
    perimeter=st.sampled_from(["none", "unit", "commune", "epci", "ept", "departement", "region"]),
    title=st.one_of(st.just(""), st.text(max_size=8)),
)
@example(named=["Val=1"], waves=[], perimeter="region", title="")
@example(named=["Paris=75101,75102"], waves=[], perimeter="commune", title='"')
def test_whatever_is_typed_the_folder_is_sound_or_there_is_none(
    tmp_path_factory, named, waves, perimeter, title
):
    folder = made(
        tmp_path_factory.mktemp("home"), named=named, waves=waves, perimeter=perimeter, title=title
    )
    if folder:
        ev = ik.load(folder)
        assert len(ev.territories) == len(named)
        assert [ev.territory(place.code).name for place in ev.territories]
