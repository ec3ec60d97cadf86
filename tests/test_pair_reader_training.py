"""The pair reader's training: what it learns from, that it learns, and that what is run says what was trained."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset, GoldQuote, Question, Span
from eval.datasets.document_names import file_name
from eval.datasets.quoted_words import word_places
from eval.datasets.read_dataset import read_dataset, sample
from eval.datasets.source_tokens import quoted_place
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.eval_command import command
from eval.pair_reader.batches import Weighted, arrays, batches
from eval.pair_reader.group import Draft, Group, read_groups, write_groups
from eval.pair_reader.groups import answers, dataset_groups
from eval.pair_reader.own_candidates import best_first
from eval.pair_reader.page_units import Place
from eval.pair_reader.pseudo_questions import Pair, heading_groups, pair_groups, read_pairs
from eval.pair_reader.recipe import Recipe
from ingest.commands.ingest import command as ingest
from retriever.answers.chosen.selector import Selector
from retriever.errors import EncoderUnavailable
from retriever.query import Query
from retriever.reading.pair_text import pair_text
from retriever.reading.pair_tokenizer import pair_tokenizer
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashed_collection import ingested, retriever_of
from tests.hashing import HashingEncoder
from tests.small_datasets import write_lines
from tests.tiny_models import MAX_TOKENS, cross_encoder, sentence_model

ROOT = Path(__file__).resolve().parents[1]
DRUGS = ("amlodipine", "bisoprolol", "citalopram", "denosumab", "enalapril", "fluoxetine")
MISSED = "Ask a pharmacist when you have missed one of them."
PAGES = {
    f"{name}.md": f"---\ntitle: {name.title()} (Tablets)\n---\n\n# {name.title()} (Tablets)\n\n"
    f"{name.title()} is a medicine that doctors give for condition number {place}.\n\n"
    f"## Side effects of these tablets\n\nPeople who take {name} most often feel effect number {place}. "
    f"It goes away within {place + 2} weeks in nearly all of them.\n\n"
    f"## Dose\n\nAdults take {place + 3} tablets of {name} each day with a glass of water. {MISSED}\n\n"
    f"## Storing it\n\nKeep {name} below 25 degrees and away from children of any age.\n"
    for place, name in enumerate(DRUGS)
}
EFFECT = "People who take citalopram most often feel effect number 2."
HALVES = ("tune", "look")
GOES_AWAY = "It goes away within 4 weeks in nearly all of them."


@pytest.fixture(scope="module")
def drugs(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Six medicines, open."""
    return retriever_of(ingested(tmp_path_factory, PAGES))


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """The starter collection, open."""
    folder = tmp_path_factory.mktemp("starter")
    run_ingest(ROOT / "corpus", folder, chunk_size=800)
    return retriever_of(folder)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model with random weights."""
    return sentence_model(tmp_path_factory.mktemp("tiny") / "model")


def groups_of(retriever: Retriever, *questions: Question, seed: int = 1) -> list[Group]:
    """The groups of these questions."""
    return list(dataset_groups(dataset_of(*questions), retriever, HashingEncoder(), seed=seed))


def dataset_of(*questions: Question) -> Dataset:
    """A dataset of these questions."""
    return Dataset("asked", "d" * 64, questions, {}, {})


def by_label(group: Group, label: int) -> list[str]:
    """The texts of a group that have a label."""
    return [text for text, known in zip(group.texts, group.labels, strict=True) if known == label]


def asked_of_effects() -> Question:
    """A question with an answer, a distractor and the window of its whole page."""
    source = PAGES["citalopram.md"]
    return Question(
        "q1",
        "what do people on citalopram most often feel",
        answerable=True,
        quotes=(GoldQuote("citalopram.md", EFFECT),),
        distractors=(GoldQuote("citalopram.md", GOES_AWAY),),
        window=Span("citalopram.md", source.index("# Citalopram"), source.index("## Storing")),
    )


def test_an_answer_is_set_against_its_distractor_and_what_the_author_did_not_mark(drugs: Retriever) -> None:
    (group,) = groups_of(drugs, asked_of_effects())
    assert (
        group.texts[0] == f"Citalopram (Tablets) > Citalopram (Tablets) > Side effects of these tablets\n{EFFECT}"
    )
    assert group.labels[0] == 1
    (hard,) = group.hard
    assert group.texts[hard].endswith(f"\n{GOES_AWAY}")
    wrong = by_label(group, 0)
    for unmarked in ("doctors give for condition number 2", "Adults take 5 tablets of citalopram"):
        assert any(unmarked in text for text in wrong)
    assert not any(EFFECT in text for text in wrong)
    assert all(EFFECT in text for text in by_label(group, 1))


def without_search(*questions: Question, retriever: Retriever, seed: int = 1) -> list[Group]:
    """Their groups where the search finds nothing, so that all texts are the dataset's."""
    dataset = replace(dataset_of(*questions), excluded=tuple(PAGES))
    return list(dataset_groups(dataset, retriever, HashingEncoder(), seed=seed))


