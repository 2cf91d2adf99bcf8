"""The list of sources in `dateline.toml`, edited in place: comments and order stay as people wrote them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from index_store import SettingsError
from ingest.addresses import address_key
from ingest.settings import SourceSettings

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT


def add_sources(file: Path, sources: Iterable[SourceSettings]) -> int:
    """
    Write sources into a settings file, making it where there is none; those that it names already are left alone.

    Returns:
        How many were added.

    Raises:
        SettingsError: If the file cannot be read or written.
    """
    import tomlkit  # only for editing

    document = _read(file)
    listed = _sources_in(document)
    known = {identity(str(table.get("location", ""))) for table in listed}
    added = 0
    for source in sources:
        if identity(source.location) in known:
            continue
        known.add(identity(source.location))
        table = tomlkit.table()
        table.update({name: value for name, value in source.model_dump().items() if value is not None})
        listed.append(table)
        added += 1
    if added:
        _write(file, document)
    return added


def remove_source(file: Path, location: str) -> bool:
    """
    Take a source out of a settings file; returns whether it was named there.

    Raises:
        SettingsError: If the file cannot be read or written.
    """
    document = _read(file)
    listed = _sources_in(document)
    places = [n for n, table in enumerate(listed) if identity(str(table.get("location", ""))) == identity(location)]
    for place in reversed(places):
        del listed[place]
    if places:
        _write(file, document)
    return bool(places)


def identity(location: str) -> str:
    """Return what two spellings of one location have in common."""
    return address_key(location) if "://" in location else str(Path(location))


def _read(file: Path) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(file.read_text(encoding="utf-8-sig")) if file.exists() else tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.", remedy="Correct it, then try again.") from error


def _sources_in(document: "TOMLDocument") -> "AoT":
    """Return the `[[ingest.sources]]` tables, making room for them where there are none."""
    import tomlkit

    ingest = document.setdefault("ingest", tomlkit.table(is_super_table=True))
    sources: AoT = ingest.setdefault("sources", tomlkit.aot())
    return sources


def _write(file: Path, document: "TOMLDocument") -> None:
    import tomlkit

    write_settings(file, tomlkit.dumps(document))


def write_settings(file: Path, text: str) -> None:
    """
    Write a settings file whole or not at all, making its folder.

    Raises:
        SettingsError: If it cannot be written.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", remedy="Check its permissions.") from error
