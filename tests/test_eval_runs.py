"""A whole evaluation over a real index with the hashing encoder: files, comparison, gate, invariants, report."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from eval.ablation import ablate, baseline_of, variants
from eval.compare import Verdict, differences, read_baseline
from eval.datasets.dataset import Dataset, GoldQuote, GoldSlice, GoldSpan, Question, Span
from eval.datasets.document_names import DocumentNames, match_names
from eval.datasets.prepare import prepare
from eval.datasets.quoted_words import words_digest
from eval.datasets.read_dataset import read_dataset
from eval.datasets.source_tokens import SourceTokens
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.export import ragas_samples
from eval.gate import Setting, failures, gate_of, read_gate, refuse_other, write_gate
from eval.measures.evaluate import Collected, Depth, Evaluation, evaluate
from eval.measures.invariants import broken, holds_in_order
from eval.question_progress import asking
from eval.recorded_run import RecordedRun
from eval.report.cases import Comparison, mistakes
from eval.report.headline import deciding, headline, in_words, meaning
from eval.report.page import write_report
from eval.results import passages_of, write_results
from eval.systems.given_answer import Given
from eval.systems.in_process import InProcess
from eval.systems.system import Found
from eval.systems.whole_ranking import nearest_others
from retriever.index import Index
from retriever.query import Mode
from retriever.ranking.ranking import Ranking
from tests.collections_on_disk import DENOSUMAB, FALLS, run_ingest, write_collection
from tests.hashing import HashingEncoder
from tests.small_datasets import write_lines

QUOTED = "Bones thin **quickly** when the injections stop"
SAID = QUOTED.replace("*", "")
NASTY = 'what <script>alert(1)</script> & "quotes"?'
SETTING = Setting("c" * 64, 20, None)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages."""
    folder = tmp_path_factory.mktemp("pages")
    return write_collection(folder, {"denosumab.md": DENOSUMAB, "home/falls.txt": FALLS})


