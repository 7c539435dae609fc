"""The 27 reports, built once for every test that reads them."""

import pytest

import impactkit as ik


@pytest.fixture(scope="session")
def built(repo, tmp_path_factory):
    """The folder of all the reports of the real evaluation, freshly built."""
    summary = ik.run(repo / "data" / "french-impact", to=tmp_path_factory.mktemp("reports"))
    assert not summary.failed, [one.sentence for one in summary.failed]
    return summary.folder
