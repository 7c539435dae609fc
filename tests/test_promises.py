"""What the foundation promises, a line each; a line leaves this file when a test of its own holds it."""

import pytest

PROMISES = (
    "In a fresh clone `make reports` builds 27 HTML and 27 PDF and reports/french-impact/index.html, "
    "exits 0, and works again with the network cut off. `make test` passes.",
    "Ten sentences of five reports are true, different and sourced; Mayotte, InnoVales and the Olympic "
    "territory say plainly what cannot be measured; page 1 of each is one a mayor could read.",
    "kill -9 of the driver at 20 random moments: each final folder is absent or complete.",
)


@pytest.mark.xfail(strict=True, reason="not yet seen to hold")
@pytest.mark.parametrize("line", PROMISES)
def test_promise(line):
    raise NotImplementedError(line)
