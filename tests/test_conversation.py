"""Conversations as people have them: which last question is made whole, with what, and which is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retriever.query import MAX_QUERY_CHARS
from retriever.questions.conversation import Resolved, resolve_question
from retriever.questions.subjects import Subjects

TITLES = (
    "Osteoporosis in brief",
    "Denosumab injections",
    "Zoledronic acid infusions",
    "Alendronate tablets",
    "Breast Cancer Treatment",
    "Male Breast Cancer Treatment",
    "Lung Cancer",
    "Prostate Cancer",
    "Pancreatic Cancer Treatment",
    "Hair Loss (Alopecia) and Cancer Treatment",
    "Chemotherapy to Treat Cancer",
    "Vitamin D",
    "Calcium in food",
    "Preventing falls at home",
    "Smoking, alcohol and bones",
    "Bone density scans",
)
WORDS = frozenset(
    (
        *("what", "how", "long", "does", "it", "last", "side", "effects", "men", "women", "tests", "need"),
        *("drink", "coffee", "eat", "wine", "swim", "insurance", "pay", "travel", "lose", "hair", "grow"),
        *("back", "milk", "surgery", "hours", "fast", "before", "scan", "score", "mean", "trials"),
        *("clinical", "join", "them", "worse", "than", "feelings", "hope", "kidney", "safe", "wait", "knee"),
    )
)
SUBJECTS = Subjects(TITLES, is_known=lambda word: word.lower() in WORDS)

LEANING = [
    (
        ["what are the side effects of denosumab?", "and how long does it last?"],
        "denosumab: and how long does it last?",
    ),
    (["what is denosumab?", "what about men?"], "what is denosumab: what about men?"),
    (["what is osteoporosis?", "what causes it?"], "osteoporosis: what causes it?"),
    (["what is osteoporosis?", "Is this disease hereditary?"], "osteoporosis: Is this disease hereditary?"),
    (
        ["what is osteoporosis?", "what are the treatment options?"],
        "osteoporosis: what are the treatment options?",
    ),
    (["what is osteoporosis?", "does alcohol interact with it?"], "osteoporosis: does alcohol interact with it?"),
    (["what is osteoporosis?", "why?"], "osteoporosis: why?"),
    (["my aunt has lung cancer", "how is stage 2 treated?"], "lung cancer: how is stage 2 treated?"),
    (
        ["what is the treatment for stage II lung cancer?", "and stage III?"],
        "what is the treatment for stage III lung cancer?",
    ),
    (["how is stage 2 lung cancer treated?", "what is stage 3?"], "stage 3 lung cancer: what is stage 3?"),
    (
        ["is stage 1 or stage 2 lung cancer curable?", "and stage 3?"],
        "is stage 1 or stage 2 lung cancer curable: and stage 3?",
    ),
    (["what is a bone density scan?", "from what age?"], "bone density scan: from what age?"),
    (["what is lung cancer?", "what does stage IIIb mean"], "lung cancer: what does stage IIIb mean"),
    (
        ["what are the stages of lung cancer?", "sorry, i meant prostate cancer"],
        "what are the stages of prostate cancer?",
    ),
    (
        ["What are the symptoms of breast cancer?", "What about men?"],
        "What are the symptoms of breast cancer: What about men?",
    ),
    (
        ["What are the symptoms of breast cancer?", "and lung cancer?"],
        "What are the symptoms of lung cancer?",
    ),
    (
        ["what are the side effects of denosumab?", "what about zoledronic acid?"],
        "what are the side effects of zoledronic acid?",
    ),
    (
        ["what are the side effects of denosumab?", "How long do they last?"],
        "what are the side effects of denosumab: How long do they last?",
    ),
    (
        ["what are the side effects of chemotherapy?", "what about hair loss?"],
        "what are the side effects of chemotherapy: what about hair loss?",
    ),
    (
        ["how is prostate cancer treated?", "what about surgery?"],
        "how is prostate cancer treated: what about surgery?",
    ),
    (["how can I prevent falls?", "what about smoking?"], "how can I prevent falls: what about smoking?"),
    (["what is lung cancer?", "and in pregnancy?"], "what is lung cancer: and in pregnancy?"),
    (["can children get osteoporosis?", "how is it found?"], "osteoporosis in children: how is it found?"),
    (
        ["can children get osteoporosis?", "how is it found?", "does it hurt?"],
        "osteoporosis in children: does it hurt?",
    ),
    (
        ["can men get osteoporosis?", "how is it found?", "do they get denosumab too?"],
        "osteoporosis in men: do they get denosumab too?",
    ),
    (["can men get osteoporosis?", "does it hurt women?"], "osteoporosis: does it hurt women?"),
    (
        ["can men get osteoporosis?", "what is lung cancer?", "is it curable?"],
        "lung cancer: is it curable?",
    ),
    (["what is lung cancer?", "what about stage 4?"], "what is lung cancer: what about stage 4?"),
    (["what is lung cancer?", "thanks!", "how is it treated?"], "lung cancer: how is it treated?"),
    (["what is lung cancer?", "Thanks! And the survival rate?"], "lung cancer: And the survival rate?"),
    (["my mother has osteoporosis", "what should she eat?"], "osteoporosis: what should she eat?"),
    (["what is Xylotib?", "what are the side effects?"], "Xylotib: what are the side effects?"),
    (
        ["what is metastatic pancreatic cancer", "how long can people live with it"],
        "metastatic pancreatic cancer: how long can people live with it",
    ),
    (
        ["what is lung cancer?", "what is osteoporosis?", "how is it diagnosed?"],
        "osteoporosis: how is it diagnosed?",
    ),
    (
        ["how much calcium do I need?", "can I swim?", "can I take too much of it?"],
        "calcium: can I take too much of it?",
    ),
    (["what is a bone density scan?", "does it hurt?"], "bone density scan: does it hurt?"),
    (["does coffee cause osteoporosis?", "does it cause lung cancer?"], "coffee: does it cause lung cancer?"),
    (
        ["does coffee cause osteoporosis?", "does it cause lung cancer?", "can it be cured?"],
        "coffee and lung cancer: can it be cured?",
    ),
    (["does coffee cause lung cancer?", "and prostate cancer?"], "does coffee cause prostate cancer?"),
    (["what is osteoporosis?", "what tests does it need?"], "osteoporosis: what tests does it need?"),
    (["what are clinical trials for lung cancer?", "who can join?"], "lung cancer: who can join?"),
    (["what is lung cancer?", "where do I wait?", "and travel?"], "where do I wait: and travel?"),
    (
        ["what is lung cancer?", "is stage 3b worse than stage 3a?"],
        "lung cancer: is stage 3b worse than stage 3a?",
    ),
    (
        ["what is denosumab?", "what is zoledronic acid?", "which has fewer side effects?"],
        "denosumab and zoledronic acid: which has fewer side effects?",
    ),
    (["can wine help with osteoporosis?", "is it safe?"], "wine and osteoporosis: is it safe?"),
    (
        ["what is stage 2 lung cancer?", "is it worse than stage 1?"],
        "stage 2 lung cancer: is it worse than stage 1?",
    ),
    (
        ["what is stage 2 lung cancer?", "how fast does it turn into stage 3?"],
        "stage 2 lung cancer: how fast does it turn into stage 3?",
    ),
    (
        ["what are the side effects of denosumab?", "what about zoledronic acid?", "which one is safer?"],
        "denosumab and zoledronic acid: which one is safer?",
    ),
    (
        ["what is denosumab?", "what is zoledronic acid?", "difference between the two?"],
        "denosumab and zoledronic acid: difference between the two?",
    ),
    (
        ["I have chemotherapy next month", "what are the side effects?"],
        "chemotherapy: what are the side effects?",
    ),
    (["my aunt has lung cancer", "does she need surgery too?"], "lung cancer: does she need surgery too?"),
    (["what is osteoporosis?", "should I take calcium as well?"], "osteoporosis: should I take calcium as well?"),
    (["what are bone density scans?", "how often do I need one?"], "bone density scans: how often do I need one?"),
]

ALONE = [
    ["what is denosumab?"],
    ["how long does it last?"],
    ["and for men?"],
    ["hello", "how often?"],
    ["what are the side effects of denosumab?", "What are the symptoms of lung cancer?"],
    ["what is osteoporosis?", "ok, and what is chemotherapy?"],
    ["what is osteoporosis?", "thanks!"],
    ["what is osteoporosis?", "ok, thank you very much"],
    ["what is chemotherapy?", "how long does it take for hair to grow back?"],
    ["what is chemotherapy?", "is it safe to drink wine?"],
    ["what is chemotherapy?", "how often is denosumab given and when should it be stopped?"],
    ["what is chemotherapy?", "does denosumab lose its effect?"],
    ["what is osteoporosis?", "is it true that calcium helps?"],
    ["what is osteoporosis?", "does insurance pay for travel?"],
    ["what is osteoporosis?", "my mother has lung cancer too"],
    ["what is osteoporosis?", "does chemotherapy also make hair grow?"],
    ["what is osteoporosis?", "what was my score before surgery?"],
    [
        "what is osteoporosis?",
        "I had a knee operation last year and now I wonder whether it would be a good idea to swim every day",
    ],
]


@pytest.mark.parametrize(
    ("turns", "expected"), LEANING, ids=lambda each: " / ".join(each) if isinstance(each, list) else ""
)
def test_a_question_that_leans_on_an_earlier_one_is_made_whole(turns: list[str], expected: str) -> None:
    resolved = resolve_question(turns, SUBJECTS)
    assert resolved.text == expected
    assert resolved.carried


IN_DOUBT = [
    (["what is osteoporosis?", "can I drink coffee?"], "osteoporosis: can I drink coffee?"),
    (["what is lung cancer?", "do I need a bone density scan?"], "lung cancer: do I need a bone density scan?"),
    (["my aunt has lung cancer", "will she lose her hair?"], "will she lose her hair?"),
]


@pytest.mark.parametrize(
    ("turns", "otherwise"), IN_DOUBT, ids=lambda each: " / ".join(each) if isinstance(each, list) else ""
)
def test_a_question_that_may_be_read_two_ways_has_both_readings(turns: list[str], otherwise: str) -> None:
    resolved = resolve_question(turns, SUBJECTS)
    assert turns[-1] in (resolved.text, resolved.otherwise)
    assert otherwise in (resolved.text, resolved.otherwise)
    assert resolved.text != resolved.otherwise


@pytest.mark.parametrize("turns", ALONE, ids=" / ".join)
def test_a_question_that_stands_alone_is_left_alone(turns: list[str]) -> None:
    assert resolve_question(turns, SUBJECTS) == Resolved(turns[-1], None)


def test_a_conversation_without_a_message_is_refused() -> None:
    with pytest.raises(ValueError, match="without a message"):
        resolve_question([], SUBJECTS)


def test_what_is_carried_never_makes_a_question_too_long() -> None:
    turns = [f"what is {'x' * 1990}?", "and how long does it last?"]
    assert resolve_question(turns, SUBJECTS) == Resolved(turns[-1], None)


_WORDS = st.sampled_from(
    (
        *("what", "about", "and", "it", "they", "denosumab", "men", "lung", "cancer", "how", "long", "is"),
        *("the", "treatment", "of", "thanks", "stage", "4", "?", ",", ".", "this", "with"),
    )
)


@settings(max_examples=300)
@given(st.lists(st.lists(_WORDS, min_size=1, max_size=9).map(" ".join), min_size=1, max_size=6))
def test_the_last_question_is_always_there_and_the_length_bounded(turns: list[str]) -> None:
    resolved = resolve_question(turns, SUBJECTS)
    assert len(resolved.text) <= MAX_QUERY_CHARS
    assert resolved == resolve_question(turns, SUBJECTS)
    assert resolved.carried is not None or resolved.text == turns[-1]
