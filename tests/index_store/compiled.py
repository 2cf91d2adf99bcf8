"""A compiled model of a few hundred bytes, which answers every question with the same vector."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models

INPUTS = ("input_ids", "attention_mask")


def compile_into(folder: Path, vector: Sequence[float], *, inputs: Sequence[str] = INPUTS) -> None:
    """Write the three files of a compiled model; its recipe names these inputs, and the model takes `INPUTS`."""
    folder.mkdir(exist_ok=True)
    taken = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, None]) for name in INPUTS]
    given = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, len(vector)])
    value = numpy_helper.from_array(np.asarray([vector], dtype=np.float32))
    graph = helper.make_graph([helper.make_node("Constant", [], ["vector"], value=value)], "m", taken, [given])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(folder / "model.onnx")
    )
    Tokenizer(models.WordLevel({"?": 0}, unk_token="?")).save(str(folder / "tokenizer.json"))  # noqa: S106 - no password
    (folder / "recipe.json").write_text(json.dumps({"window": 8, "inputs": inputs, "prompt": ""}))
