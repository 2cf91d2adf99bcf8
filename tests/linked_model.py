"""The compiled model, made once and put into many data folders."""

import os
from pathlib import Path


def link_model(compiled: Path, data_dir: Path) -> Path:
    """Put a compiled model, which nobody writes to, into a data folder; returns that folder."""
    (data_dir / "encoder").mkdir(parents=True)
    for file in compiled.iterdir():
        os.link(file, data_dir / "encoder" / file.name)
    return data_dir
