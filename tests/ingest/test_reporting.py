"""What a run tells people at its end."""

import pytest

from ingest.reindex import Report
from ingest.reporting import readable_report


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (Report(duplicates=1, chunks=1), "1 duplicate (1 chunk embedded in 0.0 s)"),
        (Report(added=1, duplicates=2, chunks=3), "1 added, 2 duplicates (3 chunks embedded in 0.0 s)"),
        (Report(), "nothing new (0 chunks embedded in 0.0 s)"),
    ],
)
def test_one_is_not_many(report: Report, told: str) -> None:
    """What is counted stands in the singular where there is one of it."""
    assert readable_report(report, quiet=True) == told