def test_a_window_brings_no_heading_and_nothing_outside_of_it(drugs: Retriever) -> None:
    said = set()
    for seed in range(10):
        (group,) = without_search(asked_of_effects(), retriever=drugs, seed=seed)
        assert len(group.texts) <= 2 + 3
        said |= {text.partition("\n")[2] for text in group.texts}
    assert said == {
        EFFECT,
        GOES_AWAY,
        "Citalopram is a medicine that doctors give for condition number 2.",
        "Adults take 5 tablets of citalopram each day with a glass of water.",
        MISSED,
    }


def test_three_answers_are_read_and_no_other_counts_as_wrong(drugs: Retriever) -> None:
    further = [
        GoldQuote("enalapril.md", "Adults take 7 tablets"),
        GoldQuote("enalapril.md", "Keep enalapril below"),
    ]
    quotes = (*asked_of_effects().quotes, *further, GoldQuote("fluoxetine.md", MISSED))
    for seed in range(10):
        (group,) = without_search(replace(asked_of_effects(), quotes=quotes), retriever=drugs, seed=seed)
        right = [text.partition("\n")[2] for text in by_label(group, 1)]
        assert [text.split()[0] for text in right] == ["People", "Adults", "Keep"]
        assert right[1] == "Adults take 7 tablets of enalapril each day with a glass of water."
        assert not any(MISSED in text for text in group.texts)


def test_our_own_candidates_come_as_they_would_be_weighed_and_each_once(drugs: Retriever) -> None:
    query = Query(asked_of_effects().text, top_k=10)
    hits = drugs.retrieve(query).hits[:8][::-1]
    quotes = best_first(Selector(drugs.index, HashingEncoder()), query.text, hits, further=())
    assert EFFECT in quotes[0].text
    assert EFFECT not in hits[0].passage.text
    assert len(quotes) == len({(one.document_id, one.start_char, one.end_char) for one in quotes}) > 4
    assert best_first(Selector(drugs.index, HashingEncoder()), query.text, (), further=()) == []


def test_where_nothing_answers_all_texts_are_wrong(drugs: Retriever) -> None:
    (group,) = groups_of(drugs, Question("q2", "can amlodipine tablets be given to dogs", answerable=False))
    assert set(group.labels) == {0}
    assert group.hard == ()
    assert 3 <= len(group.texts) <= 7


def test_the_same_seed_gives_the_same_groups(drugs: Retriever) -> None:
    asked = [replace(asked_of_effects(), question_id=f"q{number}") for number in range(4)]
    assert groups_of(drugs, *asked) == groups_of(drugs, *asked)


def test_pages_that_the_index_lacks_and_questions_without_labels_are_refused(drugs: Retriever) -> None:
    elsewhere = replace(asked_of_effects(), quotes=(GoldQuote("imatinib.md", EFFECT),))
    with pytest.raises(ComparisonRefused, match=r"1 pages of asked are not in the index, such as imatinib\.md"):
        groups_of(drugs, elsewhere)
    with pytest.raises(DatasetInvalid, match="whether it is answerable"):
        groups_of(drugs, Question("q3", "what is amlodipine"))
    with pytest.raises(DatasetInvalid, match="do not stand exactly once"):
        groups_of(drugs, replace(asked_of_effects(), quotes=(GoldQuote("citalopram.md", "It helps."),)))


def words_of(retriever: Retriever, question: Question, *, distractors: bool) -> list[str]:
    """The reading text of a question's answers, or of its distractors."""
    index, found = retriever.index, []
    ids = {document.source_path: document.document_id for document in index.documents}
    for place in question.distractors if distractors else question.quotes:
        text = index.reading_text(ids[place.document])
        span = quoted_place(text, index.source_map(ids[place.document]), place)
        assert span is not None
        found.append(text[slice(*span)])
    return found


def holds(text: str, words: str) -> bool:
    """Whether a text holds these words one after the other."""
    return bool(word_places(text, words))


