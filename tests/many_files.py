"""Collections of many files: small ones by the thousand (D49), and documents with random damage (D50)."""

import random
import resource
import sys
from collections import Counter
from pathlib import Path

from ingest.processes.parser_process import DEFAULT_LIMITS, parser_process
from ingest.report import Outcome
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection
from tests.hostile_documents import cases

BYTES_A_FILE = 10_000
"""What one small file may add to the memory of an ingest; the rest is what any ingest takes."""
LARGEST_CASE = 50_000
TROUBLE = (b"\0", b"\xff", b"\xed\xa0\x80", b"---\n", b"```", b"<", b"\r", b"\xe2\x80\xae", b"\n\n# ")


def many_files(folder: Path, number: int) -> list[str]:
    """Ingests so many small files, in folders of a hundred: each is there, and memory stays in bounds."""
    root = folder / "pages"
    for start in range(0, number, 100):
        write_collection(
            root,
            {
                f"{start // 10_000:03}/{start:07}/{page:07}.md": f"# Page {page}\n\nPage {page} is a small file.\n"
                for page in range(start, min(number, start + 100))
            },
        )
    before = _peak_bytes()
    report = run_ingest(root, folder / "index")
    grown = _peak_bytes() - before
    violations = [] if report.counts()["added"] == number else [f"{report.counts()} of {number:,} files"]
    if len(Index.open(folder / "index").documents) != number:
        violations.append("documents are missing from the index")
    if grown > number * BYTES_A_FILE + 100_000_000:
        violations.append(f"{number:,} files took {grown:,} bytes of memory")
    return violations


def mutated_documents(folder: Path, number: int, *, seed: int) -> list[str]:
    """Ingests so many documents, each a hostile or sound one with random damage: one outcome each, none lost."""
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    sources = [case for case in cases() if len(case.content) <= LARGEST_CASE]
    root = folder / "pages"
    write_collection(root)
    names = ["denosumab.md", "home/falls.txt"]
    for place in range(number):
        case = chance.choice(sources)
        names.append(f"{place:05}{Path(case.name).suffix}")
        (root / names[-1]).write_bytes(damaged(case.content, chance))
    try:
        report = run_ingest(root, folder / "index")
    finally:
        parser_process(DEFAULT_LIMITS).close()
    listed = Counter(file.path for file in report.files)
    violations = [f"{name} (seed {seed}) has {listed[name]} outcomes" for name in names if listed[name] != 1]
    violations += [
        f"{file.path} (seed {seed}) is skipped without a reason"
        for file in report.files
        if (file.outcome is Outcome.SKIPPED) != bool(file.reason)
    ]
    taken = sum(file.outcome is not Outcome.SKIPPED for file in report.files)
    if len(Index.open(folder / "index").documents) != taken:
        violations.append(f"seed {seed}: the index does not hold what the report says")
    return violations


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with one to four bits flipped, pieces cut out, doubled, moved, or bytes of trouble put in."""
    found = bytearray(content or b"\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(found) + 1)
        end = min(len(found), place + chance.choice((1, 2, 16, 200)))
        match chance.randrange(5):
            case 0 if found:
                found[min(place, len(found) - 1)] ^= 1 << chance.randrange(8)
            case 1:
                del found[place:end]
            case 2:
                found[place:place] = found[place:end] * chance.choice((1, 2, 50))
            case 3:
                piece = found[place:end]
                del found[place:end]
                target = chance.randrange(len(found) + 1)
                found[target:target] = piece
            case _:
                trouble = (
                    b"\0",
                    b"\xff",
                    b"\xed\xa0\x80",
                    b"---\n",
                    b"```",
                    b"<",
                    b"\r",
                    b"\xe2\x80\xae",
                    b"\n\n# ",
                )
                found[place:place] = chance.choice(trouble)
    return bytes(found)


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1_024
