"""The commands that look after a data folder: `doctor`, `rebuild`, `compact` and `stats`."""

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size

import click

from index_store.care.compact import compact as compact_folder
from index_store.care.compact import forgettable
from index_store.care.doctor import examine
from index_store.care.findings import Finding, Status
from index_store.care.holding import read_catalog
from index_store.care.progress import bar
from index_store.care.readable_stats import readable_statistics, statistics_json
from index_store.care.rebuild import ensure_compiled, rebuild_copies
from index_store.care.sizes import readable_bytes
from index_store.care.stats import statistics
from index_store.configuration import Configuration, StoreSettings
from index_store.formats import counted, day
from index_store.options import When, configured

_COLOURS = {Status.OK: "green", Status.NOTE: "yellow", Status.PROBLEM: "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print all findings as one JSON object.")
@configured
def doctor(configuration: Configuration, *, as_json: bool) -> None:
    """
    Check the data folder, changing nothing, and say what to run if something is wrong.

    Checked are the catalog's file, every row, every chunk's span and vector, the model it was made with, the compiled
    model, Chroma and Tantivy against the catalog both ways, what killed runs left, and the disk. It may run beside the
    bot and a writer: what is in flight is no fault. Exit status: 0 healthy, 1 not.

    \b
    Examples:
      dateline doctor
      dateline doctor --json
    """
    store = configuration.section(StoreSettings)
    findings = list[Finding]()
    for finding in examine(store.data_dir, embedding_model=store.embedding_model, server=store.chroma_server):
        findings.append(finding)
        if not as_json:
            _say(_readable_finding(finding))
    is_healthy = all(finding.status is not Status.PROBLEM for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"healthy": is_healthy, "checks": checks}, ensure_ascii=False))
    raise click.exceptions.Exit(0 if is_healthy else 1)


def _say(text: str) -> None:
    """Print; for whoever closes the pipe early, as `head` does, the exit status still tells the verdict."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _readable_finding(finding: Finding) -> str:
    status = click.style(f"{finding.status:<8}", fg=_COLOURS[finding.status])
    remedy = f"\n{'':19}{finding.remedy}" if finding.remedy else ""
    return f"{status} {finding.check:<9} {finding.told}{remedy}"


@click.command()
@click.option("--quiet", is_flag=True, help="No progress.")
@configured
def rebuild(configuration: Configuration, *, quiet: bool) -> None:
    """
    Make Chroma and Tantivy anew from the catalog, without embedding again.

    The old ones answer until the new ones are whole; killed at any moment, they stay. An index of an older format is
    brought up to date first, and the compiled model made anew if it is missing or broken. Nothing else may write
    meanwhile.

    \b
    Examples:
      dateline rebuild
      dateline rebuild --quiet
    """
    store = configuration.section(StoreSettings)
    with bar("Making the copies", quiet=quiet) as expect:
        articles, chunks = rebuild_copies(store.data_dir, server=store.chroma_server, expect=expect)
    click.echo(f"Made Chroma and Tantivy anew: {counted(articles, 'article')}, {counted(chunks, 'chunk')}.")
    if articles and not ensure_compiled(store.data_dir, embedding_model=store.embedding_model):
        click.echo("The model cannot be compiled; questions are encoded by sentence-transformers.", err=True)


@click.command()
@click.option(
    "--forget-versions-before",
    "forget_before",
    type=When(last_moment=False),
    metavar="WHEN",
    help="Also forget the texts of versions that were replaced or removed before then.",
)
@click.option("--yes", is_flag=True, help="Forget without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the sizes before and after, in bytes, as one JSON object.")
@click.option("--quiet", is_flag=True, help="No progress.")
@configured
def compact(
    configuration: Configuration, *, forget_before: datetime | None, yes: bool, as_json: bool, quiet: bool
) -> None:
    """
    Give disk space back: write the catalog without holes, and make Chroma and Tantivy anew.

    Readers go on meanwhile; nothing else may write. Past versions keep their texts, for citations already given, unless
    --forget-versions-before names a day; what was cited from the versions forgotten can no longer be shown.

    \b
    Examples:
      dateline compact
      dateline compact --forget-versions-before "1 year ago"
    """
    if yes and forget_before is None:
        raise click.UsageError("--yes belongs to --forget-versions-before.")
    store = configuration.section(StoreSettings)
    if forget_before is not None:
        _confirm(store.data_dir, forget_before, yes=yes)
    with bar("Making the copies", quiet=quiet) as expect:
        before, after = compact_folder(
            store.data_dir, server=store.chroma_server, forget_before=forget_before, expect=expect
        )
    if as_json:
        click.echo(json.dumps({"before": before, "after": after, "freed": sum(before.values()) - sum(after.values())}))
    else:
        click.echo(_readable_sizes(before, after))


def _confirm(folder: Path, forget_before: datetime, *, yes: bool) -> None:
    with read_catalog(folder) as catalog:
        old = forgettable(catalog, forget_before)
    if not old.versions:
        click.echo(f"No version was replaced or removed before {day(forget_before)}.", err=True)
        return
    click.echo(
        f"{counted(old.versions, 'version')} of {counted(old.articles, 'article')}, replaced or removed before "
        f"{day(forget_before)}, would lose their texts. Answers that cited them keep their quotes, but "
        "`dateline articles show ID --version N` will no longer show where these stood, nor what has changed since.",
        err=True,
    )
    if not yes:
        click.confirm("Forget them?", abort=True, err=True)


def _readable_sizes(before: dict[str, int], after: dict[str, int]) -> str:
    lines = [f"{part:<9}{readable_bytes(before[part]):>10} → {readable_bytes(after[part])}" for part in before]
    freed = sum(before.values()) - sum(after.values())
    return "\n".join(
        (*lines, f"Gave back {readable_bytes(freed)}." if freed > 0 else "There was nothing to give back.")
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all months.")
@configured
def stats(configuration: Configuration, *, as_json: bool) -> None:
    """
    Show what is indexed, in numbers: articles, dates, publishers, sources, sizes.

    \b
    Examples:
      dateline stats
      dateline stats --json
    """
    found = statistics(configuration.section(StoreSettings).data_dir)
    columns = get_terminal_size().columns if sys.stdout.isatty() else 0
    readable = readable_statistics(found, columns=columns)
    click.echo(json.dumps(statistics_json(found), ensure_ascii=False) if as_json else readable)