def test_groups_of_the_starter_collection_hold_its_answers_and_call_none_of_them_wrong(starter: Retriever) -> None:
    wide = read_dataset(ROOT / "eval" / "natural-wide-starter")
    drawn = sample(wide, draw=16, seed=3)
    with_answers = 0
    for question in drawn.questions:
        (group,) = dataset_groups(dataset_of(question), starter, HashingEncoder(), seed=1)
        answered = words_of(starter, question, distractors=False)
        alike = words_of(starter, question, distractors=True)
        right, wrong = by_label(group, 1), by_label(group, 0)
        assert bool(right) == question.answerable
        assert all(any(holds(text, words) for text in right) for words in answered[:3])
        assert not any(holds(text, words) for text in wrong for words in answered)
        assert len(group.hard) == len(alike)
        for place, words in zip(group.hard, alike, strict=True):
            assert holds(group.texts[place], words)
        assert len(set(group.texts)) == len(group.texts)
        with_answers += question.answerable is True
    assert 0 < with_answers < len(drawn.questions)


@pytest.mark.parametrize(
    ("start", "end", "is_answer"),
    [
        (100, 200, True),
        (0, 150, True),
        (0, 149, False),
        (190, 200, True),
        (192, 202, True),
        (191, 203, False),
        (200, 210, False),
    ],
)
def test_a_quote_answers_that_says_half_of_an_answer_or_little_else(start: int, end: int, is_answer: bool) -> None:
    gold = [Place("one", 100, 200)]
    assert answers(Place("one", start, end), gold) is is_answer
    assert not answers(Place("other", start, end), gold)


def test_no_words_of_an_answer_count_as_wrong_wherever_they_stand() -> None:
    draft = Draft("how long?")
    draft.add_answer("Leave", "Two\nweeks.")
    draft.add_wrong("Leave > Fathers", "It takes Two weeks. Not more.")
    draft.add_wrong("Leave", "Two days.", is_hard=True)
    draft.add_wrong("Leave", "Two  days.")
    assert draft.group() is None
    draft.add_wrong("Leave", "Nobody knows.")
    texts = ("Leave\nTwo weeks.", "Leave\nTwo days.", "Leave\nNobody knows.")
    assert draft.group() == Group("how long?", texts, (1, 0, 0), (1,))
    assert pair_text("", "Two\tweeks.") == "Two weeks."


def test_groups_are_read_as_they_were_written(tmp_path: Path, drugs: Retriever) -> None:
    written = groups_of(drugs, asked_of_effects())
    assert write_groups(tmp_path / "groups.jsonl", written) == 1
    assert list(read_groups(tmp_path / "groups.jsonl")) == written


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"question": "q", "texts": ["a", "b"], "labels": [1]}, "one label, 0 or 1"),
        ({"question": "q", "texts": ["a", "b"], "labels": [1, 2]}, "one label, 0 or 1"),
        ({"question": "q", "texts": [], "labels": []}, "one label, 0 or 1"),
        ({"question": "q", "texts": ["a", "b"], "labels": [1, 0], "hard": [0]}, "`hard`"),
        ({"question": "q", "texts": ["a", "b"], "labels": [1, 0], "hard": [2]}, "`hard`"),
        ({"question": "q", "texts": ["a", "b"]}, "labels"),
    ],
)
def test_a_faulty_group_is_refused_with_its_line(tmp_path: Path, line: dict[str, object], why: str) -> None:
    good = {"question": "q", "texts": ["a"], "labels": [1]}
    path = write_lines(tmp_path / "groups.jsonl", good, line)
    with pytest.raises(DatasetInvalid, match=rf"groups\.jsonl:2: .*{why}"):
        list(read_groups(path))


def test_a_heading_is_answered_by_what_stands_below_it(drugs: Retriever) -> None:
    found = list(heading_groups(drugs, most=10, seed=4))
    assert len(found) == 10
    assert found == list(heading_groups(drugs, most=10, seed=4))
    below = {"side effects": ("feel effect", "goes away"), "dose": ("tablets of",), "storing it": ("degrees",)}
    for group in found:
        (right,) = by_label(group, 1)
        asked = group.question.casefold()
        told = [words for heading, words in below.items() if heading in asked]
        if told:  # else it was misspelt, or it is the title
            assert any(words in right for words in told[0])
            assert "(tablets)" not in asked
            own = [text for text in by_label(group, 0) if text.split()[0] == right.split()[0]]
            assert not any(words in text for words in told[0] for text in own)
        assert 3 <= len(by_label(group, 0)) <= 5


