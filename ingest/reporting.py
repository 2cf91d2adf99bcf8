"""A run's report in words and as JSON."""

from dataclasses import asdict

import click

from index_store import counted
from ingest.cleaning import single_line
from ingest.reindex import Report


def report_json(report: Report) -> dict[str, object]:
    """Write a report as `index --json` prints it; fields may be added, never renamed or dropped."""
    counts = asdict(report)
    remarks = {"failures": counts.pop("failures"), "warnings": counts.pop("warnings")}
    return {**counts, "failed": report.failed, **remarks}


def readable_report(report: Report, *, quiet: bool) -> str:
    """Name what failed and why, on standard error; the counts are what is returned."""
    for mark, remarks in (("not indexed", report.failures), ("note", () if quiet else report.warnings)):
        for remark in remarks:
            click.echo(f"{mark}: {single_line(remark.source, limit_chars=1_000)}: {remark.reason}", err=True)
    counts = (
        (report.added, "added"),
        (report.updated, "updated"),
        (report.unchanged, "unchanged"),
        (report.duplicates, "duplicate" if report.duplicates == 1 else "duplicates"),
        (report.removed, "removed"),
        (report.failed, "failed"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing new"
    told += f"; copies of other articles among them: {report.copies}" if report.copies else ""
    return f"{told} ({counted(report.chunks, 'chunk')} embedded in {report.seconds:.1f} s)"
