"""The page of promises: every promise names tests, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
PROMISE = re.compile(r"^\*\*([A-Z]\d+)\. ", re.MULTILINE)
PROOF = re.compile(r"^- `(test_\w+\.py)::(test_\w+)`$", re.MULTILINE)


def test_every_promise_names_a_test_that_proves_it() -> None:
    starts = [match.start() for match in PROMISE.finditer(PAGE)]
    promises = [PAGE[start:end] for start, end in zip(starts, [*starts[1:], len(PAGE)], strict=True)]
    assert [promise[:40] for promise in promises if not PROOF.search(promise)] == []


def test_every_promise_of_the_index_is_there() -> None:
    assert {f"G{number}" for number in range(1, 9)} <= set(PROMISE.findall(PAGE))


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for file, name in PROOF.findall(PAGE):
        path = ROOT / "tests" / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{file}::{name}")
    assert missing == []


def test_every_line_of_proof_has_the_form_that_is_checked() -> None:
    assert len(PROOF.findall(PAGE)) == PAGE.count("\n- `test_")
