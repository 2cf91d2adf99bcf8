"""
Everything that can go wrong, as one tree.

    DatelineError                 shown to people as one message that names the remedy
    ├── SettingsError             dateline.toml, an environment variable or a flag is wrong
    ├── SourceError               a source of articles cannot be read
    ├── EncoderError              the embedding model is missing, altered or cannot be loaded
    ├── DiscordError              the bot cannot start or stay connected
    └── IndexStoreError           the data folder
        ├── EmptyIndexError       nothing has been indexed there yet
        ├── BusyIndexError        another process is writing
        ├── MismatchError         made by another version or with another embedding model
        └── UnknownArticleError   no article has this id

Errors of libraries are translated where the library is called (`raise … from error`).
"""

REBUILD = "`dateline rebuild` makes Chroma and Tantivy anew, without embedding again."  # a remedy of many


def is_panic(error: BaseException) -> bool:
    """Whether a library written in Rust gave up, as they do over damaged files; the class cannot be imported."""
    return type(error).__name__ == "PanicException"


def first_line(error: BaseException) -> str:
    """Return what an error says, without what stands below it."""
    return next(iter(str(error).splitlines()), type(error).__name__)


class DatelineError(Exception):
    """
    A failure that a person can act on.

    Attributes:
        message: What happened, in one sentence.
        remedy: What to do about it; empty when nothing can be done.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


class SettingsError(DatelineError):
    """A setting is unknown, out of range or of the wrong kind."""


class SourceError(DatelineError):
    """A source of articles cannot be read at all."""


class EncoderError(DatelineError):
    """The embedding model cannot be used."""


class DiscordError(DatelineError):
    """The bot cannot connect to Discord."""


class IndexStoreError(DatelineError):
    """The data folder cannot be used."""


class EmptyIndexError(IndexStoreError):
    """Nothing has been indexed in this data folder."""


class BusyIndexError(IndexStoreError):
    """Another process is writing to this data folder."""


class MismatchError(IndexStoreError):
    """The data folder was made by another version, or with another embedding model."""


class UnknownArticleError(IndexStoreError):
    """No live article has this id."""
