"""A sample of the real pages for the gate: the pages of drawn questions, and as many other pages.

`python -m tests.real_sample FOLDER` writes it; docs/evaluation.md tells how the gate is made again from it.
"""

import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from eval.datasets.read_dataset import read_dataset, sample
from tests.shared_data import shared

QUESTIONS = 18
SEED = 6
MAX_OTHER_BYTES = 20_000
"""Pages for professionals are up to a megabyte long; the gate watches the passages of those that answer."""


def dataset() -> Path:
    """The folder with the questions; skips the test where it is not there."""
    return shared("eval/nci-kb")


def arguments() -> tuple[str, ...]:
    """What `footnoted eval` has to be told besides the dataset, so that it asks the drawn questions."""
    return ("--sample", str(QUESTIONS), "--seed", str(SEED))


def unpack_sample(to: Path) -> Path:
    """The folder below `to` to ingest: always the same pages, byte for byte as they were published."""
    questions = sample(read_dataset(dataset()), draw=QUESTIONS, seed=SEED)
    wanted = {document for judged in questions.qrels.values() for document in judged}
    with tarfile.open(shared("corpora/nci-kb.tar.gz")) as opened:
        pages = {
            str(PurePosixPath(member.name).relative_to("nci-kb/docs")): member
            for member in opened.getmembers()
            if member.name.endswith(".md")
        }
        # Pages of the same folder are about the same diseases, so they are the ones that come between.
        folders = {name.split("/")[0] for name in wanted}
        others = [
            name
            for name in sorted(pages.keys() - wanted)
            if name.split("/")[0] in folders and pages[name].size <= MAX_OTHER_BYTES
        ]
        chosen = sorted(wanted) + _drawn(others, count=len(wanted))
        opened.extractall(to, members=[pages[name] for name in chosen], filter="data")
    return to / "nci-kb" / "docs"


def _drawn(names: Sequence[str], *, count: int) -> list[str]:
    places = np.random.default_rng(SEED).choice(len(names), size=count, replace=False)
    return [names[place] for place in sorted(places.tolist())]


if __name__ == "__main__":
    print(unpack_sample(Path(sys.argv[1])))