def pairs_of_drugs() -> list[Pair]:
    """Four questions and answers on each medicine, two of one kind and two in the same words."""
    return [
        Pair(
            f"{name}_{words[:12]}_{kind}",
            name.title(),
            kind,
            f"{words} {name.title()} ?",
            f"{said} {name}, as {place} tell.",
        )
        for place, name in enumerate(DRUGS)
        for kind, words, said in (
            ("treatment", "What are the treatments for", "Rest and tea are what people with too much use for"),
            ("information", "What are the treatments for", "Warm socks and a walk will do for people with"),
            ("treatment", "What to do about", "Time heals what goes wrong in people who have taken"),
            ("outlook", "What is the outlook for", "Most people feel well again within a week of"),
        )
    ]


def test_a_pairs_answer_stands_against_those_to_other_questions(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pairs = pairs_of_drugs()
    pages = {
        file_name(
            pair.id
        ): f"---\ntitle: {pair.focus}\n---\n\n# {pair.focus}\n\n## {pair.question}\n\n{pair.text}\n"
        for pair in pairs
    }
    retriever = retriever_of(ingested(tmp_path_factory, pages))
    found = list(pair_groups({pair.id: pair for pair in pairs}, retriever, most=20, seed=2))
    assert len(found) == 9  # of each of the three kinds as many as a seventh of 20, and one
    by_text = {pair.text: pair for pair in pairs}
    for group in found:
        (right,) = by_label(group, 1)
        pair = by_text[right.rpartition("\n")[2]]
        wrong = [text.rpartition("\n")[2] for text in by_label(group, 0)]
        assert 3 <= len(wrong) <= 5
        others = [by_text[text] for text in wrong]
        assert not any(other.question == pair.question for other in others)
        assert not any((other.focus, other.qtype) == (pair.focus, pair.qtype) for other in others)
    with pytest.raises(ComparisonRefused, match="no pair has a page"):
        list(pair_groups({"x": msgspec.structs.replace(pairs[0], id="x")}, retriever, most=2, seed=2))


def test_pairs_are_read_with_their_ids_once(tmp_path: Path) -> None:
    row = {"id": "a", "focus": "Gout", "qtype": "outlook", "question": "How long?", "text": "A week.", "url": "u"}
    path = write_lines(tmp_path / "pairs.jsonl", row)
    assert read_pairs(path) == {"a": Pair("a", "Gout", "outlook", "How long?", "A week.")}
    packed = tmp_path / "pairs.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_pairs(packed) == read_pairs(path)
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DatasetInvalid, match="cannot be read"):
        read_pairs(packed)
    with pytest.raises(DatasetInvalid, match="stands twice"):
        read_pairs(write_lines(path, row, row))


def sorting_groups(count: int) -> list[Group]:
    """Whatever is asked, the text with a `y` answers."""
    letters = "abcdefgh"
    return [
        Group(
            f"is it {letters[n % 8]}",
            (f"yy {letters[n // 8]} y", f"n {letters[n // 8]}", f"m {n}"),
            (1, 0, 0),
            (2,),
        )
        for n in range(count)
    ]