@pytest.fixture(scope="module")
def system(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """The pages, ingested."""
    folder = tmp_path_factory.mktemp("index")
    run_ingest(pages, folder)
    return InProcess(Index.open(folder), HashingEncoder())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Questions with a page, with a quotation, with a span, without an answer."""
    start = DENOSUMAB.index("- Skin")
    return Dataset(
        name="small",
        sha256="d" * 64,
        questions=(
            Question("q1", "side effects of denosumab", ("tight",), answerable=True),
            Question(
                "q2",
                "what happens when injections stop",
                answerable=True,
                quotes=(GoldQuote("denosumab.md", QUOTED),),
            ),
            Question("q3", "who is at risk of a fall at home", answerable=True, reference="those who fell before"),
            Question("q4", NASTY, answerable=False, category="nonsense"),
        ),
        qrels={"q1": {"denosumab.md": 1}, "q2": {"denosumab.md": 1}, "q3": {"falls.txt": 1}},
        spans={"q1": (GoldSpan("denosumab.md", start, start + len("- Skin infections\n- Low blood calcium")),)},
    )


def names_of(system: InProcess, dataset: Dataset) -> DocumentNames:
    """The dataset's documents in the index."""
    return match_names(system.source_paths, dataset.judged)


def evaluated(system: InProcess, dataset: Dataset) -> Evaluation:
    """One evaluation as the command does it."""
    names = names_of(system, dataset)
    return evaluate(dataset, system, names, tokens=SourceTokens(system.index, names), depth=Depth(), seed=0)


@pytest.fixture(scope="module")
def evaluation(system: InProcess, dataset: Dataset) -> Evaluation:
    """The whole pipeline on the questions."""
    return evaluated(system, dataset)


@pytest.fixture(scope="module")
def tokens(system: InProcess, dataset: Dataset) -> SourceTokens:
    """Token places by the dataset's names."""
    return SourceTokens(system.index, names_of(system, dataset))


def test_a_quotation_stands_where_its_words_stand_in_the_source(tokens: SourceTokens) -> None:
    span = tokens.quoted(GoldQuote("denosumab.md", QUOTED))
    assert span is not None
    assert DENOSUMAB[span.start_char : span.end_char] == SAID


@pytest.mark.parametrize("text", ["Bones do not thin", "Denosumab", "!?"])
def test_a_quotation_that_is_not_there_once_is_refused(system: InProcess, dataset: Dataset, text: str) -> None:
    quotes = (GoldQuote("denosumab.md", QUOTED), GoldQuote("denosumab.md", text))
    odd = replace(dataset, questions=(Question("q9", "?", quotes=quotes),))
    with pytest.raises(DatasetInvalid, match=r"1 quotations do not stand exactly once.*q9"):
        evaluated(system, odd)


def sliced(text: str) -> GoldSlice:
    """The span of the page where a text stands, with the digest of its words."""
    start = DENOSUMAB.index(text)
    return GoldSlice("denosumab.md", start, start + len(text), words_digest(text))


def test_a_span_with_its_digest_is_what_a_quotation_of_its_words_is(tokens: SourceTokens) -> None:
    assert tokens.quoted(sliced(SAID)) == tokens.quoted(GoldQuote("denosumab.md", QUOTED))
    assert tokens.quoted(sliced(f"{SAID},")) == tokens.quoted(sliced(SAID))


def test_a_span_tells_apart_what_stands_twice(tokens: SourceTokens) -> None:
    span = tokens.quoted(replace(sliced("## Side effects"), digest=words_digest("Side effects")))
    assert span is not None
    assert DENOSUMAB[span.start_char : span.end_char] == "Side effects"


@pytest.mark.parametrize("moved", [1, -1, 10_000])
def test_a_span_of_a_page_that_changed_is_refused_with_file_and_line(
    system: InProcess, dataset: Dataset, moved: int
) -> None:
    good = sliced(SAID)
    bad = replace(good, start_char=good.start_char + moved, end_char=good.end_char + moved)
    odd = replace(dataset, questions=(Question("q9", "?", quotes=(good, bad), where="questions.jsonl:4"),))
    with pytest.raises(DatasetInvalid, match=r"1 quotations .*q9 in questions\.jsonl:4"):
        evaluated(system, odd)


def test_a_span_is_measured_as_the_quotation_of_its_words_is(system: InProcess, dataset: Dataset) -> None:
    values = []
    for quote in (GoldQuote("denosumab.md", QUOTED), sliced(SAID)):
        question = Question("q2", "what happens when injections stop", answerable=True, quotes=(quote,))
        values.append(evaluated(system, replace(dataset, questions=(question,), spans={})).values["q2"])
    assert values[0] == values[1]
    assert values[0]["passage-hit-2@1"] == 1


def test_every_token_stands_in_the_source_where_it_is_said_to(system: InProcess, tokens: SourceTokens) -> None:
    places = tokens.places("denosumab.md")
    document_id = next(key for key, path in system.source_paths.items() if path == "denosumab.md")
    text = system.index.reading_text(document_id)
    starts = [match.start() for match in re.finditer(r"\w+|[^\w\s]", text)]
    assert [DENOSUMAB[place] for place in places] == [text[start] for start in starts]


def test_gold_is_marked_in_the_reading_text(tokens: SourceTokens) -> None:
    start = DENOSUMAB.index("Skin")
    pieces = tokens.pieces(Span("denosumab.md", start - 2, start + 40), [(start, start + 15)])
    assert ("Skin infections", True) in [(text.strip(), gold) for text, gold in pieces]
    assert [gold for _, gold in pieces] == [False, True, False]


def test_the_page_and_the_passage_are_found(evaluation: Evaluation) -> None:
    assert evaluation.values["q1"]["R@1"] == 1
    assert evaluation.values["q2"]["passage-hit-2@1"] == 1
    assert "passage-hit@1" not in evaluation.values["q2"]
    assert "token-recall@1000t" not in evaluation.values["q3"]
    assert evaluation.values["q4"] == {}
    counted = {(one.measure, one.subset): one.questions for one in evaluation.means}
    assert (counted["nDCG@10", "all"], counted["nDCG@10", "tight"]) == (3, 1)


def test_two_runs_write_the_same_bytes(system: InProcess, dataset: Dataset, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_results(tmp_path / name, evaluated(system, dataset), {})
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert written == ["passages.jsonl", "per_query.jsonl", "run.trec", "summary.json", "timings.jsonl"]
    for name in written:
        if name != "timings.jsonl":
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_run_against_itself_does_not_differ(evaluation: Evaluation, dataset: Dataset, tmp_path: Path) -> None:
    write_results(tmp_path, evaluation, {})
    for path in (tmp_path, tmp_path / "run.trec"):
        apart = differences(evaluation, read_baseline(path, dataset))
        assert apart
        assert {one.verdict for one in apart} == {Verdict.SAME}
        assert {(one.wins, one.losses, one.p) for one in apart} == {(0, 0, 1.0)}


def test_written_results_measure_as_the_system_did(
    evaluation: Evaluation, dataset: Dataset, tokens: SourceTokens, tmp_path: Path
) -> None:
    write_results(tmp_path, evaluation, {})
    again = evaluate(
        replace(dataset, questions=dataset.questions[:1]),
        RecordedRun(tmp_path, dataset),
        DocumentNames.same(),
        tokens=tokens,
        depth=Depth(per_document=2),
        seed=0,
    )
    assert again.values["q1"] == {
        measure: value for measure, value in evaluation.values["q1"].items() if "uncapped" not in measure
    }


def test_a_run_of_other_questions_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    run = tmp_path / "run.trec"
    run.write_text("other Q0 x 1 1.0 tag\n", encoding="utf-8")
    for use in (lambda: read_baseline(run, dataset), lambda: RecordedRun(run, dataset)):
        with pytest.raises(ComparisonRefused, match="none of the dataset's questions"):
            use()


def test_excluded_documents_are_never_found(system: InProcess) -> None:
    limited = system.variant(mode=Mode.HYBRID, ranking=Ranking({Mode.HYBRID: {"dense": 1.0}}))
    limited.leave_out(["denosumab.md"])
    found = limited.ask(Question("q", "side effects of denosumab"), top_k=50, max_per_document=None).found
    assert {system.source_paths[one.document_id] for one in found} == {"home/falls.txt"}


def test_invariants_hold_for_what_the_index_returns(
    system: InProcess, evaluation: Evaluation, pages: Path
) -> None:
    assert broken(evaluation.collected, system.index, system.encoder, sources=pages) == []


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lambda one: replace(one, text="something else"), "not the slice of the reading text"),
        (lambda one: replace(one, source_start_char=0), "not where its text comes from"),
        (lambda one: replace(one, document_id="nowhere"), "does not have"),
    ],
)
def test_an_altered_passage_breaks_an_invariant(
    system: InProcess, evaluation: Evaluation, alter: Callable[[Found], Found], said: str
) -> None:
    one = evaluation.collected["q1"].response
    collected = {"q1": Collected((), replace(one, found=(alter(one.found[0]),)), None)}
    assert any(said in line for line in broken(collected, system.index, system.encoder, sources=None))


