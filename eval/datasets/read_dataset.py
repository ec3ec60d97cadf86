"""Reads a dataset in any of its three forms: judged queries, labelled questions, BEIR."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from eval.datasets.dataset import Dataset, GoldSpan, Half, Question
from eval.datasets.gold_answers import FurtherGold, GoldFields, WindowFields, distractors, gold_answers, window
from eval.datasets.lines import columns, files_sha256, objects, text_lines, whole_number
from eval.errors import DatasetInvalid

FORMS = (
    "a folder with queries.jsonl and qrels.tsv (and gold_passages.jsonl, answers.jsonl), a folder or file "
    "questions.jsonl with labelled questions, or BEIR's corpus.jsonl, queries.jsonl and qrels/*.tsv"
)


class _QueryLine(msgspec.Struct):
    id: str
    question: str
    tight: bool = False
    summary: str | None = None
    paraphrase: str | None = None


class _BeirLine(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    text: str


class _SpanLine(msgspec.Struct):
    qid: str
    doc: str
    start: int
    end: int


class _AnswerLine(msgspec.Struct):
    qid: str
    answer: str


class _QuestionLine(GoldFields, kw_only=True):
    id: str
    question: str
    label: Literal["answerable", "unanswerable"] | None = None
    answerable: bool | None = None
    category: str | None = None
    style: str | None = None
    quotes: tuple[FurtherGold, ...] = ()
    distractors: tuple[FurtherGold, ...] = ()
    half: Half | None = None
    window: WindowFields | None = None


def read_dataset(path: Path, *, wording: str = "question", split: str = "test") -> Dataset:
    """The dataset at `path`; `wording` picks another field as the question, `split` one of BEIR's.

    Raises DatasetInvalid, naming file and line.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_file():
        return _labelled(path)
    if (folder / "queries.jsonl").is_file() and (folder / "qrels").is_dir():
        return _beir(folder, split)
    if (folder / "queries.jsonl").is_file():
        return _judged(folder, wording)
    if (folder / "questions.jsonl").is_file():
        return _labelled(folder / "questions.jsonl")
    raise DatasetInvalid(f"{path} is no dataset; give {FORMS}")


def sample(
    dataset: Dataset, *, half: Half | None = None, limit: int | None = None, draw: int | None = None, seed: int = 0
) -> Dataset:
    """The first `limit` questions of a half, or `draw` of them at random but always the same ones for a seed.

    Raises DatasetInvalid where the dataset has no such half.
    """
    chosen: Sequence[Question] = [one for one in dataset.questions if half is None or one.half is half]
    if half is not None and not chosen:
        raise DatasetInvalid(f"{dataset.name} has no question of the half {half}; leave --half out")
    if draw is not None and draw < len(chosen):
        places = np.random.default_rng(seed).choice(len(chosen), size=draw, replace=False)
        chosen = [chosen[place] for place in sorted(places.tolist())]
    chosen = tuple(chosen[:limit])
    kept = {question.question_id for question in chosen}
    return replace(
        dataset,
        questions=chosen,
        qrels={question: judged for question, judged in dataset.qrels.items() if question in kept},
        spans={question: spans for question, spans in dataset.spans.items() if question in kept},
    )


def _judged(folder: Path, wording: str) -> Dataset:
    queries, judgments = folder / "queries.jsonl", folder / "qrels.tsv"
    golden, answers = folder / "gold_passages.jsonl", folder / "answers.jsonl"
    references: dict[str, str] = {}
    if answers.is_file():
        for _, answer in objects(answers, _AnswerLine):
            references.setdefault(answer.qid, answer.answer)
    questions = []
    for number, line in objects(queries, _QueryLine):
        text = getattr(line, wording)
        if not text:
            raise DatasetInvalid(f"{queries}:{number}: there is no `{wording}`; choose another --wording")
        subsets = ("tight",) if line.tight else ()
        reference, where = references.get(line.id), f"{queries}:{number}"
        questions.append((number, Question(line.id, text, subsets, reference=reference, where=where)))
    ids = _unique(questions, queries)
    spans = _spans(golden, ids) if golden.is_file() else {}
    return Dataset(
        name=folder.resolve().name,
        sha256=files_sha256(path for path in (queries, judgments, golden, answers) if path.is_file()),
        questions=tuple(question for _, question in questions),
        qrels=_qrels(judgments, "query 0 document relevance", ids),
        spans=spans,
    )