def weights_of(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The weights that were written."""
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


RECIPE = Recipe(max_tokens=MAX_TOKENS, learning_rate=0.02, batch_tokens=512)


@pytest.mark.model
def test_training_lowers_the_loss_and_leaves_the_vectors_of_the_words(tiny: Path, tmp_path: Path) -> None:
    from eval.pair_reader.train import train

    said: list[str] = []
    steps = train(tiny, sorting_groups(64), tmp_path / "out", replace(RECIPE, epochs=12), say=said.append)
    epoch = len(steps) // 12
    assert np.mean([step.loss for step in steps[-epoch:]]) < 0.7 * np.mean([step.loss for step in steps[:epoch]])
    assert sum(step.first for step in steps[-epoch:]) == sum(step.answerable for step in steps[-epoch:]) == 64
    before, after = weights_of(tiny), weights_of(tmp_path / "out")
    words = "embeddings.word_embeddings.weight"
    assert np.array_equal(before[words], after[f"bert.{words}"])
    places = "embeddings.position_embeddings.weight"
    assert not np.array_equal(before[places], after[f"bert.{places}"])
    assert said[0] == f"64 groups, 0 more in the first epoch, {len(steps)} steps"
    assert f"step {len(steps)} of {len(steps)}: loss " in said[-1]


@pytest.mark.model
def test_one_seed_gives_one_set_of_weights(tiny: Path, tmp_path: Path) -> None:
    from eval.pair_reader.train import train

    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        train(tiny, sorting_groups(8), tmp_path / name, replace(RECIPE, epochs=1, seed=seed))
    one, again, other = (weights_of(tmp_path / name) for name in ("one", "again", "other"))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert any(not np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.model
def test_groups_of_the_first_epoch_are_read_in_it_alone_and_count_less(tiny: Path, tmp_path: Path) -> None:
    from eval.pair_reader.train import train

    recipe = replace(RECIPE, epochs=2)
    people, pseudo = sorting_groups(8), sorting_groups(16)[8:]
    alone = train(tiny, people, tmp_path / "alone", recipe)
    both = train(tiny, people, tmp_path / "both", recipe, first_epoch=pseudo)
    assert sum(step.answerable for step in alone) == 2 * 8
    assert sum(step.answerable for step in both) == 2 * 8 + 8
    # The logits of random weights lie at 0: one of three texts right costs ln 3, and each by itself .3 ln 2.
    one, unanswerable = replace(RECIPE, epochs=1), [msgspec.structs.replace(people[0], labels=(0, 0, 0))]
    (own,) = train(tiny, people[:1], tmp_path / "own", one)
    (none,) = train(tiny, unanswerable, tmp_path / "none", one)
    (mixed,) = train(tiny, people[:1], tmp_path / "mixed", one, first_epoch=unanswerable)
    assert own.loss == pytest.approx(np.log(3) + 0.3 * np.log(2), abs=0.05)
    assert none.loss == pytest.approx(0.3 * np.log(2), abs=0.05)
    assert mixed.loss == pytest.approx((own.loss + 0.7 * none.loss) / 1.7, abs=5e-3)
    assert (none.answerable, mixed.answerable) == (0, 1)


@pytest.mark.model
def test_the_rate_grows_and_then_falls() -> None:
    from eval.pair_reader.train import LAST_SHARE, share_of_rate

    shares = [share_of_rate(step, 100, 0.06) for step in range(101)]
    assert shares[0] == pytest.approx(1 / 7)
    assert max(shares) == shares[6] == pytest.approx(0.94)
    assert shares[50] == pytest.approx(0.5)
    assert shares[99] == shares[100] == LAST_SHARE


@pytest.mark.model
def test_more_word_pieces_than_the_model_reads_are_refused(tiny: Path, tmp_path: Path) -> None:
    from eval.pair_reader.train import train

    with pytest.raises(EncoderUnavailable, match=f"at most {MAX_TOKENS} word pieces"):
        train(tiny, sorting_groups(1), tmp_path / "out", Recipe(max_tokens=MAX_TOKENS + 1))


@pytest.mark.model
def test_an_epoch_reads_what_is_hard_and_two_of_the_answers(tiny: Path) -> None:
    texts = tuple(f"{'y' if n < 4 else 'n'} {n}" for n in range(20))
    group = Group("q", texts, (1,) * 4 + (0,) * 16, (17, 18, 19))
    tokenizer = pair_tokenizer(tiny, max_tokens=MAX_TOKENS)
    for seed in range(4):
        ((picked,),) = batches([Weighted(group, 1.0)], tokenizer, np.random.default_rng(seed), batch_tokens=512)
        assert picked.labels == (1, 1, *[0] * 6)
        read = {tokenizer.decode(pair.ids.tolist()) for pair in picked.pairs}
        hard = {tokenizer.decode(tokenizer.encode("q", texts[place]).ids) for place in group.hard}
        assert hard <= read


@pytest.mark.model
def test_a_batch_is_padded_to_shapes_that_come_again(tiny: Path) -> None:
    tokenizer = pair_tokenizer(tiny, max_tokens=MAX_TOKENS)
    (batch,) = batches(
        [Weighted(group, 1.0) for group in sorting_groups(3)],
        tokenizer,
        np.random.default_rng(0),
        batch_tokens=512,
    )
    inputs = arrays(batch)
    assert {values.shape for values in inputs.values()} == {(16, 16)}
    pairs = [pair for one in batch for pair in one.pairs]
    assert len(pairs) == 9
    for row, pair in enumerate(pairs):
        assert inputs["input_ids"][row, : len(pair.ids)].tolist() == pair.ids.tolist()
        assert inputs["attention_mask"][row].sum() == len(pair.ids)
    assert (inputs["input_ids"][9:] == inputs["input_ids"][0]).all()
    many = batches(
        [Weighted(one, 1.0) for one in sorting_groups(64)], tokenizer, np.random.default_rng(0), batch_tokens=512
    )
    assert all(values.size <= 512 for batch in many for values in arrays(batch).values())
    assert sum(len(batch) for batch in many) == 64


def logits_of(folder: Path, vectors: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the converted model gives for the vectors of words, shape (n, width, dimension)."""
    from retriever.openvino_runtime import openvino_runtime

    request = openvino_runtime().Core().compile_model(folder / "model.xml", "CPU").create_infer_request()
    request.infer({"words": vectors, "attention_mask": mask, "token_type_ids": np.zeros_like(mask)})
    return np.array(request.get_output_tensor(0).data)


@pytest.mark.model
def test_the_converted_model_says_what_the_trained_one_does(tiny: Path, tmp_path: Path) -> None:
    import torch

    from eval.pair_reader.classifier import load_classifier
    from eval.pair_reader.convert import convert

    trained = cross_encoder(tmp_path / "trained")
    size = convert(trained, tmp_path / "out", words_of=trained)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["model.bin", "model.xml"]
    assert size == sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    random = np.random.default_rng(5)
    ids, mask = random.integers(5, 60, (6, 16)), np.ones((6, 16), dtype=np.int64)
    ids[3:, 9:], mask[3:, 9:] = 0, 0
    model = load_classifier(trained)
    model.train(mode=False)
    with torch.no_grad():
        expected = (
            model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).logits[:, 0].numpy()
        )
    table = weights_of(trained)["bert.embeddings.word_embeddings.weight"]
    found = logits_of(tmp_path / "out", table[ids], mask)
    assert found == pytest.approx(expected, abs=0.05 * float(np.ptp(expected)))
    with pytest.raises(EncoderUnavailable, match="are not those of model"):
        convert(trained, tmp_path / "other", words_of=tiny)