def test_a_changed_source_file_breaks_an_invariant(
    system: InProcess, evaluation: Evaluation, tmp_path: Path
) -> None:
    changed = write_collection(tmp_path, {"denosumab.md": DENOSUMAB + "!", "home/falls.txt": FALLS})
    found = broken(evaluation.collected, system.index, system.encoder, sources=changed)
    assert any("is not the one that was ingested" in line for line in found)


@pytest.mark.parametrize(("source", "holds"), [("a **b**\n c", True), ("a c b", False), ("ab", False)])
def test_characters_have_to_stand_in_the_source_in_their_order(source: str, holds: bool) -> None:
    assert holds_in_order("a b c", source) is holds


def test_the_gate_passes_the_run_that_made_it(evaluation: Evaluation, tmp_path: Path) -> None:
    write_gate(tmp_path / "gate.json", gate_of(evaluation, SETTING))
    gate = read_gate(tmp_path / "gate.json")
    refuse_other(gate, evaluation.dataset, SETTING)
    assert failures(gate, evaluation) == []


def test_the_gate_fails_a_measure_below_its_interval(evaluation: Evaluation) -> None:
    gate = gate_of(evaluation, SETTING)
    raised = msgspec.structs.replace(gate, means={**gate.means, "R@1": (1.0, 1.0, 1.0)})
    worse = replace(
        evaluation,
        means=tuple(
            replace(one, interval=replace(one.interval, mean=0.9)) if one.measure == "R@1" else one
            for one in evaluation.means
        ),
    )
    assert failures(raised, worse) == ["R@1 is 0.900; its baseline is 1.000, at least 1.000"]


def test_the_gate_fails_a_drop_on_the_same_questions_that_the_interval_hides(evaluation: Evaluation) -> None:
    many = tuple(Question(f"q{place}", "?") for place in range(40))
    whole = replace(evaluation, dataset=replace(evaluation.dataset, questions=many), separations=())
    before = replace(
        whole, values={one.question_id: {"nDCG@10": 0.5 + 0.01 * (i % 40)} for i, one in enumerate(many)}
    )
    after = replace(before, values={key: {"nDCG@10": row["nDCG@10"] - 0.02} for key, row in before.values.items()})
    found = failures(gate_of(before, SETTING), after)
    assert len(found) == 1
    assert found[0].startswith("nDCG@10 dropped by 0.020 on the same questions")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (Setting("0" * 64, 20, None), "made on the collection cccccccccccc"),
        (Setting("c" * 64, 10, None), "made with --top-k 20"),
    ],
)
def test_the_gate_refuses_what_does_not_compare(evaluation: Evaluation, setting: Setting, said: str) -> None:
    with pytest.raises(ComparisonRefused, match=said):
        refuse_other(gate_of(evaluation, SETTING), evaluation.dataset, setting)


