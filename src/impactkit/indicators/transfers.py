"""Know-how passed from one territory to another: the network that exists, and pairs that could be."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import complete, why
from impactkit.indicators.rows import Row, frame, last_of, told, told_or
from impactkit.indicators.stages import ORDER, with_reached

ROLES = {"given": "giver", "received": "receiver"}
SUGGESTED = ["giver", "receiver", "theme", "project", "challenge", "reason"]


@measure("transfers")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Transfers by territory: count_transfers given and received, in all and by status. Programme rows
    (territory ""): count_transfers by status, share_transfers_adopted (n: those whose status is told),
    share_transfers_mutual (pairs that gave both ways), count_territories_linked.

    Trap: a territory that is not in the list has zero only when nothing is open on this heading.
    """
    known = last_of(ev.table("transfers"), ["giver", "receiver", "topic"])
    own = (one for place in ev.territories for one in _of(ev, place.code, known))
    return frame([*own, *_programme(known)])


def _of(ev: Evaluation, code: str, known: pd.DataFrame) -> Iterator[Row]:
    flag = why(ev, code, "transfers")
    for role, column in ROLES.items():
        mine = known[known[column] == code]
        group = f"role={role}"
        # Of a list where nothing is left open, who is not in it has none: that is drawn from all of it.
        about = known if mine.empty and complete(ev, code, "transfers") else mine
        rest = {"n": len(mine), "group": group}
        yield told_or(flag, code, "count_transfers", len(mine), "transferts", about, **rest)
        yield from _by_status(code, mine, f"{group}|")


def _by_status(code: str, known: pd.DataFrame, before: str = "") -> Iterator[Row]:
    for status, some in known[known["status"] != ""].groupby("status"):
        yield told(
            code,
            "count_transfers",
            len(some),
            "transferts",
            some,
            group=f"{before}status={status}",
        )


def _programme(known: pd.DataFrame) -> Iterator[Row]:
    if known.empty:
        return
    yield told("", "count_transfers", len(known), "transferts", known)
    yield from _by_status("", known)
    if len(stated := known[known["status"] != ""]):
        share = float((stated["status"] == "adopted").mean())
        yield told("", "share_transfers_adopted", share, "part", stated)
    pairs = set(zip(known["giver"], known["receiver"], strict=True))
    linked = {frozenset(pair) for pair in pairs}
    mutual = sum((receiver, giver) in pairs for giver, receiver in pairs) / 2
    yield told("", "share_transfers_mutual", mutual / len(linked), "part", known, n=len(linked))
    yield told("", "count_territories_linked", len(frozenset().union(*linked)), "territoires", known)


def suggest_transfers(ev: Evaluation) -> pd.DataFrame:
    """Pairs of territories that could learn from each other, with the reason in words.

    The giver has launched a project on a theme; the receiver has a challenge on this theme, no project
    launched on it, and no transfer from the giver on it yet. Columns giver, receiver, theme, project,
    challenge, reason; in the order of the territories' table. A suggestion, not an appraisal: it knows
    nothing of what the project is worth.

    >>> print(ik.suggest_transfers(ik.load())["reason"][0])  # doctest: +ELLIPSIS
    Val-d’Aubrelle : projet lancé, « Parcours tremplin ». Mérinval : défi...
    """
    done = {(fact.giver, fact.receiver, fact.theme) for fact in ev.table("transfers").itertuples()}
    words = labels(ev.language, "challenges", "themes")
    launched = {place.code: _launched(place) for place in ev.territories}
    found = []
    for giver in ev.territories:
        for theme, project in launched[giver.code].items():
            for receiver in ev.territories:
                challenge = _challenge(receiver, theme)
                pair = (giver.code, receiver.code)
                tried = {(*pair, theme), (*pair, "")} & done
                if receiver == giver or not challenge or theme in launched[receiver.code] or tried:
                    continue
                about = {"project": project, "challenge": challenge, "giver": giver.name}
                reason = ev.language.say(
                    "suggest.transfer", **about, receiver=receiver.name, theme=words[theme]
                )
                found.append((*pair, theme, project, challenge, reason))
    return pd.DataFrame(found, columns=SUGGESTED)


def _launched(place: Territory) -> dict[str, str]:
    """The first launched project of each theme, stopped ones apart."""
    projects = with_reached(place.table("projects"))
    alive = projects[(projects["stopped"] == "") & (projects["stage"] != "stopped")]
    alive = alive[(alive["theme"] != "") & (alive["reached"] >= ORDER.index("launched"))]
    return dict(zip(alive["theme"][::-1], alive["name"][::-1], strict=True))


def _challenge(place: Territory, theme: str) -> str:
    challenges = place.table("challenges")
    mine = challenges[[theme in themes.split("|") for themes in challenges["themes"]]]
    return str(mine["title"].iloc[0]) if len(mine) else ""