@pytest.mark.parametrize(
    "arguments",
    [("--out", "x"), ("--headings", "--pairs", __file__, "--out", "x"), (".", "--headings", "--out", "x")],
)
def test_one_source_of_groups_is_wanted(arguments: Sequence[str]) -> None:
    outcome = CliRunner().invoke(command, ["pair-reader", "groups", *arguments])
    assert outcome.exit_code == 2
    assert "give exactly one" in outcome.stderr


@pytest.mark.model
def test_the_commands_lead_from_pages_to_a_model_that_can_be_run(tiny: Path, tmp_path: Path) -> None:
    def run(*arguments: object) -> str:
        outcome = CliRunner().invoke(command, ["pair-reader", *map(str, arguments)])
        assert outcome.exit_code == 0, outcome.stderr
        return outcome.stderr

    index_dir, dataset = tmp_path / "index", tmp_path / "dataset"
    pages = write_collection(tmp_path / "pages", PAGES)
    assert CliRunner().invoke(ingest, [str(pages), "--index", str(index_dir)]).exit_code == 0
    line = {"answerable": True, "source_path": "citalopram.md", "quote": EFFECT}
    lines = (
        {"id": half, "question": f"what is felt on citalopram {half}", "half": half, **line} for half in HALVES
    )
    write_lines(dataset / "questions.jsonl", *lines)
    people, headings = tmp_path / "people.jsonl", tmp_path / "headings.jsonl"
    assert "1 groups of 1 questions" in run("groups", dataset, "--index", index_dir, "--out", people)
    assert next(read_groups(people)).question == "what is felt on citalopram tune"
    assert "4 groups" in run("groups", "--headings", "--most", 4, "--index", index_dir, "--out", headings)
    trained, out = tmp_path / "trained", tmp_path / "out"
    first = ("--first-epoch", headings, "--start", tiny, "--max-tokens", MAX_TOKENS, "--epochs", 1)
    assert "1 groups, 4 more in the first epoch" in run("train", people, *first, "--out", trained)
    run("convert", trained, out, "--start", tiny)
    assert sorted(path.name for path in out.iterdir()) == ["made_of.json", "model.bin", "model.xml"]
    made_of = json.loads((out / "made_of.json").read_text(encoding="utf-8"))
    assert (made_of["groups"]["count"], made_of["first_epoch"]["count"]) == (1, 4)
    assert made_of["recipe"]["max_tokens"] == MAX_TOKENS


def test_training_on_a_file_without_groups_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_text("", encoding="utf-8")
    outcome = CliRunner().invoke(command, ["pair-reader", "train", str(path), "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 3
    assert "the files hold no group" in outcome.stderr
