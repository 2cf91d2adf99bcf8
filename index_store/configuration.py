"""
One `dateline.toml`, environment variables over it, flags over both.

Each folder describes its own section as a `Section`; the program is started with all of them, so that an unknown
key or a bad value fails at once with the key's name and what is allowed.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index_store.errors import SettingsError
from index_store.formats import did_you_mean
from index_store.records import ChromaServer

ENV_PREFIX = "DATELINE_"
DEFAULT_FILE = "dateline.toml"
_COLLECTION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,500}[a-zA-Z0-9]")  # what Chroma takes, with room for ".new"
_NO_FILE = "Move it away, or name the file with --config."


class Section(BaseModel):
    """One table of `dateline.toml`: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ClassVar[str]


class StoreSettings(Section):
    """
    Where the index lives and which model embeds it.

    Attributes:
        data_dir: Folder of the catalog, the words and the vectors.
        embedding_model: Folder or hub name of a sentence-transformers model; empty means the packaged MiniLM.
        chroma_url: Address of a Chroma server that holds the vectors; empty keeps them in the data folder.
        chroma_collection: Name of the collection on that server: each data folder needs one of its own.
    """

    name: ClassVar[str] = "store"
    data_dir: Path = Field(default_factory=lambda: user_data_path("dateline"))
    embedding_model: str = ""
    chroma_url: str = ""
    chroma_collection: str = "dateline"

    @property
    def chroma_server(self) -> ChromaServer | None:
        """The server that holds the vectors, if one does."""
        return ChromaServer(self.chroma_url, self.chroma_collection) if self.chroma_url else None

    @field_validator("data_dir", mode="before")
    @classmethod
    def _names_a_folder(cls, value: object) -> object:
        """An unset shell variable must not fill the working folder."""
        if not str(value).strip() or "\0" in str(value):
            raise ValueError("it must name a folder")
        folder = Path(str(value)).expanduser()
        if folder.is_symlink() and not folder.exists():
            raise ValueError("it is a link to what is not there")
        if folder.is_file():
            raise ValueError("it is a file, not a folder")
        return folder

    @field_validator("chroma_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not _is_address_of_a_server(value):
            raise ValueError("it must be like http://127.0.0.1:8000, without a path, a password or anything after it")
        return value

    @field_validator("chroma_collection")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not _COLLECTION.fullmatch(value):
            raise ValueError(
                "it must have 3 to 502 letters (a to z), digits, dots, hyphens and underscores, "
                "and begin and end with a letter or digit"
            )
        return value


def _is_address_of_a_server(text: str) -> bool:
    """Whether a text names a scheme, a host and perhaps a port, and nothing else."""
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0  # asking for one that is no number up to 65535 is an error
    except ValueError:
        return False
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment and parts.username is None
    is_host = bool(parts.hostname) and text.isprintable() and " " not in text
    return parts.scheme in ("http", "https") and is_host and is_port and is_bare


AnySection = TypeVar("AnySection", bound=Section)


@dataclass(frozen=True, slots=True)
class Configuration:
    """
    The settings in force.

    Attributes:
        file: Where the settings were read, or would be: there need not be one.
        sections: One validated `Section` of each kind the program knows.
    """

    file: Path
    sections: tuple[Section, ...]

    @property
    def folder(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.file.parent

    def section(self, kind: type[AnySection]) -> AnySection:
        """
        Return the section of this kind.

        Raises:
            KeyError: If the program was started without it.
        """
        for section in self.sections:
            if isinstance(section, kind):
                return section
        raise KeyError(kind.name)


def load_configuration(
    kinds: Iterable[type[Section]],
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, Mapping[str, Any]],
) -> Configuration:
    """
    Read the file, lay the environment over it and the flags over both, and check every value.

    Args:
        kinds: The sections the program knows.
        file: The configuration file; None looks for `dateline.toml` in the working folder and does without.
        environment: `DATELINE_<SECTION>_<KEY>` sets a key; `DATELINE_DATA_DIR` is short for the store's.
        flags: Values given on the command line, by section and key; they win.

    Raises:
        SettingsError: If the file is missing or broken, or a key or value is not allowed.
    """
    known = {kind.name: kind for kind in kinds}
    values = _values_of(file)
    _refuse_unknown_sections(values, known)
    for section, key, value in _from_environment(environment, known):
        values.setdefault(section, {})[key] = value
    for section, given in flags.items():
        values.setdefault(section, {}).update(given)
    sections = tuple(_validated(kind, values.get(name, {})) for name, kind in known.items())
    return Configuration(_path_of(file), sections)


def load_alone(
    kind: type[AnySection],
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any],
) -> AnySection:
    """
    Read one section, whatever is wrong with the others: for what must be quick and may not complain.

    Args:
        kind: The section.
        file: As `load_configuration` takes it.
        environment: The same.
        flags: Values given on the command line, by key; they win.

    Raises:
        SettingsError: If the file is missing or broken, or a key or value of this section is not allowed.
    """
    given = _values_of(file).get(kind.name, {})
    values = {**given} if isinstance(given, dict) else {}
    for variable, (_, key) in _variables({kind.name: kind}).items():
        if variable in environment:
            values[key] = environment[variable]
    return _validated(kind, {**values, **flags})


