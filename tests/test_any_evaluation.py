"""Whatever sound rows the tables hold, measures, sentences and tables stand; what is missing says why."""

from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn
from tiers import examples

import impactkit as ik
from impactkit.data.tables import schemas
from impactkit.display.prose import TOPICS as SAID
from impactkit.display.tables import TOPICS as TABLES
from impactkit.display.told import TOLD
from impactkit.indicators.rows import KEY
from impactkit.wording.language import FRENCH

DATES = st.sampled_from(["", "2017", "2019", "2019-03", "2019-03-01", "2020-02-29", "2021-06", "2024-06-30"])
WORDS = st.sampled_from(["Halle", "Atelier des Sources", "Été", "L’an 2"])
FILLED = (
    "projects jobs project_outcomes milestones obstacles transfers challenges members funding partnerships "
    "interviews lessons unintended_effects evaluation_questions contributions events unknowns"
).split()


def _cell(field, number):
    name, rule = field["name"], field.get("constraints", {})
    if name in ("territory", "giver", "receiver"):
        values = st.sampled_from("abcd")
    elif rule.get("unique"):
        return st.just(f"c{number}")
    elif name == "project":
        values = st.sampled_from(["c0", "c1", "elsewhere"])
    elif name == "wave":
        values = st.sampled_from(["", "1"])
    elif field.get("labels"):
        values = st.sampled_from(list(field["labels"]))
    elif field["type"] == "boolean":
        values = st.sampled_from(["true", "false"])
    elif field["type"] in ("integer", "number"):
        values = st.integers(0, 60).map(str)
    elif "\\d{4}" in rule.get("pattern", ""):
        values = DATES.filter(bool) if rule.get("required") else DATES
    else:
        values = WORDS
    return values if rule.get("required") else st.one_of(st.just(""), values)


@st.composite
def rows(draw):
    found = {}
    for table in FILLED:
        fields = [
            field for field in schemas(FRENCH)[table]["fields"] if field["name"] not in ("source", "note")
        ]
        found[table] = [
            {field["name"]: draw(_cell(field, number)) for field in fields}
            for number in range(draw(st.integers(0, 3)))
        ]
    return found


@settings(max_examples=examples(12))
@given(rows())
def test_any_evaluation_can_be_measured_and_told(tables):
    ev = drawn(**tables)
    found = ik.indicators(ev)
    assert not found.duplicated(KEY).any(), found[found.duplicated(KEY, keep=False)][KEY]
    silent = found[found["value"].isna()]
    assert (silent["flag"] != "").all(), silent[silent["flag"] == ""][KEY]
    shares = found[found["indicator"].str.startswith("share_")]["value"].dropna()
    assert shares.between(0, 1).all()
    for table in (ik.suggest_transfers(ev), ik.knowledge(ev)):
        assert len(table.columns)
    assert str(ik.table(ev, about="board")) and str(ik.table(ev, about="asks"))
    for place in ev.territories:
        shown = [ik.say(place, about=topic) for topic in SAID]
        shown += [ik.table(place, about=topic) for topic in (*TABLES, *TOLD)]
        words = "".join(map(str, [*shown, ik.essentials(place)]))
        assert "nan" not in words.split() and "None" not in words
