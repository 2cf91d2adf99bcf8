"""Bodies of answers, decompressed as they arrive and never beyond a limit: a gzip bomb is cut off, not unpacked."""

import zlib

from ingest.cleaning import single_line
from ingest.web.records import FetchError

ENCODINGS = "gzip, deflate"  # what is asked for, and all that is accepted

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 1_000  # a gzip file may be several in a row; of thousands, unpacking takes longer than receiving


class Body:
    """
    A body that grows, up to a limit.

    Args:
        encoding: The Content-Encoding it comes in; "" for none.
        limit_bytes: Its most bytes, both as sent and decompressed.

    Raises:
        FetchError: Here if it comes in another encoding; from `add` and `whole` if it is too large or broken.
    """

    def __init__(self, encoding: str, *, limit_bytes: int) -> None:
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            name = single_line(encoding, limit_chars=40)
            raise FetchError(f'is sent compressed as "{name}", although {ENCODINGS} was asked for')
        self._limit_bytes = limit_bytes
        self._received_bytes = 0
        self._content = bytearray()
        self._unpacker: zlib._Decompress | None = None
        self._members = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes as they were sent."""
        self._received_bytes += len(chunk)
        if self._received_bytes > self._limit_bytes:
            raise too_large(self._limit_bytes)
        if self._encoding in {"", "identity"}:
            self._content += chunk
            return
        try:
            self._unpack(chunk)
        except zlib.error as error:
            raise FetchError(f"is not what it says it is: broken {self._encoding} data") from error

    def whole(self) -> bytes:
        """Return the content, once all of it was added."""
        if self._unpacker and not self._unpacker.eof:
            raise FetchError("ended early: its compressed data is cut off")
        return bytes(self._content)

    def _unpack(self, chunk: bytes) -> None:
        while chunk:
            if self._unpacker is None or self._unpacker.eof:
                if self._unpacker and not chunk.startswith(_GZIP_MAGIC):
                    return  # what follows the end is padding
                self._unpacker = self._new_unpacker(chunk)
            room = self._limit_bytes - len(self._content)
            self._content += self._unpacker.decompress(chunk, room + 1)
            if len(self._content) > self._limit_bytes:
                raise too_large(self._limit_bytes)
            chunk = self._unpacker.unused_data

    def _new_unpacker(self, start: bytes) -> "zlib._Decompress":
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise FetchError(f"is a gzip file made of more than {_MOST_MEMBERS:,} others")
        if self._encoding == "gzip":
            return zlib.decompressobj(_GZIP)
        # "deflate" should have zlib's header, whose first half byte is 8; some servers send the bare data.
        return zlib.decompressobj(zlib.MAX_WBITS if start[0] & 0x0F == 8 else -zlib.MAX_WBITS)


def too_large(limit_bytes: int) -> FetchError:
    """Return the error of a body that is larger than allowed."""
    return FetchError(f"is larger than {limit_bytes / 1_000_000:g} MB", is_lasting=True)
