"""
What a backup holds: a zip file with a manifest, the catalog and the compiled model.

Chroma and Tantivy are left out: they are copies, which no moment of a writer finds consistent, and which are made anew.
"""

import re
from dataclasses import asdict, dataclass

from index_store.catalog_file import CATALOG

MANIFEST = "manifest.json"
KIND = "dateline backup, layout 1"

_NAMES = re.compile(rf"{re.escape(CATALOG)}|encoder/[A-Za-z0-9_][A-Za-z0-9_.-]{{0,100}}")


def may_hold(name: str) -> bool:
    """Whether a backup may hold a file of this name: the catalog, or one right inside the folder `encoder`."""
    return _NAMES.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Member:
    """
    A file of a backup.

    Attributes:
        name: Its path inside the data folder, with "/".
        size_bytes: Its size, unpacked.
        sha256: Digest of its content, in hexadecimal digits.
    """

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What a backup says of itself.

    Attributes:
        created_at: When it was made (ISO 8601, UTC), for people who look into the file.
        catalog_format: Format of its catalog; a newer one is refused before anything is unpacked.
        members: Its files, but the manifest.
    """

    created_at: str
    catalog_format: int
    members: tuple[Member, ...]

    def json(self) -> dict[str, object]:
        """Write it as it stands in the file."""
        return {"kind": KIND} | asdict(self)
