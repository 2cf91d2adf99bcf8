"""What a fetch is asked with, and what comes of it: the content, or the reason why there is none."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index_store import SourceError

if TYPE_CHECKING:
    from yarl import URL

    from ingest.web.robots import Rules


@dataclass(frozen=True, slots=True)
class Validators:
    """
    What a server gave to tell one version of a page from the next; sent back, it may answer "unchanged".

    Attributes:
        etag: Its ETag, with the quotation marks.
        last_modified: Its Last-Modified, as it was written.
    """

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    An answer to be used.

    Attributes:
        address: Where the content is from, after all redirects; without a fragment.
        moved_to: Where permanent redirects alone led, to be asked from now on; None if the address has not moved.
        unchanged: Whether the server holds what the validators name; then there is no content.
        content: The body, decompressed.
        media_type: In lower case and without parameters, like "text/html"; "" if the server names none.
        charset: As the Content-Type names it, in lower case.
        validators: What to ask with the next time.
    """

    address: str
    moved_to: str | None = None
    unchanged: bool = False
    content: bytes = b""
    media_type: str = ""
    charset: str | None = None
    validators: Validators = field(default_factory=Validators)


@dataclass(slots=True)
class WebMemory:
    """
    What a fetcher may take over from an earlier one: robots.txt files, and the pauses that hosts asked for.

    Attributes:
        robots: By site; see `robots.py`.
        paused_until: By host, of the monotonic clock.
    """

    robots: "dict[URL, Rules]" = field(default_factory=dict)
    paused_until: dict[str, float] = field(default_factory=dict)


class FetchError(SourceError):
    """
    Nothing usable came from this address.

    Attributes:
        status: The status of the answer; None if the failure was another one.
        retry_after_s: For how many seconds the host asks not to be asked again, if it says so.
        is_lasting: Whether asking again would be of no use, now or later.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        is_lasting: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s
        self.is_lasting = is_lasting

    @property
    def gone(self) -> bool:
        """Whether the server says that there is no such page (404), or no longer (410)."""
        return self.status in {404, 410}

    def reached_by(self, redirect: str) -> "FetchError":
        """Return this error as one of an address that redirected to where it happened."""
        message = f"redirects to {redirect}, which {self.message}"
        return FetchError(message, status=self.status, retry_after_s=self.retry_after_s, is_lasting=self.is_lasting)


class UnreachableError(FetchError):
    """No connection was made: the host does not exist, does not answer, or may not be asked now or ever."""