def _beir(folder: Path, split: str) -> Dataset:
    queries, judgments = folder / "queries.jsonl", folder / "qrels" / f"{split}.tsv"
    if not judgments.is_file():
        found = ", ".join(sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))) or "none"
        raise DatasetInvalid(f"there is no {judgments}; choose the --split out of: {found}")
    questions = [
        (number, Question(line.id, line.text, where=f"{queries}:{number}"))
        for number, line in objects(queries, _BeirLine)
    ]
    qrels = _qrels(judgments, "query-id corpus-id score", _unique(questions, queries), header=True)
    return Dataset(
        name=folder.resolve().name,
        sha256=files_sha256((queries, judgments)),
        questions=tuple(question for _, question in questions if question.question_id in qrels),
        qrels=qrels,
        spans={},
    )


def _labelled(path: Path) -> Dataset:
    questions: list[tuple[int, Question]] = []
    qrels = {}
    for number, line in objects(path, _QuestionLine):
        where = f"{path}:{number}"
        if (line.label is None) == (line.answerable is None):
            raise DatasetInvalid(f"{where}: one of `label` and `answerable` is wanted; write exactly one")
        answerable = line.label == "answerable" if line.answerable is None else line.answerable
        quotes = gold_answers(line, line.quotes, where)
        if line.source_path is not None and answerable:
            qrels[line.id] = dict.fromkeys([line.source_path, *(quote.document for quote in quotes)], 1)
        subsets = () if line.style is None else (line.style,)
        question = Question(
            line.id,
            line.question,
            subsets,
            answerable,
            line.category,
            quotes,
            distractors(line, line.distractors, quotes, where),
            reference=line.quote,
            half=line.half,
            window=window(line, line.window, quotes, where),
            where=where,
        )
        questions.append((number, question))
    _unique(questions, path)
    exclude = path.parent / "exclude.txt"
    excluded: tuple[str, ...] = ()
    if exclude.is_file():
        excluded = read_list(exclude)
    name = path.parent.resolve().name if path.name == "questions.jsonl" else path.stem
    files = [path, exclude] if excluded else [path]
    asked = tuple(question for _, question in questions)
    return Dataset(name, files_sha256(files), asked, qrels, {}, excluded)


def read_list(path: Path) -> tuple[str, ...]:
    """The lines of a file of document ids. Raises DatasetInvalid."""
    return tuple(line for _, line in text_lines(path))


def _unique(questions: Iterable[tuple[int, Question]], path: Path) -> frozenset[str]:
    """The ids of questions, each given with its line."""
    seen: dict[str, int] = {}
    for number, question in questions:
        identifier, where = question.question_id, f"{path}:{number}"
        if identifier in seen:
            raise DatasetInvalid(
                f"{where}: the id {identifier!r} stands in line {seen[identifier]} too; ids must be unique"
            )
        if not identifier or identifier.split() != [identifier]:
            raise DatasetInvalid(f"{where}: the id {identifier!r} is empty or holds white space; change it")
        if not question.text.strip():
            raise DatasetInvalid(f"{where}: the question {identifier!r} is empty; write it or remove the line")
        seen[identifier] = number
    if not seen:
        raise DatasetInvalid(f"{path} holds no question; add one object a line")
    return frozenset(seen)


def _qrels(
    path: Path, names: str, ids: frozenset[str], *, header: bool = False
) -> Mapping[str, Mapping[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, found in columns(path, names, header=header):
        question, document = found[0], found[-2]
        if question not in ids:
            raise DatasetInvalid(f"{path}:{number}: no query has the id {question!r}; correct the line")
        relevance = whole_number(found[-1], path=path, number=number, what="relevance")
        known = qrels.setdefault(question, {}).setdefault(document, relevance)
        if known != relevance:
            raise DatasetInvalid(f"{path}:{number}: this document was judged {known} before; keep one line")
    if not qrels:
        raise DatasetInvalid(f"{path} holds no judgment; write {', '.join(names.split())} on each line")
    return qrels


def _spans(path: Path, ids: frozenset[str]) -> Mapping[str, tuple[GoldSpan, ...]]:
    spans: dict[str, tuple[GoldSpan, ...]] = {}
    for number, line in objects(path, _SpanLine):
        if line.qid not in ids:
            raise DatasetInvalid(f"{path}:{number}: no query has the id {line.qid!r}; correct the line")
        if not 0 <= line.start < line.end:
            raise DatasetInvalid(f"{path}:{number}: the span from {line.start} to {line.end} is empty; correct it")
        spans[line.qid] = (*spans.get(line.qid, ()), GoldSpan(line.doc, line.start, line.end))
    return spans
