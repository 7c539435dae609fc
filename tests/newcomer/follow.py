"""A newcomer's first hour: every command of a page, typed as it is printed, in a fresh clone.

`python3 tests/newcomer/follow.py "README.md:Deux commandes" docs/tutoriel.md`, from the clone, with nothing
installed: for each page (or section) the `sh` blocks run in one shell, in order; the first that fails stops.
"""

import re
import subprocess
import sys
from pathlib import Path


def commands(page: str) -> list[str]:
    """The `sh` blocks of `page`, or of its section « page:section »: the first block of alternatives."""
    file, _, section = page.partition(":")
    text = Path(file).read_text("utf-8")
    if section:
        text = re.split(r"^## ", text.split(f"## {section}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
        return re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)[:1]
    return re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)


def follow(page: str) -> int:
    """Type them all, in one shell that says what it runs; its exit code."""
    blocks = commands(page)
    assert blocks, f"{page}: no command"
    print(f"== {page}: {len(blocks)} blocks", flush=True)
    return subprocess.run(["sh", "-evc", "".join(blocks)], stdin=subprocess.DEVNULL).returncode


def main(pages: list[str]) -> int:
    """Follow the pages; a tutorial must leave a report of an evaluation that was not there before."""
    before = {path.name for path in Path("reports").glob("*") if path.is_dir()}
    for page in pages:
        if code := follow(page):
            print(f"{page} stops with {code}", file=sys.stderr)
            return code
    new = [path for path in Path("reports").glob("*/*/report.pdf") if path.parts[1] not in before]
    own = [path for path in new if not Path("data", path.parts[1]).is_dir()]
    for path in own:
        print(
            f"made: {path} ({path.stat().st_size} bytes), {path.with_suffix('.html').stat().st_size} in HTML"
        )
    if any("tutoriel" in page for page in pages) and not own:
        print("the tutorial ended without a report of its own", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
