"""Numbers that only a whole page can give: its figures, with what each drew in an annex, and its notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from impactkit.wording.language import Language

Block = Mapping[str, Any]


@dataclass
class Numbers:
    """Counts figures and notes in reading order; a source cited twice keeps its number."""

    language: Language
    notes: dict[str, int] = field(default_factory=dict)
    data: list[Block] = field(default_factory=list)
    _calls: dict[str, int] = field(default_factory=dict)
    _figures: int = 0

    def block(self, block: Block) -> Block:
        """The block with its notes called and, for a figure, its number; what it drew is kept in `data`."""
        if block["kind"] == "findings":
            return {**block, "items": [{**one, "runs": self._runs(one["runs"])} for one in block["items"]]}
        if block["kind"] == "table":
            rows = [[self._runs(cell) for cell in row] for row in block["rows"]]
            called = {"call": self._call(block["source"])} if block.get("source") else {}
            return {**block, **called, "rows": rows, "notes": [self._runs(note) for note in block["notes"]]}
        if block["kind"] == "chart":
            return self._chart(block)
        return {**block, "runs": self._runs(block["runs"])} if "runs" in block else block

    def _chart(self, block: Block) -> Block:
        told = {**block, "caption": self._runs(block["caption"])}
        if drawn := told.pop("data", []):
            self._figures += 1
            told["number"], told["label"] = (
                self._figures,
                self.language.say("page.figure", number=self._figures),
            )
        for one in drawn:
            caption = f"{told['label']}. {one['caption']}"
            self.data.append({**one, "caption": caption, "anchor": f"donnees-{self._figures}"})
        return told

    def _runs(self, runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [{**run, "call": self._call(run["note"])} if run.get("note") else run for run in runs]

    def _call(self, note: str) -> dict[str, Any]:
        n = self.notes.setdefault(note, len(self.notes) + 1)
        self._calls[note] = at = self._calls.get(note, 0) + 1
        return {"n": n, "at": at, "label": self.language.say("page.call", number=n)}
