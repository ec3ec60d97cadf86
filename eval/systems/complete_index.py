"""Opens an index that can be measured: one whose vectors are made."""

from pathlib import Path

from eval.errors import ComparisonRefused
from retriever.index import Index


def open_complete(index_dir: Path) -> Index:
    """The current generation under `index_dir`.

    Raises ComparisonRefused where it can be searched by words alone as yet, and what opening an index raises.
    """
    index = Index.open(index_dir)
    if not index.manifest.has_vectors:
        raise ComparisonRefused(
            f"the vectors of {index.generation} are still being made, so what it finds now says little of what it "
            "will find; wait for the ingest to end, or run `footnoted ingest` again if it was interrupted"
        )
    return index