def test_the_gate_refuses_other_questions(evaluation: Evaluation) -> None:
    fewer = replace(evaluation.dataset, questions=evaluation.dataset.questions[:2])
    with pytest.raises(ComparisonRefused, match="made on other questions"):
        refuse_other(gate_of(evaluation, SETTING), fewer, SETTING)


def test_samples_for_ragas_invent_no_reference(evaluation: Evaluation) -> None:
    samples = list(ragas_samples(evaluation))
    assert [sample.get("reference") for sample in samples] == [None, None, "those who fell before", None]
    assert samples[1]["reference_contexts"] == [QUOTED]
    assert samples[0]["retrieved_context_ids"][0] == "denosumab.md"
    assert len(samples[0]["retrieved_contexts"]) == len(samples[0]["retrieved_context_ids"])


def test_every_part_of_the_fusion_is_left_out_once() -> None:
    weights = {Mode.HYBRID: {"dense": 0.6, "body": 0.4}, Mode.DENSE: {"dense": 1.0}, Mode.LEXICAL: {"body": 1.0}}
    assert [(one.name, one.ranking.weights[one.mode]) for one in variants(Ranking(weights))[:5]] == [
        ("words only", {"body": 1.0}),
        ("meaning only (dense)", {"dense": 1.0}),
        ("body alone", {"body": 1.0}),
        ("without dense", {"body": 0.4}),
        ("without body", {"dense": 0.6}),
    ]


def test_a_part_is_left_out_of_what_statements_are_weighed_by_too() -> None:
    ranking = Ranking({Mode.HYBRID: {"dense": 0.6, "body": 0.4}}, of_statements={"dense": 0.1, "body": 0.9})
    weights = {one.name: one.ranking.weights_for("bones", Mode.HYBRID) for one in variants(ranking)}
    assert weights["without body"] == {"dense": 0.1}
    assert weights["body alone"] == {"body": 1.0}


class Outside(HTMLParser):
    """Collects every address that a browser would fetch, and every element's name."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]


@pytest.fixture(scope="module")
def page(
    system: InProcess, evaluation: Evaluation, tokens: SourceTokens, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The report of the evaluation against words only."""
    ablated = ablate(evaluation, system, tokens, depth=Depth(), asking=asking)
    words = baseline_of(ablated[0].evaluation, NASTY)
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(
        path,
        evaluation,
        against=Comparison(words, differences(evaluation, words)),
        ablated=ablated,
        tokens=tokens,
        index=system.index,
        problems=[],
    )
    return path.read_text(encoding="utf-8")


def test_the_report_begins_with_the_result_in_words(page: str) -> None:
    lead = page.partition('<p class="lead">')[2].partition("</p>")[0]
    assert lead.startswith("4 questions are too few to say much. ")
    assert lead.endswith("Of 3 questions with a known page, 3 have a right one first.")
    assert "hundred" not in lead
    assert page.index('<p class="lead">') < page.index("<h2>")


def test_shares_are_told_as_so_many_of_a_hundred() -> None:
    means = {"Success@1": 0.935, "R@1": 0.5, "passage-hit-2@1": 0.84}
    assert in_words(means) == "the right page comes first for 94, the first passage answers for 84"
    assert in_words({"RR@10": 0.9}) is None
    assert in_words({"R@1": 0.9}, {"R@1": (0.7, 1.0)}) == "the right page comes first for 90 (70 to 100)"


def test_what_counts_judged_documents_alone_stands_first_where_judgments_differ() -> None:
    measured = [("nDCG@10", "all"), ("nDCG(judged_only)@10", "all")]
    assert headline(measured, is_graded=True) == measured
    assert headline(measured, is_graded=False) == measured[:1]


def test_questions_that_nobody_labelled_are_listed_as_refused_and_never_as_false(
    evaluation: Evaluation,
) -> None:
    asked = tuple(replace(question, answerable=None) for question in evaluation.dataset.questions)
    refusal = Given(decided=False, probability=0.1, threshold=0.5, text="", quotes=())
    silent = {name: replace(one, given=refusal) for name, one in evaluation.collected.items()}
    unlabelled = replace(evaluation, dataset=replace(evaluation.dataset, questions=asked), collected=silent)
    lists = {one.anchor: one for one in mistakes(unlabelled, None)}
    assert {case.question_id for case in lists["refused"].cases} == evaluation.dataset.measured()
    assert "false" not in lists


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("R@1", "share of the right pages that come first"),
        ("R@5", "share of the right pages that stand among the first 5"),
        ("Success@1", "a right page comes first"),
        ("passage-hit@1", "the first passage lies mostly inside the answer"),
        (
            "passage-hit@5 uncapped",
            "one of the first 5 passages lies mostly inside the answer; any number of passages of one page",
        ),
    ],
)
def test_a_measure_is_explained_at_its_own_depth(measure: str, said: str) -> None:
    assert meaning(measure) == said


