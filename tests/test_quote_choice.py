"""Which quote is chosen: what a question wants more closely, what says little, and both sides of a comparison."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.answers.judged.subject_told import about, are_beside_the_point, says
from retriever.answers.judged.definitions import asked_thing, asks_what_a_procedure_is, defines, procedure_asked
from retriever.answers.judged.beside_the_question import is_beside, takes_no_stand
from retriever.questions.comparison import compared, contrasts
from retriever.answers.judged.narrowing import narrowed_by_heading, narrows
from retriever.answers.quotable.quotes import MAX_ITEM_SENTENCES, quotes_of
from retriever.answers.judged.replies import without_reply
from retriever.answers.wanted.sought import sought_facets
from retriever.answers.quotable.standing_alone import is_label, is_statement, leans_on_another, leans_on_heading
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import is_conditional, leaves_open, meets, says_little, tells_no_use, wants_of
from retriever.document import Document, Metadata, Section
from retriever.passage import Passage
from retriever.query import Hit
from retriever.questions.facets import Facet
from retriever.questions.question import Question
from retriever.search.analyze import terms
from tests.small_answers import answer_of, quote_below


def quotes(text: str, *, start: int = 0, heading: str | None = None) -> list[str]:
    """What may be quoted of a page whose passage begins there."""
    headings = (heading,) if heading else ()
    section = Section(0, len(text), headings)
    document = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Page"), "Page", (section,))
    passage = Passage("d", start, len(text), start, len(text), headings, 9, text[start:])
    hit = Hit(rank=1, passage=passage, document=document, score=1.0, dense=None, lexical=None)
    return [quote.text for quote in quotes_of(hit, text, section)]


# --- what may be quoted ---


def test_a_sentence_behind_its_paragraphs_label_brings_the_label() -> None:
    text = "Stage two. Cancer has spread to the bones. Treatment is harder."
    assert quotes(text) == ["Stage two. Cancer has spread to the bones.", "Treatment is harder."]


def test_a_state_is_quoted_with_the_heading_that_says_whose_it_is() -> None:
    text = "Stage two\n\nCancer has spread to the bones."
    assert quotes(text, heading="Stage two") == [text]


def test_a_state_whose_heading_is_not_in_the_passage_is_not_quoted() -> None:
    text = "Stage two\n\nCancer has spread to the bones."
    assert quotes(text, start=text.index("Cancer"), heading="Stage two") == []


def test_a_definition_without_its_subject_is_quoted_with_its_heading() -> None:
    text = "Bone biopsy\n\nThe removal of a small piece of bone with a needle."
    assert quotes(text, heading="Bone biopsy") == [text]


@pytest.mark.parametrize(
    "sentence", ["Cancer has spread to the bones.", "The tumor is larger than a pea.", "A test that shows bones."]
)
def test_what_only_a_heading_names_is_recognised(sentence: str) -> None:
    assert leans_on_heading(sentence)
    assert not leans_on_heading("Cancer is a disease of cells.")


def test_a_label_is_a_name_and_no_statement() -> None:
    assert is_label("Stage two bone cancer.")
    assert not is_label("Bones thin and break when people are old and frail.")
    assert not is_label("Is it safe?")


def test_a_list_whose_lead_in_names_nothing_brings_what_does() -> None:
    text = "Care of broken hips depends on age. Treatment may include:\n\n- rest\n- surgery"
    assert text in quotes(text)
    below = "Broken hips in winter\n\nTreatment may include:\n\n- rest\n- surgery"
    assert quotes(below, heading="Broken hips in winter") == [below]


def test_a_sentence_between_two_parts_of_one_list_introduces_none() -> None:
    text = "Dangers at home:\n\n- Rugs.\n- Wires.\n\nFalls are worse on stone.\n\n- Stairs slip.\n- Tubs slip."
    assert quotes(text) == ["Dangers at home:\n\n- Rugs.\n- Wires.", "Falls are worse on stone."]


def test_a_list_that_begins_in_the_middle_belongs_to_no_closed_sentence() -> None:
    text = "These trials rank lower than many others.\n\n2. Old trials.\n3. Older trials."
    assert not any("Old trials" in quote for quote in quotes(text))


def test_a_list_that_is_announced_as_below_is_quoted_whole() -> None:
    text = "Below are some ways to prevent falls.\n\n- Wear shoes.\n- Fix rugs."
    assert quotes(text) == [text]


def test_names_of_other_pages_below_a_heading_are_no_list() -> None:
    text = "For patients\n\n- Bone Cancer Treatment\n- Care of the Bones"
    assert quotes(text, heading="For patients") == []


def test_a_long_item_is_quoted_up_to_its_fourth_sentence() -> None:
    said = [f"Rest does good number {number}." for number in range(6)]
    text = f"Ways to help your bones:\n\n- {' '.join(said)}\n- Walk."
    assert " ".join(said[:MAX_ITEM_SENTENCES]) in quotes(text, heading="Ways to help your bones:")


def test_an_item_that_repeats_its_name_stands_alone() -> None:
    text = "Risks include:\n\n- Radon: Radon is a gas that harms lungs.\n- Tar."
    assert "Radon: Radon is a gas that harms lungs." in quotes(text)


@pytest.mark.parametrize("lead", ["Ways to avoid if you are ill:", "Questions and ways to ask for help:"])
def test_an_item_below_a_condition_or_a_list_of_questions_is_not_quoted_alone(lead: str) -> None:
    text = f"{lead}\n\n- Rest well. Sleep helps.\n- Walk."
    assert not any(quote.startswith("Rest") for quote in quotes(text, heading=lead))


@pytest.mark.parametrize(
    "sentence", ["It is sometimes used to treat pain.", "It is given to children.", "It is thought to help."]
)
def test_it_in_a_passive_sentence_points_back(sentence: str) -> None:
    assert leans_on_another(sentence)


@pytest.mark.parametrize("sentence", ["It is thought that bones thin.", "It may be hard for you to sleep."])
def test_it_that_stands_for_what_follows_does_not(sentence: str) -> None:
    assert not leans_on_another(sentence)


def test_words_that_begin_like_a_pointer_are_none() -> None:
    assert is_statement("Watchful waiting is care without treatment.")
    assert is_statement("Seeds hold the radiation source in the bone.")
    assert not is_statement("Watch the film about bones and falls.")
    assert not is_statement("Bone Journal, March 12, 2015 (see the journal abstract).")


# --- what a question wants ---


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("is bone cancer hereditary", (Want.INHERITED,)),
        ("Is bone cancer curable?", (Want.CURABLE,)),
        ("can you die from bone cancer", (Want.FATAL,)),
        ("at what age should I start scans", (Want.AGE,)),
        ("risk factors for falls", (Want.RISK,)),
        ("treatments for bone cancer", (Want.TREATMENTS,)),
        ("how is a bone scan done", (Want.PROCEDURE,)),
        ("how does denosumab work", (Want.MECHANISM,)),
        ("how do I cope with pain", (Want.COPING,)),
        ("what should I ask my doctor", (Want.QUESTIONS,)),
        ("What is zoledronic acid used for?", (Want.USE,)),
        ("denosumab uses", (Want.USE,)),
        ("Does calcium work?", (Want.EFFECT,)),
        ("what causes falls", (Want.CAUSE,)),
        ("how long does the pain last", (Want.FIGURE,)),
        ("when to start scans", (Want.AGE,)),
        ("brand name of zoledronic acid", (Want.NAMES,)),
        ("is there a vaccine against falls", (Want.EXISTS,)),
        ("is a bone cyst dangerous", (Want.DANGER,)),
        ("is shingles contagious", (Want.CONTAGIOUS,)),
        ("can men get osteoporosis", (Want.OCCURS,)),
        ("can I take calcium with denosumab", (Want.ALLOWED,)),
        ("is it safe to fly with brittle bones", (Want.ALLOWED,)),
        ("what can I take for bone pain", ()),
        ("denosumab", ()),
    ],
)
def test_what_a_question_wants_is_recognised(question: str, wants: tuple[Want, ...]) -> None:
    assert wants_of(question) == wants


def test_of_a_message_only_the_sentences_that_ask_count() -> None:
    assert wants_of("My dad died at the age of 58. His bones broke. Is denosumab curable?") == (Want.CURABLE,)


def test_words_meet_a_want_and_a_heading_meets_half_of_it() -> None:
    wants = (Want.INHERITED,)
    assert meets(wants, "Some cases are inherited.", ()) == 1.0
    assert meets(wants, "Some cases are rare.", ("Family history",)) == 0.5
    assert meets(wants, "Some cases are rare.", ()) == 0.0
    assert meets((), "Some cases are inherited.", ()) == 0.0


@pytest.mark.parametrize(
    "quote",
    [
        "A risk factor is anything that increases the chance of disease.",
        "Anything that increases your chance of falls is called a risk factor.",
        "There are different types of treatment for patients with falls.",
        "Learning about risk factors can help you.",
        "Ask your doctor or pharmacist.",
    ],
)
def test_what_explains_another_word_or_refers_to_others_says_little(quote: str) -> None:
    assert says_little(quote, quote, (), is_list=False)
    assert not says_little("Rugs raise the risk of falls.", "Rugs raise the risk of falls.", (), is_list=False)


@pytest.mark.parametrize(
    ("question", "quote", "fitting"),
    [
        (
            "how are broken hips treated",
            "Patients with broken hips should have their treatment planned by a team of doctors.",
            "who treats broken hips",
        ),
        ("what is bone care", "The Bone Care Editorial Board consists of experts in bone care.", None),
        ("does swimming cause falls", "A fact sheet about falls linked to swimming.", None),
        (
            "how long do I keep still after the injection",
            "Pain improves after the injection.",
            "does the pain improve",
        ),
        ("can ginger help bones", "Participants took ginger capsules for six days.", "what did participants take"),
        ("what is a fracture", "Air passes through the nose (see inset) to the bones.", None),
        ("what is a fracture", "The drawing shows a broken hip.", None),
        (
            "what is alendronate",
            "A summary of information about this drug that may include its unwanted effects.",
            None,
        ),
    ],
)
def test_who_treats_what_a_page_is_and_no_time_are_beside_what_was_asked(
    question: str, quote: str, fitting: str | None
) -> None:
    assert is_beside(question, quote, wants_of(question))
    if fitting is not None:
        assert not is_beside(fitting, quote, wants_of(fitting))


def test_what_a_page_is_drawn_from_and_what_a_link_leads_to_answer_nothing() -> None:
    question = "is alendronate safe"
    assert is_beside(question, "Annual meeting of bone doctors, 2007.", (), heading="Source")
    assert not is_beside(question, "Annual meeting of bone doctors, 2007.", (), heading="Sources of calcium")
    described = "A lay language summary of important information about this drug that may include:"
    assert is_beside(question, f"{described}\n- side effects", (), introduction=described)
    assert not is_beside(question, "It may include:\n- side effects", (), introduction="It may include:")


@pytest.mark.parametrize(
    ("question", "is_asked"),
    [
        ("what are the side effects of alendronate", True),
        ("alendronate side effects", True),
        ("how are side effects of alendronate treated", False),
        ("how long do the side effects last", False),
    ],
)
def test_who_asks_for_side_effects_is_told_of_effects_or_nothing(question: str, is_asked: bool) -> None:
    wants = wants_of(question)
    assert (Want.SIDE_EFFECTS in wants) == is_asked
    assert takes_no_stand("Alendronate is a bisphosphonate.", ("Use",), wants) == is_asked
    assert not takes_no_stand("Alendronate may cause heartburn.", ("Use",), wants)
    assert not takes_no_stand("Heartburn is common.", ("Side effects",), wants)


def test_a_time_answers_how_long_in_figures_or_words() -> None:
    question = "how long does the swelling last"
    for quote in (
        "It goes down in 2 weeks.",
        "Swelling of this kind is chronic.",
        "Swelling is usually temporary.",
    ):
        assert not is_beside(question, quote, wants_of(question))
    assert is_beside(question, "Swelling goes down once treatment is over.", wants_of(question))  # no time


def test_to_who_wants_a_stand_taken_a_mention_is_no_answer() -> None:
    wants = (Want.EXISTS,)
    assert takes_no_stand("Vaccines against falls are studied.", (), wants)
    assert takes_no_stand("A scan (one that shows there is no break) may be wrong.", (), wants)
    assert not takes_no_stand("There is no vaccine against falls.", (), wants)
    assert takes_no_stand("Bone cysts are filled with fluid.", ("Bone cysts",), (Want.DANGER,))
    assert not takes_no_stand("Bone cysts are rarely a cause of pain.", (), (Want.DANGER,))
    assert not takes_no_stand("Bone cysts are filled with fluid.", ("Bone cysts",), (Want.FIGURE,))


def test_no_sentence_is_quoted_where_none_takes_the_stand_that_was_asked_for(tmp_path: Path) -> None:
    page = "# Bone cysts\n\nBone cysts are small hollows in a bone that are filled with clear fluid.\n"
    assert answer_of(tmp_path, {"a.md": page}, "Is a bone cyst dangerous?") is None
    told = page + "\nA bone cyst is not dangerous, and most of them heal without any treatment.\n"
    answer = answer_of(tmp_path / "told", {"a.md": told}, "Is a bone cyst dangerous?")
    assert answer is not None
    assert "not dangerous" in answer.text


def test_what_treatment_depends_on_says_little_only_to_who_asks_for_treatment() -> None:
    quote = "Treatment is based on the stage."
    assert says_little(quote, quote, (Want.TREATMENTS,), is_list=False)
    assert not says_little(quote, quote, (), is_list=False)


def test_to_who_asks_for_treatment_a_quote_that_names_none_says_little() -> None:
    state = "In stage II, the cancer has spread to the bones."
    assert says_little(state, state, (Want.TREATMENTS,), is_list=False)
    assert not says_little(state, state, (), is_list=False)
    cure = "In stage II, the cancer is removed by surgery."
    assert not says_little(cure, cure, (Want.TREATMENTS,), is_list=False)


def test_to_who_asks_for_a_figure_what_it_depends_on_says_little_without_one() -> None:
    depends = "How often you return is based on your health."
    assert says_little(depends, depends, (Want.FIGURE,), is_list=False)
    figure = "How often you return depends on your health; every 3 months is usual."
    assert not says_little(figure, figure, (Want.FIGURE,), is_list=False)


def test_what_is_said_of_every_cancer_says_little_to_who_asks_for_the_cause() -> None:
    stock = "Bone cancer is caused by certain changes to the way bone cells function."
    assert says_little(stock, stock, (Want.CAUSE,), is_list=False)
    assert not says_little(stock, stock, (), is_list=False)
    cause = "Bone cancer is caused by radiation in some people."
    assert not says_little(cause, cause, (Want.CAUSE,), is_list=False)


def test_who_asks_what_a_drug_is_used_for_hears_its_uses(tmp_path: Path) -> None:
    page = (
        "# Zoledronic acid\n\n## Use\n\nZoledronic acid is approved to treat bone loss.\n\n"
        "Zoledronic acid is also being studied in the treatment of other conditions of bones."
    )
    answer = answer_of(tmp_path, {"a.md": page}, "What is zoledronic acid used for?")
    assert answer is not None
    assert answer.text == "Zoledronic acid is approved to treat bone loss. [1]"


DRUG = (
    "# Zoledronic acid\n\nZoledronic acid is a drug that slows bone loss.\n\nUS Brand Name(s)\n\nAclasta, Reclast"
    "\n\nApproved\n\nYes\n"
)


def test_who_asks_for_a_brand_name_hears_it_with_the_line_that_says_what_it_is(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": DRUG}, "brand name of zoledronic acid")
    assert answer is not None
    assert "US Brand Name(s)\n\nAclasta, Reclast [1]" in answer.text


def test_who_asks_for_something_else_hears_no_brand_name(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": DRUG}, "What is zoledronic acid?")
    assert answer is not None
    assert answer.text == "Zoledronic acid is a drug that slows bone loss. [1]"


@pytest.mark.parametrize("question", ["What is zoledronic acid used for?", "what is a scan for"])
def test_who_asks_for_the_use_of_a_thing_wants_no_definition(question: str) -> None:
    assert asked_thing(question) == frozenset()


@pytest.mark.parametrize("question", ["gleevec what for", "what is gleevec for?", "what is it used to treat"])
def test_what_a_thing_is_for_asks_for_its_use_and_not_for_treatments(question: str) -> None:
    assert wants_of(question) == (Want.USE,)


def test_to_who_asks_for_the_use_a_quote_that_names_none_tells_none() -> None:
    assert tells_no_use("It is a type of drug.", (Want.USE,))
    assert tells_no_use("PARP helps repair DNA.", (Want.USE,))
    assert not tells_no_use("It is approved to treat:", (Want.USE,))
    assert not tells_no_use("It helps to control pain.", (Want.USE,))
    assert not tells_no_use("It is a type of drug.", ())


def test_a_further_use_says_little_without_the_first() -> None:
    further = "It is also approved to treat gout."
    assert says_little(further, further, (Want.USE,), is_list=False)
    assert not says_little(further, further, (), is_list=False)
    assert not says_little(
        "It is also approved to prevent:", "It is also approved to prevent:\n\n- Gout.", (Want.USE,), is_list=True
    )


def test_a_list_of_questions_is_beside_the_question_unless_questions_are_wanted() -> None:
    quote = "Ask:\n\n- Is it safe?\n- Does it hurt?"
    assert is_beside("Is it safe?", quote, (), introduction="Ask:")
    assert not is_beside("What should I ask?", quote, (Want.QUESTIONS,), introduction="Ask:")


# --- figures, stands and what they are no answer to ---


@pytest.mark.parametrize(
    ("question", "gives", "gives_not"),
    [
        ("How often do I need a scan?", "A scan is repeated every year.", "You can go home within two weeks."),
        ("How long does a scan take?", "A scan takes ten minutes.", "A scan does not hurt."),
        ("How common are broken hips?", "About one in ten breaks a hip.", "A broken hip is a broken bone."),
        ("What is the survival rate?", "Of 100 people 40 live five years.", "The growth is of any size."),
        ("What are my chances?", "The outlook is good for most people.", "The growth has a shell."),
    ],
)
def test_who_asks_for_a_figure_is_not_told_another_thing(question: str, gives: str, gives_not: str) -> None:
    wants = wants_of(question)
    assert not is_beside(question, gives, wants)
    assert is_beside(question, gives_not, wants)


def test_of_two_things_that_are_asked_a_quote_may_answer_one() -> None:
    question = "How often is it given, and what are its side effects?"
    wants = wants_of(question)
    assert not is_beside(question, "It may cause a rash.", wants)
    assert is_beside(question, "It is kept in a fridge.", wants)


def test_how_often_something_happens_asks_for_a_share_and_not_for_an_interval() -> None:
    assert Want.SHARE in wants_of("How often does this fracture happen?")
    assert Want.FIGURE not in wants_of("How often does this fracture happen?")
    assert Want.FIGURE in wants_of("How often do I take it?")
    assert sought_facets("How often does this happen?", (Facet.HOW_OFTEN,)) == (Facet.HOW_MANY,)
    assert not is_beside("How often does this happen?", "One in ten people has it.", (Want.SHARE,))


def test_the_chance_that_it_comes_back_is_not_that_of_getting_it() -> None:
    question = "What are the chances of melanoma coming back?"
    wants = wants_of(question)
    assert is_beside(question, "One in 34 people gets melanoma.", wants)
    assert not is_beside(question, "It comes back in one of ten people.", wants)


@pytest.mark.parametrize(
    ("question", "want", "answers", "answers_not"),
    [
        ("Is the numbness permanent?", Want.LASTING, "It may continue for years.", "It is a nerve problem."),
        ("Who should not get the jab?", Want.EXCLUDED, "Do not have it when ill.", "It is for all adults."),
        ("What happens if gout is not treated?", Want.UNTREATED, "Untreated gout spreads.", "Pills treat gout."),
        ("What happens if you don't treat gout?", Want.UNTREATED, "If left alone it grows.", "Pills treat it."),
    ],
)
def test_a_question_that_wants_a_stand_gets_one_or_nothing(
    question: str, want: Want, answers: str, answers_not: str
) -> None:
    assert want in wants_of(question)
    assert not takes_no_stand(answers + " if left", (), (want,))
    assert takes_no_stand(answers_not, (), (want,))


def test_who_asks_what_comes_of_no_treatment_asks_for_none() -> None:
    assert Want.TREATMENTS not in wants_of("What happens if gout is not treated?")
    assert sought_facets("What happens if gout is not treated?", (Facet.TREATMENT,)) == ()


def test_whether_it_has_spread_is_told_by_what_looks_for_that() -> None:
    found = "After it has been diagnosed, tests may be done to find out if cancer cells have spread."
    diagnosed, spread = wants_of("How is it diagnosed?"), wants_of("How do they find out if it has spread?")
    assert says_little(found, found, diagnosed, is_list=False)
    assert Want.EXTENT in spread
    assert not says_little(found, found, spread, is_list=False)


def test_a_test_that_is_repeated_after_treatment_diagnoses_nothing() -> None:
    again = "Some tests that were done to diagnose it may be repeated to see how well the treatment is working."
    assert says_little(again, again, (Want.DIAGNOSED,), is_list=False)


def test_when_to_see_a_doctor_is_not_how_one_finds_it_or_copes() -> None:
    lead_in = "Check with your doctor if you have:"
    assert says_little(lead_in, lead_in, (Want.COPING,), is_list=True)
    assert not says_little(lead_in, lead_in, (), is_list=True)


def test_what_nobody_knows_is_told_from_what_is_known() -> None:
    assert leaves_open("Whether vapour harms bones is not yet known.")
    assert leaves_open("It is unclear whether it helps.")
    assert not leaves_open("Smoke harms bones, whether you inhale it or not.")


# --- what leans on its heading, and what goes on behind a border ---


def test_a_sentence_that_leans_is_quoted_with_the_heading_that_is_a_sentence() -> None:
    text = "Gout can come back after it has been treated.\n\nIt may come back in the other foot."
    assert text in quotes(text, heading="Gout can come back after it has been treated.")
    assert quotes("Coming back\n\nIt may come back in the other foot.", heading="Coming back") == []


def test_a_list_whose_lead_in_leans_is_quoted_with_its_heading() -> None:
    text = "Two products\n\nThe same substance is sold in two strengths:\n\n- Red: 60 mg\n- Blue: 120 mg"
    assert quotes(text, heading="Two products") == [text]


def test_what_takes_a_time_stands_alone() -> None:
    assert not leans_on_another("It takes an hour to 90 minutes to harvest enough cells.")
    assert not leans_on_another("It can take several weeks for hair to grow.")
    assert leans_on_another("It takes an hour.")
    assert leans_on_another("It takes 4 to 6 hours to do this.")


@pytest.mark.parametrize(
    "pointer",
    [
        "Rare problems are described on separate pages: jaw problems and thigh bones.",
        "Why that matters is explained under stopping treatment.",
    ],
)
def test_what_is_said_to_stand_elsewhere_is_no_statement(pointer: str) -> None:
    assert not is_statement(pointer)
    assert is_statement("The risk of rare problems is described as small by most doctors.")


def test_a_heading_narrows_only_where_the_question_does_not() -> None:
    named = frozenset(terms("Childhood bone cancer"))
    assert narrows(named, frozenset(terms("bone cancer")))
    assert not narrows(named, frozenset(terms("bone cancer in my son")))


def test_a_sentence_that_begins_with_its_case_is_conditional() -> None:
    assert is_conditional("If bones are thin, rest.")
    assert is_conditional("For some people, rest helps.")
    assert not is_conditional("Rest helps if bones are thin.")


def test_a_procedure_by_name_is_asked_for_itself_and_not_for_a_treatment() -> None:
    assert asks_what_a_procedure_is("What is CAR T-cell therapy?")
    assert not asks_what_a_procedure_is("What is the treatment for falls?")
    assert not asks_what_a_procedure_is("What is therapy?")
    assert procedure_asked("how is a bone scan done") == frozenset(terms("bone scan"))
    assert procedure_asked("is a bone scan done") == frozenset()


def test_what_stands_beside_a_name_defines_it() -> None:
    asked = frozenset(terms("bone scan"))
    sentence = "The picture shows the bone scan, a type of test in which a dye is injected."
    assert defines(sentence, asked, dict.fromkeys(asked, 2.0)) == pytest.approx(0.8)
    assert defines("Bone scan: Bone scans are tests of bones.", asked, dict.fromkeys(asked, 2.0)) == 1.0


# --- what a quote leaves unsaid, and what narrows it ---


def asked(**weights: float) -> Question:
    """A short question whose terms have these weights."""
    return Question(weights, (), {}, is_long=False)


@pytest.mark.parametrize(
    ("word", "is_said"), [("sexual", True), ("sex", True), ("work", True), ("breast", True), ("fly", False)]
)
def test_words_that_begin_alike_say_each_other(word: str, is_said: bool) -> None:
    assert says(frozenset(terms("Breast cancer, sexual health: many people can work.")), *terms(word)) is is_said


def test_a_compound_says_what_it_is_a_kind_of_and_a_negation_does_not() -> None:
    assert says(frozenset(terms("caused by a herpesvirus")), *terms("virus"))
    assert not says(frozenset(terms("an unsafe, nontoxic dose")), *terms("safe"))
    assert not says(frozenset(terms("an unsafe, nontoxic dose")), *terms("toxic"))


def test_quotes_that_tell_less_than_half_of_what_the_best_tells_are_about_something_else() -> None:
    told = [
        quote_below("Garlic", "Garlic may thin the blood."),
        quote_below("Garlic", "It has a strong smell."),
        quote_below("Recovery", "Most wounds heal within a month."),
    ]
    weighed = asked(garlic=6.0, blood=3.0, month=2.0, chemo=6.0)
    assert about(weighed, told) == {0: 9 / 15, 1: 6 / 15}  # chemo is said nowhere, a month is no subject
    assert list(about(weighed, told[2:])) == [0]  # held against the best that there is
    assert list(about(Question(weighed.weights, (), {}, is_long=True), told)) == [0, 1, 2]


def test_passages_that_leave_most_of_the_subject_unsaid_are_beside_the_point() -> None:
    hits = [quote_below("Biopsy", "A biopsy is done.").hit]
    assert are_beside_the_point(asked(biopsi=3.0, friday=7.0, monday=7.0), hits)
    assert not are_beside_the_point(asked(biopsi=3.0, friday=2.0, monday=2.0), hits)
    assert not are_beside_the_point(asked(biopsi=1.0, myelogen=7.0), hits)  # one word may have another for it


def test_a_heading_with_words_of_its_own_narrows_a_quote() -> None:
    asked_for = frozenset(terms("how many weeks is radiotherapy for breast cancer"))
    partial = narrowed_by_heading(quote_below("Partial breast external beam radiation", "2 weeks."), asked_for)
    whole = narrowed_by_heading(quote_below("Whole breast radiation", "6 weeks."), asked_for)
    assert 0 < whole < partial == 1
    assert narrowed_by_heading(quote_below("Treatment", "6 weeks."), asked_for) == 0
    assert narrowed_by_heading(quote_below("Nerves were harmed in some patients.", "So."), asked_for) == 0


def test_passages_beside_the_point_are_not_quoted(tmp_path: Path) -> None:
    page = {"a.md": "# Biopsy\n\nA biopsy of the skin is done to find out whether a mole is cancer."}
    assert answer_of(tmp_path / "a", page, "is a skin biopsy done on a mole") is not None
    assert answer_of(tmp_path / "b", page, "biopsy booked friday, move it to monday") is None


# --- replies ---


def reply_heard(question: str, *, heading: str, text: str) -> str | None:
    """What a question hears of a quote below a heading."""
    heard = without_reply(quote_below(heading, text), question, dict.fromkeys(terms(question), 1.0))
    assert heard is None or text[heard.start_char : heard.end_char] == heard.text
    return None if heard is None else heard.text


@pytest.mark.parametrize(
    ("question", "is_heard"),
    [
        ("does surgery affect how long I live?", True),
        ("surgery: how long do people live", False),
        ("is surgery safe?", False),
        ("walking or surgery", False),
    ],
)
def test_a_no_before_a_sentence_is_heard_by_who_asks_what_its_heading_asks(question: str, is_heard: bool) -> None:
    text = "No. Research shows that people live as long without it."
    said = reply_heard(question, heading="Does surgery affect how long I live?", text=text)
    assert said == (text if is_heard else text.removeprefix("No. "))


def test_what_cannot_stand_without_its_no_is_not_quoted_without_it() -> None:
    assert (
        reply_heard("risks of surgery", heading="Is surgery bad?", text="No. However, most people live as long.")
        is None
    )


# --- comparisons ---


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("What is the difference between a T-score and a Z-score?", "T-score", "Z-score"),
        ("difference between Hodgkin and non-Hodgkin lymphoma", "Hodgkin lymphoma", "non-Hodgkin lymphoma"),
        ("stage 2 vs stage 3 lung cancer", "stage 2 lung cancer", "stage 3 lung cancer"),
        ("How does palliative care differ from hospice?", "palliative care", "hospice"),
        ("is a dysplastic nevus the same as melanoma", "dysplastic nevus", "melanoma"),
        ("compare denosumab with alendronate", "denosumab", "alendronate"),
    ],
)
def test_what_is_compared_is_recognised(question: str, one: str, other: str) -> None:
    found = compared(question)
    assert found is not None
    assert (found.one, found.other) == (one, other)
    assert found.only_one.isdisjoint(found.only_other)


@pytest.mark.parametrize(
    "question",
    [
        "What is denosumab?",
        "difference between bones and bones",
        "How does teriparatide differ from other bone medicines?",
        "difference between " * 40,
    ],
)
def test_other_questions_compare_nothing(question: str) -> None:
    assert compared(question) is None


@given(st.text(alphabet="difference between and vs a?.", max_size=400))
def test_any_text_can_be_looked_at_for_a_comparison(text: str) -> None:
    found = compared(text)
    assert found is None or (found.only_one or found.only_other)


SCORES = """# Scores

