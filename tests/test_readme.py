"""What the README and the documents say, held against the code."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from footnoted import main
from ingest.errors import SkipReason
from retriever.document import Metadata

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))


def camel(name: str) -> str:
    """A field's name as front matter has it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert {"serve", "test"} <= named <= targets


def test_every_subcommand_that_the_readme_names_has_help() -> None:
    named = {*re.findall(r"footnoted (ingest|serve|ask|doctor|index \w+)", README)}
    assert len(named) >= 5
    for words in named:
        assert CliRunner().invoke(main, [*words.split(), "--help"]).exit_code == 0


def test_the_front_matter_that_the_documents_list_is_what_is_read() -> None:
    documents = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
    listed = re.search(r"Front matter that is understood: `([^`]*)`", documents)
    assert listed is not None
    assert re.split(r",\s*", listed[1]) == [
        camel(name) for name in Metadata.__dataclass_fields__ if name != "extra"
    ]


def test_every_reason_for_skipping_a_file_is_explained() -> None:
    documents = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
    named = tuple(re.findall(r"`([a-z]+(?:_[a-z]+)*_?)(?:\.\.\.)?`", documents))
    families = tuple(each for each in named if each.endswith("_"))
    assert [each for each in SkipReason if each not in named and not each.startswith(families)] == []


def test_the_readme_counts_the_starter_collection_right() -> None:
    pages = [path for path in (ROOT / "corpus").rglob("*") if path.suffix in (".md", ".txt")]
    assert f"is {len(pages) - 1} short pages" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_documents_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_module_that_a_document_runs_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"python -m ((?:api|eval|ingest|retriever|tests)\.[\w.]*\w)", text)
    assert [name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_of_the_packages_that_a_document_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:api|eval|ingest|retriever|tests)/[\w./-]*\w\.\w+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
