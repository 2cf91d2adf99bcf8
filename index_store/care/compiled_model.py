"""Whether the compiled model of a data folder can be used: one judgement for `doctor`, `rebuild` and `restore`."""

from pathlib import Path

import numpy as np

from index_store.catalog import Catalog
from index_store.compiled import CompiledModel
from index_store.errors import EncoderError

_UNIT_LENGTH_TOLERANCE = 1e-3


def dimensions_of(catalog: Catalog) -> int | None:
    """Length of the index's vectors; None where there is none."""
    row = catalog.connection.execute("SELECT length(vector) / 4 FROM chunks LIMIT 1").fetchone()
    return row[0] if row else None


def fault_of(compiled: Path, *, dimensions: int | None) -> str:
    """
    Encode a question and look at its vector.

    Args:
        compiled: The folder of the compiled model.
        dimensions: Length of the index's vectors, where it has any.

    Returns:
        What is wrong, without a full stop; "" where it can be used.
    """
    try:
        model = CompiledModel(compiled)
        model.check_unaltered()
        vector = model.encode_question("who led the talks?")
    except EncoderError as error:
        return error.message.rstrip(".")
    if dimensions is not None and vector.shape != (dimensions,):
        return f"its vectors have {vector.size} numbers, the index's {dimensions}"
    is_unit = abs(float(np.linalg.norm(vector)) - 1) <= _UNIT_LENGTH_TOLERANCE  # which no NaN is
    return "" if is_unit else "its vectors are not of unit length"
