"""Where the bot's token comes from, and who does not get it."""

from pathlib import Path

import pytest

from bot.discord_token import environment_without_token, read_token
from index_store import DiscordError


def test_a_file_named_by_the_environment_holds_the_token(tmp_path: Path) -> None:
    """Secrets of Docker and credentials of systemd are files; the line's end that editors leave does no harm."""
    file = tmp_path / "token"
    file.write_text("not.a.secret\n")
    assert read_token({"DISCORD_TOKEN_FILE": str(file)}) == "not.a.secret"


def test_the_variable_comes_before_the_file() -> None:
    """A token that is given for one run is used, whatever file is named besides."""
    assert read_token({"DISCORD_TOKEN": " not.a.secret ", "DISCORD_TOKEN_FILE": "/nowhere"}) == "not.a.secret"


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"two words", b"\xff\xfe", b"one\ntwo", "tökén".encode(), b"x y" * 9_999]
)
def test_what_cannot_be_a_token_is_refused_without_being_shown(tmp_path: Path, content: bytes) -> None:
    """A wrong file is named by its variable, with the remedy, and nothing that it holds stands in the message."""
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(DiscordError, match=r"^The file in DISCORD_TOKEN_FILE is no token\.") as refused:
        read_token({"DISCORD_TOKEN_FILE": str(file)})
    assert refused.value.message == "The file in DISCORD_TOKEN_FILE is no token."
    assert refused.value.remedy == "Copy it again: `dateline bot --help` shows from where."


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The operator learns which file is missing, and what it should be."""
    with pytest.raises(DiscordError, match="missing, cannot be read: No such file") as refused:
        read_token({"DISCORD_TOKEN_FILE": str(tmp_path / "missing")})
    assert "the token alone" in (refused.value.remedy or "")


def test_processes_beside_the_bot_get_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the token nor the name of its file is handed to processes that read strangers' pages."""
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.secret")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/run/secrets/token")
    monkeypatch.setenv("DATELINE_TRIED", "1")
    environment = environment_without_token()
    assert environment["DATELINE_TRIED"] == "1"
    assert not {"DISCORD_TOKEN", "DISCORD_TOKEN_FILE"} & set(environment)
