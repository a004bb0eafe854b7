"""The vocabulary: every concept, the everyday words, and what phrases are read as."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from hepatica.ask.lexicon import Lexicon, Stemmer, phrases
from hepatica.evidence.curated import Concept
from hepatica.evidence.knowledge import SHIPPED
from hepatica.evidence.knowledge_files import files, read
from hepatica.evidence.store.analysis import analyse

CONCEPTS = {path.stem: read(path, Concept, root=SHIPPED) for path in files(SHIPPED / "vocabulary")}
EVERYDAY = (SHIPPED / "everyday.txt").read_text(encoding="utf-8").splitlines()
STEMMER = Stemmer(analyse)
LEXICON = Lexicon(
    CONCEPTS,
    phrases(CONCEPTS.values(), STEMMER, frozenset(EVERYDAY)),
    stemmer=STEMMER,
    everyday=frozenset(EVERYDAY),
)

DEFINED = {"condition", "drug", "procedure", "score", "molecule", "assay", "test"}
LONGEST_DEFINITION = 35

SHARED = {
    "lvp": "large-volume paracentesis at the bedside, lysine-vasopressin in pharmacology",
    "revers": "REVERSE, the trial, only in capitals; reverse and reversal are of the syndrome",
}
"""Words of two concepts, as the index has them, and why neither can give them up."""

CODES = {
    "loinc": r"\d{1,5}-\d",
    "atc": r"[A-Z]\d{2}[A-Z]{2}\d{2}",
    "rxnorm": r"\d+",
    "hgnc": r"\d+",
    "entrez": r"\d+",
    "omim": r"\d{6}",
    "uniprot": r"[OPQ]\d[A-Z\d]{3}\d",
    "refseq": r"NM_\d{6,}",
    "dbsnp": r"rs\d+",
    "nct": r"NCT\d{8}",
}


@pytest.mark.parametrize("concept", CONCEPTS.values(), ids=CONCEPTS)
def test_a_concept_is_complete_and_refers_to_concepts_that_exist(concept: Concept) -> None:
    assert CONCEPTS[concept.id] is concept, "the id is the name of the file"
    assert set(concept.broader) <= CONCEPTS.keys()
    assert concept.id not in LEXICON.with_broader(concept.broader), "a concept above itself"
    lower = [word.lower() for word in concept.words]
    assert len(lower) == len(set(lower)), "a word given twice"
    if concept.kind in DEFINED:
        assert concept.definition
    if concept.definition:
        assert concept.definition.endswith(".")
        assert len(concept.definition.split()) <= LONGEST_DEFINITION
    for system, codes in concept.codes.items():
        assert all(re.fullmatch(CODES[system], code) for code in codes)


@pytest.mark.parametrize("concept", CONCEPTS.values(), ids=CONCEPTS)
def test_every_word_of_a_concept_is_read_as_that_concept(concept: Concept) -> None:
    for word in (concept.name, *concept.words):
        assert concept.id in named(word), word


@pytest.mark.parametrize("system", ["loinc", "atc", "hgnc", "uniprot", "nct"])
def test_no_code_belongs_to_two_concepts(system: str) -> None:
    owners = [
        (code, concept.id)
        for concept in CONCEPTS.values()
        for code in concept.codes.get(system, ())
    ]
    assert owners
    assert len({code for code, _ in owners}) == len(owners)


def test_no_word_belongs_to_two_concepts_unless_a_reason_is_given() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for concept in CONCEPTS.values():
        for word in (concept.name, *concept.words):
            owners[" ".join(token.stem for token in LEXICON.tokens(word))].add(concept.id)
    assert {word for word, concepts in owners.items() if len(concepts) > 1} == SHARED.keys()


def test_everyday_words_are_lower_case_unique_and_sorted() -> None:
    assert sorted(set(EVERYDAY)) == EVERYDAY
    assert len(EVERYDAY) >= 2_500
    assert [word for word in EVERYDAY if word != word.lower() or not word.isalpha()] == []


def test_an_everyday_word_is_a_word_of_a_concept_only_when_that_is_an_abbreviation() -> None:
    single = {
        tokens[0].surface.lower(): concept.id
        for concept in CONCEPTS.values()
        for word in (concept.name, *concept.words)
        if len(tokens := LEXICON.tokens(word)) == 1 and not tokens[0].surface.isupper()
    }
    assert {word: single[word] for word in EVERYDAY if word in single} == {}


@pytest.mark.parametrize(
    "word",
    """pregnancy dental mole cast stone disability warfarin diet statin vaccine surgery insurance
    asthma cancer cough fever pain blood heart lung skin eye brain bone cell virus flight tax dog
    football malaria kidney liver gene stroke cream tooth""".split(),
)
def test_a_word_that_carries_a_subject_is_not_everyday(word: str) -> None:
    assert word not in LEXICON.everyday


@pytest.mark.parametrize(
    "word",
    """husband tonight formulary worried website says true really inpatient knock patient trial
    study figure evidence recommend guideline protocol ward start continue percent compare
    literature reconcile he aid tips peg has confirm answer""".split(),
)
def test_a_word_that_carries_no_subject_is_everyday(word: str) -> None:
    assert word in LEXICON.everyday


def named(text: str) -> set[str]:
    return {mention.concept for mention in LEXICON.mentions(LEXICON.tokens(text))}


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("hepatorenal syndrome", "hepatorenal-syndrome"),
        ("hepato-renal syndrome", "hepatorenal-syndrome"),
        ("treatment of HRS", "treatment hepatorenal-syndrome"),
        ("what to do in hrs", "hepatorenal-syndrome"),
        ("within 48 hrs", ""),
        ("HRS-AKI", "hrs-aki"),
        ("AKI-HRS", "hrs-aki"),
        ("HRS type 1", "hrs-1"),
        ("type 1 hepatorenal syndrome", "hrs-1"),
        ("type 2 HRS", "hrs-naki"),
        ("kidney failure caused by liver disease", "hepatorenal-syndrome"),
        ("his kidneys are shutting down", "kidney-failure"),
        ("acute tubular necrosis", "acute-tubular-necrosis"),
        ("he has HE", "hepatic-encephalopathy"),
        ("He has it", ""),
        ("a second overt HE episode", "he-recurrence"),
        ("minimal hepatic encephalopathy", "covert-he"),
        ("ALF", "acute-liver-failure"),
        ("acute-on-chronic liver failure", "aclf"),
        ("ACLF grade 3", "aclf-grade"),
        ("fluid in my belly", "ascites"),
        ("diuretic-resistant ascites", "refractory-ascites"),
        ("infected belly fluid", "spontaneous-bacterial-peritonitis"),
        ("scarring of the liver", "cirrhosis"),
        ("severe alcoholic hepatitis", "alcohol-related-hepatitis"),
        ("non-alcoholic fatty liver disease", "masld"),
        ("NASH cirrhosis", "mash-cirrhosis"),
        ("primary biliary cirrhosis", "primary-biliary-cholangitis"),
        ("oesophageal variceal haemorrhage", "variceal-bleeding"),
        ("esophageal variceal hemorrhage", "variceal-bleeding"),
        ("hyponatremia", "hyponatraemia"),
        ("hypoxaemia", "hypoxia"),
        ("hypoxemic", "hypoxia"),
        ("pulmonary edema", "pulmonary-oedema"),
        ("water on the lungs", "pulmonary-oedema"),
        ("ischemia", "ischaemia"),
        ("angina", "coronary-disease"),
        ("Tylenol overdose", "paracetamol-overdose"),
        ("acetaminophen", "paracetamol"),
        ("Terlivaz", "terlipressin"),
        ("Glypressin", "terlipressin"),
        ("Levophed", "noradrenaline"),
        ("norepinephrine", "noradrenaline"),
        ("midodrine/octreotide", "midodrine-octreotide"),
        ("Sandostatin", "octreotide"),
        ("Xifaxan", "rifaximin"),
        ("Advil", "ibuprofen"),
        ("water tablets", "diuretic"),
        ("frusemide", "furosemide"),
        ("N-acetyl cysteine", "n-acetylcysteine"),
        ("faecal microbiota transplantation", "fmt"),
        ("stool transplant", "fmt"),
        ("PEG 3350", "polyethylene-glycol"),
        ("a peg", ""),
        ("useful tips", ""),
        ("TIPS", "tips"),
        ("a new liver", "liver-transplant"),
        ("simultaneous liver-kidney transplantation", "slk"),
        ("off the transplant list", "transplant-list"),
        ("haemofiltration", "crrt"),
        ("a line in the neck", "central-line"),
        ("MAP of 65", "mean-arterial-pressure"),
        ("a road map", ""),
        ("pulse oximetry", "spo2"),
        ("MELD 3.0", "meld-3"),
        ("model for end-stage liver disease", "meld"),
        ("stages of AKI", "ica-aki"),
        ("transplant-free survival", "transplant-free-survival"),
        ("will the kidneys recover", "hrs-reversal"),
        ("shortness of breath", "dyspnoea"),
        ("diarrhoea and diarrhea", "diarrhoea"),
        ("V1a receptor desensitization", "v1a-receptor desensitisation"),
        ("TNF-α", "cytokine"),
        ("β-arrestin", "arrestin"),
        ("IL28B", "ifnl3"),
        ("HLA-B*57:01", "hla"),
        ("NICE", "nice"),
        ("a nice answer", ""),
        ("CONFIRM", "confirm"),
        ("to confirm it", ""),
        ("REVERSE", "reverse hrs-reversal"),
        ("an open-label trial", "study-design"),
        ("how many mg", "dose"),
        ("can I start", "contraindication"),
        ("instead of", "comparison"),
        ("how does it work", "mechanism"),
        ("LVP", "large-volume-paracentesis lysine-vasopressin"),
    ],
)
def test_a_phrase_is_read_as(text: str, concepts: str) -> None:
    assert named(text) == set(concepts.split())


def test_specific_concepts_lead_to_general_ones() -> None:
    assert {"hrs-aki", "hepatorenal-syndrome", "acute-kidney-injury", "cirrhosis"} <= (
        LEXICON.with_broader(["hrs-1"])
    )
    assert {"vasoconstrictor", "vasoactive-drug"} <= LEXICON.with_broader(["terlipressin"])
    assert "nephrotoxin" in LEXICON.with_broader(["ibuprofen"])
