"""One file, the environment over it, flags over both; mistakes are named."""

from pathlib import Path

import pytest

from bot.settings import DiscordSettings
from index_store import SettingsError, StoreSettings, load_configuration
from ingest import IngestSettings

KINDS = (StoreSettings, IngestSettings, DiscordSettings)


def load(text: str, tmp_path: Path, environment: dict[str, str] | None = None, **flags: object) -> tuple[object, ...]:
    """Sections made of a file's text, an environment and flags of the store."""
    file = tmp_path / "dateline.toml"
    file.write_text(text)
    found = load_configuration(KINDS, file=file, environment=environment or {}, flags={"store": flags})
    return tuple(found.section(kind) for kind in KINDS)


def test_flags_over_environment_over_file(tmp_path: Path) -> None:
    """A flag wins over a variable, which wins over the file, which wins over the default."""
    text = '[store]\ndata_dir = "a"\nembedding_model = "from file"\n[ingest]\nchunk_pieces = 100\n'
    environment = {"DATELINE_DATA_DIR": "b", "DATELINE_INGEST_CHUNK_PIECES": "120", "PATH": "/bin"}
    store, ingest, discord = load(text, tmp_path, environment, data_dir=Path("c"))
    assert store == StoreSettings(data_dir=Path("c"), embedding_model="from file")
    assert ingest == IngestSettings(chunk_pieces=120)
    assert discord == DiscordSettings()
    assert load(text, tmp_path, environment)[0].data_dir == Path("b")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[stor]\n", "Unknown setting: stor. Did you mean [store]?"),
        ("data_dir = 1\n", "Unknown setting: data_dir. Allowed: [store], [ingest], [discord]."),
        ("[store]\ndata_dri = 'x'\n", "Unknown setting: store.data_dri. Did you mean data_dir?"),
        ("[ingest]\nchunk_pieces = 5\n", "Setting ingest.chunk_pieces is 5, which is not allowed: Input should be gr"),
        ("[ingest]\nchunk_pieces = 'many'\n", "Setting ingest.chunk_pieces is 'many', which is not allowed"),
        ("[[ingest.sources]]\nlocaton = 'x'\n", "ingest.sources.0.loca"),
        (
            "[store]\nchroma_url = 'http://[::1'\n",
            "store.chroma_url is 'http://[::1', which is not allowed: it",
        ),
        ("[store]\nchroma_url = 'http://127.0.0.1:99999'\n", "it must be like http://127.0.0.1:8000"),
        ("[store]\nchroma_url = 'http://a:b@quay.example'\n", "it must be like http://127.0.0.1:8000"),
        ("[store]\nchroma_url = 'quay.example:8000'\n", "it must be like http://127.0.0.1:8000"),
        ("[store]\nchroma_collection = 'é'\n", "which is not allowed: it must have 3 to 502 letters"),
        ("store = 3\n", "store must be a table."),
        ("[store\n", "is not valid TOML"),
        ("[[store]]\n", "store must be a table."),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """An unknown key or a bad value fails with its path and what is allowed."""
    with pytest.raises(SettingsError) as failure:
        load(text, tmp_path)
    assert told in str(failure.value)


def test_the_data_folder_starts_at_the_file(tmp_path: Path) -> None:
    """A relative data folder in the file is the same wherever the program was started; ~ is the home."""
    assert load('[store]\ndata_dir = "x"\n', tmp_path)[0].data_dir == tmp_path / "x"  # type: ignore[attr-defined]
    store = load('[store]\ndata_dir = "~/x"\n', tmp_path)[0]
    assert store.data_dir == Path.home() / "x"  # type: ignore[attr-defined]


def test_an_unknown_variable_is_named(tmp_path: Path) -> None:
    """A misspelt variable fails rather than being ignored."""
    with pytest.raises(
        SettingsError, match=r"Unknown environment variable: DATELINE_DATADIR\. Did you mean DATELINE_DATA_DIR"
    ):
        load("", tmp_path, {"DATELINE_DATADIR": "x"})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """A missing --config fails; without it, no file is needed."""
    with pytest.raises(SettingsError, match="There is no configuration file"):
        load_configuration(KINDS, file=tmp_path / "none.toml", environment={}, flags={})


def test_relative_sources_start_at_the_file(tmp_path: Path) -> None:
    """The configuration's folder is the file's folder."""
    (tmp_path / "dateline.toml").write_text("")
    found = load_configuration(KINDS, file=tmp_path / "dateline.toml", environment={}, flags={})
    assert found.folder == tmp_path
