"""
What a backup holds: a zip file with a manifest, the catalog and the compiled model.

Chroma and Tantivy are left out: they are copies, which no moment of a writer finds consistent, and which are made anew.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

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
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What a backup says of itself.

    Attributes:
        kind: `KIND`.
        created_at: When it was made (ISO 8601, UTC), for people who look into the file.
        catalog_format: Format of its catalog; a newer one is refused before anything is unpacked.
        members: Its files, but the manifest.
    """

    kind: str
    created_at: str
    catalog_format: Annotated[int, Field(ge=0, lt=2**31)]  # of 32 bits in SQLite
    members: tuple[Member, ...]