def _values_of(file: Path | None) -> dict[str, Any]:
    """Read the file's values; its own data folder starts at the file, wherever the program was started."""
    values = _read(file)
    store = values.get(StoreSettings.name)
    if isinstance(store, dict) and isinstance(store.get("data_dir"), str):
        store["data_dir"] = _path_of(file).parent / Path(store["data_dir"]).expanduser()
    return values


def _path_of(file: Path | None) -> Path:
    return (file or Path(DEFAULT_FILE)).absolute()


def _read(file: Path | None) -> dict[str, Any]:
    path = file or Path(DEFAULT_FILE)
    if file is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin files with a mark
    except FileNotFoundError as error:
        raise SettingsError(f"There is no configuration file {path}.", remedy="Check --config.") from error
    except IsADirectoryError as error:
        raise SettingsError(f"{path} is a folder, not a settings file.", remedy=_NO_FILE) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", remedy="Check its permissions.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path} is not UTF-8 text (line {line}).", remedy="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.", remedy="Correct that line.") from error
    except RecursionError as error:
        raise SettingsError(f"{path} nests its values too deeply.", remedy="Write them in [tables].") from error


def _refuse_unknown_sections(values: Mapping[str, Any], known: Mapping[str, type[Section]]) -> None:
    for name, value in values.items():
        if name not in known:
            raise SettingsError(f"Unknown setting: {name}.", remedy=_allowed(name, [f"[{k}]" for k in known]))
        if not isinstance(value, dict):
            raise SettingsError(f"{name} must be a table.", remedy=f"Write [{name}] and its keys below it.")


def _from_environment(
    environment: Mapping[str, str], known: Mapping[str, type[Section]]
) -> Iterable[tuple[str, str, str]]:
    names = _variables(known)
    for variable, value in environment.items():
        if variable.startswith(ENV_PREFIX):
            if variable not in names:
                raise SettingsError(f"Unknown environment variable: {variable}.", remedy=_allowed(variable, names))
            yield *names[variable], value


def _variables(known: Mapping[str, type[Section]]) -> dict[str, tuple[str, str]]:
    """Name the environment variables that set a key, with section and key."""
    names = {f"{ENV_PREFIX}{name}_{key}".upper(): (name, key) for name, k in known.items() for key in k.model_fields}
    if StoreSettings.name in known:
        names[f"{ENV_PREFIX}DATA_DIR"] = (StoreSettings.name, "data_dir")
    return names


def _validated(kind: type[AnySection], values: Mapping[str, Any]) -> AnySection:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise SettingsError(*_explain(kind, error)) from error


def _explain(kind: type[Section], error: ValidationError) -> tuple[str]:
    """Name the first wrong key with its path, and say what is allowed."""
    problem = error.errors(include_url=False)[0]
    path = ".".join([kind.name, *(str(part) for part in problem["loc"])])
    if problem["type"] == "extra_forbidden":
        return (f"Unknown setting: {path}. {_allowed(str(problem['loc'][-1]), _fields_at(kind, problem['loc']))}",)
    if problem["type"] == "missing":
        return (f"Setting {path} is missing.",)
    told = problem["msg"].removeprefix("Value error, ")  # which a check of ours found
    given = str(problem["input"]) if isinstance(problem["input"], Path) else problem["input"]
    field = kind.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
    shown = f"is {given!r}, which" if field is None or field.repr else "has a value that"  # may be a secret
    return (f"Setting {path} {shown} is not allowed: {told}.",)


def _fields_at(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """List the keys allowed beside the one at this path."""
    fields = kind.model_fields
    for part in path[:-1]:
        if isinstance(part, str):
            inner = [a for a in (fields[part].annotation, *get_args(fields[part].annotation)) if isinstance(a, type)]
            fields = next((a.model_fields for a in inner if issubclass(a, BaseModel)), {})
    return list(fields)


def _allowed(given: str, names: Iterable[str]) -> str:
    names = list(names)
    return did_you_mean(given, names) or f"Allowed: {', '.join(names)}."
