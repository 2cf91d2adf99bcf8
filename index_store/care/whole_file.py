"""A file that is written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from index_store.errors import IndexStoreError


@contextmanager
def whole_file(file: Path, *, outside: Path, force: bool) -> Iterator[BinaryIO]:
    """
    Open a file for writing, which appears under its name when all is written and not before.

    Args:
        file: Where it shall be; of a link, where that leads. Meanwhile it is beside that, under a name of its own that
            ends with `.part`.
        outside: The data folder, whose own files must not be replaced.
        force: Whether to replace a file that is there.

    Raises:
        IndexStoreError: If it is there and `force` is false, is in the data folder, or cannot be written.
    """
    file = file.resolve()
    if file.is_relative_to(outside.resolve()):
        raise IndexStoreError(f"{file} is in the data folder.", remedy="Name a file elsewhere.")
    if file.exists() and not force:
        raise IndexStoreError(f"{file} exists already.", remedy="Name another file, or replace it with --force.")
    draft = file.with_name(f"{file.name}.{uuid4().hex[:8]}.part")  # two runs may write to one file
    try:
        with draft.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        raise IndexStoreError(
            f"{file} cannot be written: {error.strerror or error}.",
            remedy="Check its folder, that folder's permissions and the disk's free space.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
