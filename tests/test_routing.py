"""Which questions are routed to help, and which only ask about the same things."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retriever.document import Document, Metadata
from retriever.questions.required_words import required_words
from retriever.questions.routing import (
    RoutingRulesInvalid,
    concerns_health,
    default_rules,
    excepted,
    may_fire,
    parse_rules,
    route,
)
from retriever.questions.signs import Sign, Signs, present_in, table_of
from tests.messages_in_treatment import ABOUT_TREATMENT, IN_TREATMENT
from tests.proportion import assert_in_proportion

EMERGENCIES = (
    "I am having chest pain right now",
    "i have a crushing pain in my chest and my arm hurts",
    "My husband can't breathe",
    "my dad has collapsed on the kitchen floor what do I do",
    "she is not breathing",
    "My baby swallowed my pills",
    "I took too many of my tablets and feel sick",
    "my tongue is swelling after the injection",
    "I can't breathe after my infusion",
    "my wife is unconscious",
    "I'm bleeding heavily and it won't stop",
    "He is coughing up a lot of blood",
    "since last night both legs feel weak and numb",
    "Suddenly my face is drooping and I cannot speak",
    "my mum is having a seizure",
    "I think I am having a heart attack",
    "I think my mother is having a stroke",
    "She took an overdose",
    "hello, mum got her jab today. her throat is closing up. is this normal?",
    "my son took a whole bottle of the medicine",
    "please send an ambulance",
    "my nan won't wake up",
    "I am vomiting blood",
    "Dad has chest pains, should I give him his aspirin?",
    "im 67 and my chest feels really tight and my left arm is tingling",
    "pain in chest since this morning and short of breath",
    "I just took 30 alendronate tablets",
    "cant breath",
    "I can't feel my legs",
    "there is blood everywhere after the tooth extraction",
    "My lips and face are swollen and I am struggling to breathe",
    "fell in the garden, my thigh bent where there is no joint",
    "stepped off the kerb, heard a crack and now I can't put any weight on my leg",
    "just had my infusion, my tongue is getting fat",
    "mum fell down the stairs and is not answering me",
    "my nan toppled over and now she keeps being sick",
    "gran is on the floor and she won't open her eyes",
    "he fell an hour ago and screams when we touch his leg",
)
SELF_HARM = (
    "my life is miserable and I am going to die tonight",
    "am I going to die by my own hand, I think so",
    "I want to kill myself",
    "i dont want to live anymore",
    "I want to die",
    "I have been thinking about suicide since the diagnosis",
    "I feel suicidal",
    "I wish I was dead",
    "my daughter says she wants to die",
    "I am going to end my life tonight",
    "I keep having thoughts of killing myself since starting this medicine",
    "how many tablets do I need to take to die",
    "there is no reason to live",
    "my husband is suicidal",
    "I want to hurt myself",
    "I have cut my wrists",
    "Everyone would be better off without me",
    "i dont see the point in living",
    "just wanna unalive myself",
    "might just kms, results came back bad",
    "gonna top myself if this pain goes on",
)
INFORMATION = (
    "my gran keeps tripping over, what can she do at home",
    "my grandma has fallen twice this month, what should we change in her flat",
    "do hip protectors help people who fall",
    "mum fell and broke her hip in march, how long is the recovery",
    "am I going to die",
    "Is my dad really going to die from this?",
    "so, is she dying?",
    "what are the symptoms of a heart attack",
    "What are the signs of a stroke?",
    "Can romosozumab cause a heart attack?",
    "can I take raloxifene after a stroke",
    "can my dad go on abiraterone after his heart attack",
    "Does denosumab cause suicidal thoughts?",
    "I had a heart attack five years ago, can I take romosozumab?",
    "My mother had a stroke last year. Is raloxifene safe for her?",
    "how common is chest pain after zoledronic acid",
    "What should I do if I get chest pain after the infusion?",
    "Is it dangerous to take too many vitamin D tablets?",
    "What is the risk of suicide among people with cancer?",
    "What is the risk of bleeding after a biopsy?",
    "can osteoporosis make your legs numb",
    "How is shortness of breath treated in lung cancer?",
    "What is the difference between a heart attack and a stroke",
    "Do I have to stay upright after taking alendronate?",
    "I forgot to take my tablet today, what now?",
    "Do cancer cells die after chemotherapy?",
    "I don't want to die of this cancer, what are my chances?",
    "I want to know how people die of pancreatic cancer",
    "my dentist says my jaw is numb because of the injection",
    "My dad died of a stroke, does that raise my risk?",
    "what is a lethal dose of radiation",
    "how do doctors treat an overdose",
    "How many tablets should I take each day?",
    "I am scared of dying in hospital, how does hospice care work?",
    "I feel a bit weak and tired today after the jab",
    "can I breathe normally during the scan",
    "What causes coughing up blood?",
    "which foods are bad for my heart",
    "is a tight chest a side effect of abaloparatide",
    "my wife has been told she has osteopenia now, what is it",
    "We have a family history of stroke, should I avoid HRT?",
    "hot flushes won't stop, what helps",
    "I'm worried I will have a heart attack on Evenity",
    "I have had chest pain for years, is it costochondritis?",
    "how do I know if I am having a stroke",
    "My father died by suicide, are there support groups?",
    "I have taken 70 mg alendronate tablets for ten years",
    "she has taken 10 tablets over the last ten weeks",
    "my cousin is dying to know what a DXA scan is",
    "Why do people with myeloma have numb feet",
)
WITHDRAWAL = (
    "a bottle of vodka a day, want to stop tonight cold turkey",
    "six pints of beer each night for years. I want to stop drinking by myself",
    "I've been on diazepam 20 years and flushed them all yesterday, now I'm shaking",
    "can I just quit clonazepam overnight?",
    "ran out of my oxycontin 3 days ago, sweating and being sick",
    "doctor stopped my fentanyl patches and I can't stop sweating",
    "stopped my prednisolone dead, so weak I can't get up",
    "I have Addison's and keep throwing up my hydrocortisone",
    "stopped drinking two days ago after 10 years of wine, seeing things",
)
ON_BLOOD_THINNERS = (
    "I take apixaban and fell off a ladder, landing on my head",
    "on warfarin and my wee has gone bright red since this morning",
    "my nose has been bleeding for two hours. I'm on clopidogrel",
    "grandad on blood thinners bumped his head and is sleepy",
    "dad is on Eliquis and has black stools",
)
NO_WITHDRAWAL_NO_BLEEDING = (
    "does a glass of wine a day harm bones",
    "my doctor cut my diazepam slowly over a year, will I sleep again",
    "I gave up alcohol in 2010, does it still affect my bones",
    "is it safe to stop tamoxifen cold turkey",
    "dad quit smoking cold turkey and drinks beer, his hands shake",
    "why must steroids not be stopped suddenly",
    "where do I throw out old morphine",
    "I am on morphine and my cast comes off tomorrow",
    "how do I take codeine without throwing up",
    "mum takes warfarin and eats kale",
    "do blood thinners cause red urine",
    "I fell asleep on my face, I take Eliquis",
    "on Xarelto and having a tooth out next week, do I stop it",
    "I hit my head last year, can I take warfarin",
    "I ran 10 kms on letrozole and topped myself up with vitamin D",
    "I fell out with my sister and can't stand her",
)
MINIMAL = """
version = 1
[applies]
share = 0.5
words = ["garden"]
[words]
plant = "(?:rose|oak)"
[[rule]]
code = "wilting"
text = "Water it."
signs = ["my {plant} is dying"]
unless = ["last year"]
"""


@pytest.mark.parametrize("question", EMERGENCIES)
def test_what_reads_as_an_emergency_is_routed(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert routing.code == "emergency"


@pytest.mark.parametrize("question", IN_TREATMENT)
def test_what_somebody_in_cancer_treatment_must_not_sit_out_is_routed_to_the_cancer_team(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert routing.code == "emergency"
    assert "cancer team" in routing.text


@pytest.mark.parametrize("question", WITHDRAWAL)
def test_to_stop_at_once_what_was_had_every_day_is_warned_of(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert "dangerous to stop" in routing.text


@pytest.mark.parametrize("question", ON_BLOOD_THINNERS)
def test_to_bleed_or_hit_ones_head_on_blood_thinners_is_urgent(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert "thins the blood" in routing.text


@pytest.mark.parametrize("question", SELF_HARM)
def test_what_reads_as_self_harm_is_routed(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert routing.code == "self_harm"


@pytest.mark.parametrize("question", [*INFORMATION, *ABOUT_TREATMENT, *NO_WITHDRAWAL_NO_BLEEDING])
def test_a_question_for_information_is_not_routed(question: str) -> None:
    assert route(question, default_rules()) is None


@given(st.sampled_from(EMERGENCIES + SELF_HARM + INFORMATION), st.data())
def test_a_rule_finds_the_same_in_any_case(question: str, data: st.DataObject) -> None:
    capitals = data.draw(st.lists(st.booleans(), min_size=len(question), max_size=len(question)))
    shouted = "".join(
        letter.upper() if capital else letter for letter, capital in zip(question, capitals, strict=True)
    )
    for rule in default_rules().rules:
        for sign in (*rule.context, *rule.signs.each, *rule.unless) if shouted.isascii() else ():
            assert sign.lowered is not None
            assert bool(sign.lowered.search(shouted.lower())) is bool(sign.pattern.search(shouted))
    assert route(shouted, default_rules()) == route(question, default_rules())


@pytest.mark.parametrize(
    "pattern",
    ["Chest", "[A-z]", "[!-_]", r"\x43hest", r"(chest)\1", "(?i:chest)", "\u017fick", "\u212a", "(?P<part>chest)"],
)
def test_a_pattern_that_could_mean_a_capital_letter_is_never_searched_in_lower_case(pattern: str) -> None:
    assert Sign.of(pattern).lowered is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
def test_whatever_a_sign_is_found_in_has_the_words_that_it_requires(data: st.DataObject) -> None:
    sign = data.draw(st.sampled_from([sign for rule in default_rules().rules for sign in rule.signs.each]))
    text = data.draw(st.from_regex(re.compile(sign.pattern.pattern, re.IGNORECASE)))
    if text.isascii():
        assert Signs.of([sign]).possible(present_in(f"before {text.upper()} after", default_rules().words))


@pytest.mark.parametrize(
    ("pattern", "lacking", "having"),
    [
        ("a (?:red|blue) light", "a red lamp", "light reddish"),
        ("(?:lamp )?red", "lamp", "red"),
        ("(?:red ){2}|light", "blue", "light"),
        (r"\w+ (?:red|\d+) light", "a red lamp", "a 3 light"),
    ],
)
def test_a_sign_is_looked_for_only_where_what_it_requires_stands(pattern: str, lacking: str, having: str) -> None:
    signs = Signs.of([Sign.of(pattern)])
    assert not signs.possible(present_in(lacking, table_of(signs.each)))
    assert signs.possible(present_in(having, table_of(signs.each)))


def test_without_a_reader_of_patterns_nothing_is_required_and_each_is_tried() -> None:
    sign = replace(Sign.of("red light"), required=required_words("red light", read=None))
    signs = Signs.of([sign])
    assert signs.possible(present_in("a red light", table_of(signs.each))) == (sign,)


def test_what_has_no_word_of_any_sign_needs_no_pattern() -> None:
    assert not may_fire('{"query": "What is a DXA scan?", "top_k": 3}', default_rules())
    assert may_fire('{"query": "ce qu’est une ostéoporose"}', default_rules())
    assert all(may_fire(f'{{"query": "{question}"}}', default_rules()) for question in (*EMERGENCIES, *SELF_HARM))


@pytest.mark.parametrize(
    "question",
    [
        "38.4 and day 9 after chemo",
        "38.4 this morning, FEC-T last week",
        "101.2 since lunch, carboplatin on tuesday",
        "my daughter is 39c and has leukaemia",
        "39 degrees, neutropenic",
        "102 F after my chemo on friday",
        "he was 38,6 at 4am and is on folfox",
        "my platelets are low and i am 38.4 on chemo",
        "9 stools a day on nivolumab",
    ],
)
def test_a_number_that_is_a_fever_needs_no_word_for_it(question: str) -> None:
    routing = route(question, default_rules())
    assert routing is not None
    assert "cancer team" in routing.text


@pytest.mark.parametrize(
    "question",
    [
        "BMI 38.4 and breast cancer",
        "CA-125 was 38.4 after chemo",
        "CA125 went from 101.5 to 40.2 since chemo",
        "hematocrit 38.4 on chemo",
        "i am 101.5 kg now after chemo",
        "38.5 years is the age in leukaemia",
        "a tumour of 38.5 mm",
        "40.5 mg of cisplatin",
        "cancer grew by 38.4%",
        "age 38, day 9 after chemo",
        "version 38.4 of the cancer registry",
        "41.5 mmol after chemo",
        "wash at 40c after radiotherapy",
        "I can raise my arm 39 degrees since my mastectomy",
        "it is 39 degrees outside and i am on chemo",
        "2 stools a day on nivolumab",
    ],
)
def test_a_number_of_something_else_is_no_fever(question: str) -> None:
    assert route(question, default_rules()) is None


def test_a_leg_that_is_shorter_after_a_fall_is_an_emergency() -> None:
    for question in ("mum fell and her leg looks shorter and turned out", "tripped, my hip hurts and is rotated"):
        assert route(question, default_rules()) is not None
    assert route("one leg is shorter after surgery for sarcoma", default_rules()) is None


def test_to_stop_a_medicine_suddenly_is_no_word_of_self_harm() -> None:
    rule = default_rules().rules[0]
    assert excepted("stop prednisolone suddenly", rule)
    assert not excepted("stop living suddenly", rule)
    assert not excepted("stop my tablets suddenly and die", rule)


def test_what_a_rule_is_for_may_have_been_said_before() -> None:
    assert route("i have a fever now", default_rules()) is None
    assert route("i have a fever now", default_rules(), ["i am on chemo"]) is not None


def test_a_pattern_of_another_script_finds_the_same_in_any_case() -> None:
    rules = parse_rules(MINIMAL.replace("is dying", "(?:стонет|is DYING)"))
    assert route("MY ROSE СТОНЕТ", rules) is not None
    assert route("my rose is dying", rules) is not None


def test_the_texts_name_several_countries_numbers_and_no_diagnosis() -> None:
    for rule in default_rules().rules:
        assert "your local emergency number" in rule.text
        assert all(number in rule.text for number in ("112", "911", "999"))
        assert "you have" not in rule.text.lower()


def test_history_in_one_sentence_does_not_hide_an_emergency_in_the_next() -> None:
    question = "My dad had a stroke two years ago. Now he has chest pain again and can't breathe."
    routing = route(question, default_rules())
    assert routing is not None
    assert routing.code == "emergency"


@pytest.mark.parametrize(
    "filler",
    ["i my chest ", "suddenly i have my ", "i " * 5, "my dear old mum is ", "can it ", "chemo temp fever now "],
)
def test_a_question_is_judged_in_time_in_proportion_to_its_length(filler: str) -> None:
    rules = default_rules()
    assert_in_proportion(lambda length: route((filler * length)[:length], rules), 16_000)


def test_a_fever_alone_is_no_matter_for_the_cancer_team() -> None:
    assert route("My son has a fever of 38.5 and a cold", default_rules()) is None


def test_treatment_may_be_named_in_another_sentence_than_what_happens_now() -> None:
    routing = route(
        "Mum had her third chemo on Tuesday. Now she has a temp of 38.2. What do we do?", default_rules()
    )
    assert routing is not None
    assert routing.code == "emergency"


def test_a_point_within_a_number_ends_no_sentence() -> None:
    rules = parse_rules(MINIMAL.replace("my {plant} is dying", "at 3\\\\.5 metres"))
    assert route("It grew. Now it stands at 3.5 metres.", rules) is not None


def test_a_rule_with_a_context_needs_it_somewhere_in_the_question() -> None:
    rules = parse_rules(MINIMAL.replace("signs =", 'context = ["garden"]\nsigns ='))
    assert route("My rose is dying.", rules) is None
    assert route("My rose is dying. It stands in the garden.", rules) is not None


def test_a_file_of_ones_own_replaces_the_rules() -> None:
    rules = parse_rules(MINIMAL)
    routing = route("My rose is dying", rules)
    assert routing is not None
    assert routing.text == "Water it."
    assert route("My rose is dying since last year", rules) is None
    assert route("I have chest pain right now", rules) is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("version = 1", "version = 2", "version 2"),
        ("version = 1", "version = ", "TOML"),
        ("{plant}", "{tree}", "{tree}"),
        ("my {plant}", "my (", "wilting"),
        ('signs = ["my {plant} is dying"]', "", "signs"),
        ('["my {plant} is dying"]', '"rose"', "wilting"),
    ],
)
def test_unusable_rules_are_refused_with_the_cause(old: str, new: str, named: str) -> None:
    with pytest.raises(RoutingRulesInvalid, match=named):
        parse_rules(MINIMAL.replace(old, new))


EXAMPLES = """[ordinary]
share = 0.05
examples = [{ordinary}]
[[rule]]
code = "drought"
text = "Water it."
signs = []
unless = []
examples = [{examples}]
"""


def _with_examples(ordinary: int, examples: int = 1) -> str:
    texts = (", ".join(f'"text {number}"' for number in range(count)) for count in (ordinary, examples))
    return MINIMAL + EXAMPLES.format(ordinary=next(texts), examples=next(texts))


def test_a_rule_may_have_examples() -> None:
    rules = parse_rules(_with_examples(20, 2))
    assert [rule.examples for rule in rules.rules] == [(), ("text 0", "text 1")]
    assert (len(rules.ordinary), rules.ordinary_share) == (20, 0.05)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (_with_examples(19), "has 19; give at least 20"),
        (_with_examples(20, 1_981), "2,001 examples; at most 2,000"),
        (_with_examples(20).replace('"text 0"', "3"), "not a list of texts"),
        (_with_examples(20).replace('"text 0"', '" "'), "not a list of texts"),
        (_with_examples(20).replace("share = 0.05", "share = 0.0"), "above 0 and up to 0.5"),
        (_with_examples(20).replace("share = 0.05", 'share = "some"'), "above 0 and up to 0.5"),
        (_with_examples(20).replace("share = 0.05", ""), "share"),
        (_with_examples(20).replace("share = 0.05", 'share = 0.05\ntold_by = ["("]'), "ordinary"),
    ],
)
def test_unusable_examples_are_refused_with_the_cause(content: str, named: str) -> None:
    with pytest.raises(RoutingRulesInvalid, match=named):
        parse_rules(content)


def _document(number: int, metadata: Metadata) -> Document:
    return Document(
        document_id=f"d{number}",
        source_path=f"d{number}.md",
        sha256="0" * 64,
        body_sha256="0" * 64,
        metadata=metadata,
        prefix_title=metadata.title,
        sections=(),
    )


@pytest.mark.parametrize(
    ("metadata", "is_health"),
    [
        (Metadata(title="Denosumab", cancer_types=("breast",)), True),
        (Metadata(title="A page", audience_level="patient"), True),
        (Metadata(title="A page", tags=("treatment",)), True),
        (Metadata(title="Bone health"), True),
        (Metadata(title="Invoices", tags=("accounting",), source_type="manual"), False),
    ],
)
def test_metadata_say_whether_a_collection_is_about_health(metadata: Metadata, is_health: bool) -> None:
    assert concerns_health([_document(1, metadata)], default_rules()) is is_health


def test_one_health_page_among_many_others_is_not_enough() -> None:
    pages = [_document(number, Metadata(title="Invoices")) for number in range(9)]
    assert not concerns_health([*pages, _document(9, Metadata(title="Sick leave and health"))], default_rules())
    assert not concerns_health([], default_rules())
