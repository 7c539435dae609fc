"""What a run does of an evaluation before its reports are built, through the public door."""

import pytest

import impactkit as ik
from impactkit.display.prose import TOPICS as SAID
from impactkit.display.tables import TOPICS as TABLES
from impactkit.display.told import TOLD


def everything(folder, most=1):
    """Load it, prepare every report, measure it, and tell all of its first territories."""
    ev = ik.load(folder)
    would = ik.run(folder, to=folder / "reports", dry_run=True)
    assert set(would.why) >= {place.code for place in ev.territories}
    ik.indicators(ev)
    for place in ev.territories[:most]:
        for topic in SAID:
            assert str(ik.say(place, about=topic)) is not None
        for topic in (*TABLES, *TOLD):
            ik.table(place, about=topic)
        assert str(ik.essentials(place)) and len(ik.claims(place).columns)
    return ev


def refusal(folder, most=1):
    """What `check` says is wrong; "" for nothing, and then a run takes it."""
    try:
        problems = ik.check(folder)
    except ik.ImpactkitError as wrong:
        with pytest.raises(type(wrong)) as caught:
            ik.load(folder)
        assert str(caught.value) == str(wrong)
        return str(wrong)
    if problems:
        # Those of one territory's rows stop its report alone.
        if not all(problem.territory for problem in problems):
            with pytest.raises(ik.ImpactkitError):
                everything(folder)
        return str(problems)
    everything(folder, most)
    return ""
