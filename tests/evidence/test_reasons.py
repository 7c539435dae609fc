"""Every reason for which a figure may be missing has its words."""

import re

import impactkit as ik
from impactkit.wording.language import FRENCH

FLAG = re.compile(r"\"missing:([a-z-]+)\"")


def test_every_reason_has_its_words(repo, french_impact):
    written = {
        reason for file in (repo / "src").rglob("*.py") for reason in FLAG.findall(file.read_text("utf-8"))
    }
    flags = ik.indicators(french_impact)["flag"]
    met = {flag.removeprefix("missing:") for flag in flags if flag.startswith("missing:")}
    assert len(written) > 8 and len(met) > 8
    for reason in sorted(written | met):
        assert FRENCH.say(f"reason.{reason}"), reason