## T-score

A T-score is a number that compares bones with those of young adults.

## Z-score

A Z-score is a number that compares bones with those of people of one age.

## Costs

Scores cost little money.
"""


def test_a_comparison_quotes_both_sides(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": SCORES}, "What is the difference between a T-score and a Z-score?")
    assert answer is not None
    assert "A T-score is a number" in answer.text
    assert "A Z-score is a number" in answer.text
    assert "money" not in answer.text


def test_a_sentence_that_sets_both_sides_against_each_other_comes_first(tmp_path: Path) -> None:
    page = f"{SCORES}\n## Both\n\nUnlike a Z-score, a T-score never looks at age.\n"
    answer = answer_of(tmp_path, {"a.md": page}, "What is the difference between a T-score and a Z-score?")
    assert answer is not None
    assert answer.text.startswith("Unlike a Z-score, a T-score never looks at age. [")
    assert contrasts("Unlike a Z-score, a T-score never looks at age.")


def test_the_same_said_of_both_sides_is_quoted_of_both(tmp_path: Path) -> None:
    drugs = "## Carboplatin\n\nCarboplatin is a drug against cancer of the bladder and of the lung.\n\n"
    page = f"# Drugs\n\n{drugs}{drugs.replace('Carbo', 'Cis')}"
    answer = answer_of(tmp_path, {"a.md": page}, "carboplatin vs cisplatin")
    assert answer is not None
    assert "Carboplatin is a drug" in answer.text
    assert "Cisplatin is a drug" in answer.text


def test_a_misspelt_question_is_answered_as_the_word_that_was_meant(tmp_path: Path) -> None:
    pages = {
        "a.md": "# Osteoporosis\n\nOsteoporosis is a disease of thin bones.",
        "b.md": "# Osteoporosis in men\n\nOsteoporosis in men is rare.",
    }
    right = answer_of(tmp_path / "right", pages, "what is osteoporosis")
    wrong = answer_of(tmp_path / "wrong", pages, "what is osteoporsis")
    assert right is not None
    assert wrong is not None
    assert wrong.text == right.text


def test_a_brand_name_is_answered_as_the_drug_that_the_pages_call_it(tmp_path: Path) -> None:
    pages = {
        "pembro.md": "# Pembrolizumab\n\nPembrolizumab (Keytruda) is an infusion.\n\n## Use\n\n"
        "Pembrolizumab is approved to treat melanoma.",
        "trial.md": "# A trial\n\nWhat Keytruda is used for was compared.\n\nIt was pembrolizumab (Keytruda).",
    }
    by_name = answer_of(tmp_path / "name", pages, "What is pembrolizumab used for?")
    by_brand = answer_of(tmp_path / "brand", pages, "What is Keytruda used for?")
    assert by_name is not None
    assert by_brand is not None
    assert by_brand.text.split("[")[0] == by_name.text.split("[")[0]


def test_what_nobody_knows_is_quoted_to_who_asks_for_yes_or_no(tmp_path: Path) -> None:
    page = {
        "a.md": "# Smoke and bones\n\nWhether smoke harms bones is not yet known.\n\nSmoke harms bones by its tar."
    }
    how = answer_of(tmp_path / "how", page, "How does smoke harm bones?")
    whether = answer_of(tmp_path / "whether", page, "Does smoke harm bones?")
    assert how is not None
    assert whether is not None
    assert how.text.startswith("Smoke harms")
    assert whether.text.startswith("Whether smoke")
