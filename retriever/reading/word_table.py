"""The table of the bundled model's word vectors, read from its file row by row."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_TABLE = "embeddings.word_embeddings.weight"


def word_table(weights: Path) -> NDArray[np.float32]:
    """The vectors of all word pieces, shape (word pieces, dimension), as a map of the file, of which only what is
    looked up comes into memory. Raises OSError, and ValueError where the file holds no such table.

    Source of the format: the safetensors repository ("Format": eight bytes with the length of a JSON header, the
    header, the tensors).
    """
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > weights.stat().st_size:
            raise ValueError(f"{weights.name} is no file of tensors")
        header = json.loads(file.read(length))
    found = next((one for name, one in header.items() if name.endswith(_TABLE)), None)
    if found is None or found["dtype"] != "F32":
        raise ValueError(f"{weights.name} holds no table of word vectors as 32-bit floats")
    start, _ = found["data_offsets"]
    rows, columns = found["shape"]
    return np.memmap(weights, dtype="<f4", mode="r", offset=8 + length + start, shape=(rows, columns))
