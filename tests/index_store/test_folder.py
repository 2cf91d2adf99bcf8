"""Who may open a data folder: one writer, any reader, and nobody with the wrong model or version."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from older_formats import OLDER_FORMATS, back_to
from shelf import RECIPE, article, put

from index_store import (
    BusyIndexError,
    EmptyIndexError,
    IndexStoreError,
    MismatchError,
    NewsIndex,
    PageState,
    SourceState,
    open_source_log,
    open_writer,
)

NOW = datetime(2025, 3, 5, tzinfo=UTC)
HOLDER = """
import sys
from pathlib import Path
from index_store import open_writer
with open_writer(Path(sys.argv[1]), recipe="for tests"):
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_the_second_writer_is_told_who_holds_the_lock_and_a_dead_holder_does_not(tmp_path: Path) -> None:
    """While a process writes, another is told its number and since when; once it is killed, the lock is free."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with (
            pytest.raises(BusyIndexError, match=rf"Process {holder.pid} \(since 20..-..-..T.*\) is writing"),
            open_writer(tmp_path, recipe=RECIPE),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=30)
        with open_writer(tmp_path, recipe=RECIPE) as writer:
            put(writer, [article("after")])


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    """Where nothing is indexed, the error names the command, and reading makes nothing."""
    with pytest.raises(EmptyIndexError, match="dateline index"):
        NewsIndex.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    with pytest.raises(EmptyIndexError, match="dateline index"):
        NewsIndex.open(tmp_path)


def test_another_model_or_recipe_is_refused(tmp_path: Path) -> None:
    """Vectors of two models, or chunks cut in two ways, are never mixed; the error names the setting."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one")])
    with (
        pytest.raises(MismatchError, match="embedding_model"),
        open_writer(tmp_path, embedding_model="other/model", recipe=RECIPE),
    ):
        pass
    with pytest.raises(MismatchError, match="embedding_model"):
        NewsIndex.open(tmp_path, embedding_model="other/model")
    with pytest.raises(MismatchError, match="chunk_pieces"), open_writer(tmp_path, recipe="another"):
        pass


def test_a_first_run_that_failed_binds_nobody(tmp_path: Path) -> None:
    """Until something is indexed, a folder takes any model and recipe."""
    with open_writer(tmp_path, embedding_model="no/such-model", recipe="another"):
        pass
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one")])


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A folder of another version of Dateline, or a file that is no catalog, is refused and left as it is."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one")])
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MismatchError, match="format 99"):
        NewsIndex.open(tmp_path)
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(MismatchError, match="--data-dir"):
        NewsIndex.open(tmp_path)


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    """A catalog.sqlite that somebody else made is neither read nor added to."""
    file = tmp_path / "catalog.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
    before = file.read_bytes()
    with pytest.raises(MismatchError, match="of another program"):
        NewsIndex.open(tmp_path)
    with pytest.raises(MismatchError, match="of another program"), open_writer(tmp_path, recipe=RECIPE):
        pass
    assert file.read_bytes() == before


def test_a_folder_whose_catalog_is_gone_is_refused(tmp_path: Path) -> None:
    """Vectors and words of articles that nobody knows any more are not mixed with new ones; the remedy is told."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one")])
    for file in tmp_path.glob("catalog.sqlite*"):
        file.unlink()
    with pytest.raises(MismatchError, match="catalog is gone") as raised:
        NewsIndex.open(tmp_path)
    assert "backup" in (raised.value.remedy or "")
    with pytest.raises(MismatchError, match="catalog is gone"), open_writer(tmp_path, recipe=RECIPE):
        pass


@pytest.mark.parametrize("number", OLDER_FORMATS)
def test_an_older_format_is_brought_up_to_date_by_the_next_run(tmp_path: Path, number: int) -> None:
    """A folder of an older format is refused by readers, with the remedy; a writer migrates it, and nothing is lost."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("one")])
    back_to(number, tmp_path)
    with pytest.raises(MismatchError, match=f"format {number}"):
        NewsIndex.open(tmp_path)
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        assert writer.live_fingerprint(article("one").article_id) == article("one").fingerprint
        feed = SourceState("feed", update_every_s=60.0, below=("one", "other"))
        writer.remember([feed, PageState("k", "a", "feed", *[None] * 5, NOW)])
    with closing(open_source_log(tmp_path)) as log:
        assert log.source("feed") == feed
        assert log.page("k") == PageState("k", "a", "feed", *[None] * 5, NOW)


def test_a_folder_that_cannot_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    """Where no folder can be made, the error names the folder and what to check."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexStoreError, match="permissions"), open_writer(tmp_path / "file" / "x", recipe=RECIPE):
        pass
