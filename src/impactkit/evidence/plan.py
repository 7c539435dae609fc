"""The sentence about the analysis plan: when it was written down, its fingerprint, what changed since."""

from impactkit.data.analysis_plan import plan_of
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.evidence.finding import Sentence, joined
from impactkit.wording.catalogue import Declared


def plan(ev: Evaluation) -> Sentence:
    """What was decided before, and every change since; without a date, that nothing was."""
    language = ev.language
    told = plan_of(ev)
    names = "\u202f; ".join(named(language, name) for name in told.outcomes)
    if not told.registered:
        return language.runs("plan.none", outcomes=names)
    when = language.date(told.registered)
    late = told.after is not None and told.registered[:4] > told.after[1]
    key = "plan.dated.late" if late else "plan.dated"
    parts = [language.runs(key, day=when, fingerprint=told.fingerprint, outcomes=names)]
    if told.before and told.after:
        years = (*told.before, *told.after)
        parts.append(language.runs("plan.years", **dict(zip(("a", "b", "c", "d"), years, strict=True))))
    if told.looks:
        parts.append(language.runs("plan.looks", years=", ".join(told.looks)))
    else:
        parts.append(language.runs("plan.looks.none"))
    if told.buffer:
        parts.append(language.runs("plan.buffer"))
    if told.pool != "all":
        parts.append(language.runs("plan.similar"))
    for change in told.changes:
        what, why = Declared(change.what), Declared(change.why)
        parts.append(language.runs("plan.change", day=language.date(change.date), what=what, why=why))
    if not told.kept and not told.changes:
        parts.append(language.runs("plan.moved"))
    return joined(*parts)
