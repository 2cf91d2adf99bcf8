"""A file that is written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from index_store.errors import IndexStoreError


@contextmanager
def whole_file(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """
    Open a file for writing, which appears under its name when all is written and not before.

    Args:
        file: Where it shall be; meanwhile it is beside that, with `.part` at its end.
        force: Whether to replace a file that is there.

    Raises:
        IndexStoreError: If it is there and `force` is false, or it cannot be written.
    """
    if file.exists() and not force:
        raise IndexStoreError(f"{file} exists already.", remedy="Name another file, or replace it with --force.")
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(file)
    except OSError as error:
        raise IndexStoreError(
            f"{file} cannot be written: {error.strerror or error}.",
            remedy="Check its folder, that folder's permissions and the disk's free space.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
