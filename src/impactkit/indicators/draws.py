"""What each indicator is drawn from: the lines of a table, or some of its columns of numbers.

A figure that draws on what is withheld could give it back. What no line here names is drawn from all of its
table, and goes with anything of it: a new indicator is safe before anybody thinks of secrecy.
"""

from collections.abc import Iterable

from impactkit.data.catalogue import measures

LINES, WHOLE = "#", "*"
# Columns whose sum, or a quotient of whose sums, an indicator is. Full-time equivalents are nearly jobs.
_AMOUNT, _JOBS = ("funding.amount",), ("jobs.actual", "jobs.fte")
FIGURES: dict[str, tuple[str, ...]] = {
    "amount_funding": _AMOUNT,
    "amount_secured": _AMOUNT,
    "amount_engineering_animation": _AMOUNT,
    "ratio_complementary": _AMOUNT,
    "index_concentration": _AMOUNT,
    "count_jobs": _JOBS,
    "count_jobs_fte": _JOBS,
    "count_jobs_insertion": _JOBS,
    "share_jobs_insertion": _JOBS,
    "share_jobs_target": _JOBS,
    "amount_cost_per_job": (*_JOBS, "projects.yearly_cost"),
    "amount_project_cost": ("projects.yearly_cost",),
    "amount_project_revenue": ("projects.yearly_revenue",),
    "ratio_revenue_cost": ("projects.yearly_cost", "projects.yearly_revenue"),
    "count_beneficiaries": ("projects.beneficiaries",),
    "count_support_hours": ("projects.support_hours",),
    "amount_cash": ("partnerships.cash",),
    "count_hours": ("partnerships.hours",),
    "amount_hours_valued": ("partnerships.hours",),
    "amount_charges": ("project_outcomes.charge",),
    "count_members": ("members.count",),
}
# Numbers of lines, or of some of them: they say nothing of the columns.
COUNTS = (
    "count_projects count_partnerships count_companies count_project_outcomes count_funding_without_amount "
    "count_challenges count_challenges_unthemed count_members_named count_members_untyped count_milestones "
    "count_milestones_done count_milestones_dropped count_milestones_moved count_milestones_on_time "
    "count_milestones_undated count_milestones_unlisted count_obstacles count_obstacles_undated "
    "count_transfers"
).split()
# Drawn from other tables than the one of their heading, or from more than one.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "share_projects_passed": ("projects",),
    "days_between_stages": ("projects",),
    "days_to_first_project": ("projects",),
    "count_projects_launched": ("projects",),
    "count_ties": ("projects", "members"),
    "ratio_network_density": ("projects", "members"),
    "share_ties_repeated": ("projects", "members"),
    "share_members_kept": ("members",),
    "share_territories": ("challenges",),
    "index_theme_rank": ("challenges",),
    "count_themes_together": ("challenges",),
    "count_challenges_unthemed": ("challenges",),
    "share_transfers_adopted": ("transfers",),
    "share_transfers_mutual": ("transfers",),
    "count_territories_linked": ("transfers",),
    "index_shannon": ("members",),
    "index_evenness": ("members",),
}
# Counts and amounts that no sum holds: of years, of pairs, of what is told apart, and a quotient.
NO_SUMS = frozenset(
    "amount_cost_per_job count_years_before_label count_ties count_themes_together count_territories_linked "
    "count_projects_launched count_roadmap_versions".split()
)
# Lines that name the lines of another table: who may not count these may not read those.
NAMED_IN = {"projects": ("jobs", "project_outcomes")}
# A project that is valued has its costs and what it brings written out.
VALUED = "valuations"
VALUED_FROM = ("projects", "jobs", "project_outcomes", "funding", "partnerships")


def draws(indicator: str) -> frozenset[str]:
    """What an indicator is drawn from: `table.column`, `table#` (its lines), `table*` (all of it); nothing
    for an official figure.

    >>> sorted(draws("amount_cost_per_job"))
    ['jobs.actual', 'jobs.fte', 'projects.yearly_cost']
    """
    if indicator in FIGURES:
        return frozenset(FIGURES[indicator])
    known = str(measures()["table"].get(indicator, ""))
    tables = ELSEWHERE.get(indicator) or ((known,) if known else ())
    mark = LINES if indicator in COUNTS else WHOLE
    return frozenset(table + mark for table in tables)


def adds(indicator: str) -> bool:
    """Whether figures of an indicator add up, from a part to the whole."""
    return indicator.startswith(("count_", "amount_")) and indicator not in NO_SUMS


def is_related(indicator: str) -> bool:
    """Whether `relations` knows all that an indicator may tell of another; what is nearly another is no
    sum of it.
    """
    return indicator in {*FIGURES, *COUNTS} - {"count_jobs_fte"}


def table_of(source: str) -> str:
    """The table that a source is of."""
    return source.rstrip(LINES + WHOLE).partition(".")[0]


def meets(sources: Iterable[str], hidden: Iterable[str]) -> bool:
    """Whether a figure drawn from `sources` may tell of what is hidden."""
    return any(_meet(one, other) for one in sources for other in hidden)


def _meet(source: str, hidden: str) -> bool:
    if table_of(source) != table_of(hidden):
        return False
    return source == hidden or WHOLE in source + hidden


def spread(hidden: Iterable[str]) -> frozenset[str]:
    """All that is hidden with `hidden`: lines that name hidden lines, and what projects are worth."""
    found = set(hidden)
    for table, others in NAMED_IN.items():
        if not_listed(found, table):
            found |= {other + LINES for other in others}
    if any(table_of(source) in VALUED_FROM for source in found):
        found.add(VALUED + WHOLE)
    return frozenset(found)


def not_listed(hidden: Iterable[str], table: str) -> bool:
    """Whether a table may not be shown line by line."""
    return not {table + LINES, table + WHOLE}.isdisjoint(hidden)
