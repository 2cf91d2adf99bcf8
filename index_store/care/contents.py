"""Whether a catalog is sound: one judgement for `doctor`, `backup` and `restore`."""

from collections.abc import Iterator

from index_store.care.catalog_checks import check_chunks, check_file
from index_store.care.findings import Finding, Status
from index_store.care.row_checks import check_rows
from index_store.catalog import Catalog


def check_contents(catalog: Catalog) -> Iterator[Finding]:
    """
    Check the file, then its rows, then its chunks.

    Yields:
        One finding a check. The first problem is the last finding: what comes after relies on what comes before.

    Raises:
        sqlite3.DatabaseError: If the file is damaged so that it cannot be looked through.
    """
    for check in (check_file, check_rows, check_chunks):
        finding = check(catalog)
        yield finding
        if finding.status is Status.PROBLEM:
            return


def fault_in(catalog: Catalog) -> Finding | None:
    """Check all of it; return the problem, if there is one. Raises as `check_contents`."""
    return next((finding for finding in check_contents(catalog) if finding.status is Status.PROBLEM), None)