def test_the_report_fetches_nothing(page: str) -> None:
    parser = Outside()
    parser.feed(page)
    assert all(address.startswith("#") for address in parser.addresses)
    assert "link" not in parser.names
    assert "@import" not in page
    assert "url(" not in page


def test_the_report_escapes_what_it_shows(page: str) -> None:
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_report_shows_every_part(page: str) -> None:
    for part in (
        "nDCG@10",
        "without headings",
        "Signals of answerability",
        "Passage length",
        "None is cut",
        "search p50",
    ):
        assert part in page


def test_the_report_of_a_run_file_needs_no_index(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, evaluation, against=None, ablated=(), tokens=None, index=None, problems=None)
    assert "What each stage is worth" not in path.read_text(encoding="utf-8")


def test_passages_are_written_with_their_place_in_the_source(evaluation: Evaluation, tmp_path: Path) -> None:
    write_results(tmp_path, evaluation, {})
    line = json.loads((tmp_path / "passages.jsonl").read_text(encoding="utf-8").split("\n")[0])
    first = passages_of(evaluation, "q1")[0]
    assert line["passages"][0]["start_char"] == first.start_char
    assert first.text.split()[0] in DENOSUMAB[first.start_char : first.end_char]


def test_a_prepared_beir_collection_is_found_by_its_own_ids(tmp_path: Path) -> None:
    source, pages = tmp_path / "beir", tmp_path / "pages"
    write_lines(
        source / "corpus.jsonl",
        {"_id": "MED/10", "title": "Statins", "text": "Statins lower cholesterol when p <b 0.05."},
        {"_id": "MED/14", "title": "Calcium", "text": "Calcium builds bones."},
    )
    write_lines(source / "queries.jsonl", {"_id": "q1", "text": "do statins lower cholesterol"})
    (source / "qrels").mkdir()
    (source / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tMED/10\t1\n", encoding="utf-8")
    assert prepare(source, pages) == 2
    run_ingest(pages, tmp_path / "index")
    system = InProcess(Index.open(tmp_path / "index"), HashingEncoder())
    found = evaluated(system, read_dataset(source))
    assert found.values["q1"]["R@1"] == 1
    assert [name for name, _ in found.collected["q1"].documents] == ["MED/10", "MED/14"]
    texts = [one.text for one in found.collected["q1"].response.found]
    assert any("p <b 0.05" in text for text in texts)


def test_a_ranking_is_carried_on_to_every_document_that_takes_part(system: InProcess, dataset: Dataset) -> None:
    question = dataset.questions[0]
    shown = system.ask(question, top_k=50, max_per_document=1).found
    system.leave_out(["falls.txt"])
    whole = system.ask(question, top_k=1000, max_per_document=1).found
    system.leave_out([])
    documents = [one.document_id for one in whole]
    assert sorted(documents) == sorted(one for one, path in system.source_paths.items() if path != "falls.txt")
    assert documents[0] == shown[0].document_id
    assert [one.score for one in whole] == sorted((one.score for one in whole), reverse=True)


def test_documents_behind_the_candidates_follow_by_their_best_passage(system: InProcess) -> None:
    index = system.index
    vector = index.dense.vectors[-1]
    others = nearest_others(index, vector, without=(), most=100)
    documents = [index.passage(row).document_id for row, _ in others]
    assert documents[0] == index.documents[-1].document_id
    assert len(set(documents)) == len(others) == len(index.documents)
    assert nearest_others(index, vector, without=(), most=1) == others[:1]
    assert nearest_others(index, vector, without=[documents[0]], most=100) == others[1:]


def test_a_measure_that_nearly_every_question_reaches_decides_nothing() -> None:
    assert deciding({"token-recall@1000t": 0.55, "passage-hit-2@1": 0.8, "nDCG@10": 0.7}) == "token-recall@1000t"
    assert deciding({"token-recall@1000t": 0.99, "passage-hit-2@1": 0.8, "nDCG@10": 0.7}) == "passage-hit-2@1"
    assert deciding({"token-recall@1000t": 1.0, "nDCG@10": 1.0}) == "nDCG@10"
    assert deciding({}) is None
