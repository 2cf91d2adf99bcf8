"""dateline.toml, variables and flags: which wins, and what is said of wrong ones."""

from pathlib import Path

import pytest
from command_line import BOEHLER, Dateline


def test_where_the_index_is(indexed_folder: Path, tmp_path: Path) -> None:
    """--data-dir, before or after the command, wins over DATELINE_DATA_DIR, and that over dateline.toml."""
    (tmp_path / "dateline.toml").write_text('[store]\ndata_dir = "of-the-file"\n', encoding="utf-8")
    dateline = Dateline(tmp_path)
    there = {"DATELINE_DATA_DIR": str(indexed_folder)}
    elsewhere = {"DATELINE_DATA_DIR": "of-the-environment"}
    assert "of-the-file" in dateline("articles", "list").err
    assert "of-the-environment" in dateline("articles", "list", environment=elsewhere).err
    assert "Ferry" in dateline("articles", "list", environment=there).succeeded().out
    assert "Ferry" in dateline("articles", "list", "--data-dir", indexed_folder, environment=elsewhere).succeeded().out
    assert "Ferry" in dateline("--data-dir", indexed_folder, "articles", "list", environment=elsewhere).succeeded().out


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[store]\ndata_dri = 'x'\n", ["store.data_dri", "Did you mean data_dir?"]),
        ("[stroe]\ndata_dir = 'x'\n", ["stroe", "[store]"]),
        ("[ingest]\nchunk_pieces = 7\n", ["ingest.chunk_pieces", "7", "50"]),
        ("[ingest]\nmax_file_mb = 'much'\n", ["ingest.max_file_mb", "much"]),
        ("[[ingest.sources]]\nlocation = 'x'\npublihser = 'y'\n", ["publihser", "Did you mean publisher?"]),
        ("[[ingest.sources]]\npublisher = 'y'\n", ["ingest.sources.0.location"]),
        ("[store\n", ["dateline.toml", "line 1"]),
    ],
)
def test_a_wrong_setting(settings: str, told: list[str], dateline: Dateline) -> None:
    """A wrong dateline.toml exits with 1 at once, names the key, and says what is allowed or was meant."""
    (dateline.folder / "dateline.toml").write_text(settings, encoding="utf-8")
    run = dateline("ask", BOEHLER)
    assert (run.status, run.out) == (1, "")
    assert [part for part in told if part not in run.err] == []
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "# Nachrichten für alle\n".encode("latin-1"),
            "dateline.toml is not UTF-8 text (line 1).\nSave it as UTF-8.\n",
        ),
        ("\n[store]\n".encode("utf-16"), "dateline.toml is not UTF-8 text (line 1).\nSave it as UTF-8.\n"),
        (None, "dateline.toml is a folder, not a settings file.\nMove it away, or name the file with --config.\n"),
    ],
)
def test_a_settings_file_that_is_no_text(content: bytes | None, told: str, dateline: Dateline) -> None:
    """A settings file in another encoding, and a folder of its name, are told in plain words with the remedy."""
    file = dateline.folder / "dateline.toml"
    file.mkdir() if content is None else file.write_bytes(content)
    run = dateline("sources", "list")
    assert (run.status, run.out, run.err) == (1, "", f"Error: {told}")


def test_a_wrong_variable(dateline: Dateline) -> None:
    """An environment variable of ours that nobody knows is named, with the one that was meant."""
    run = dateline("ask", BOEHLER, environment={"DATELINE_DATA_DRI": "x"})
    assert (run.status, run.out) == (1, "")
    assert "DATELINE_DATA_DRI" in run.err
    assert "DATELINE_DATA_DIR" in run.err


def test_a_settings_file_that_is_not_there(dateline: Dateline) -> None:
    """--config with a missing file exits with 1 and names it."""
    run = dateline("--config", "elsewhere.toml", "ask", BOEHLER)
    assert (run.status, run.out) == (1, "")
    assert "elsewhere.toml" in run.err
