"""Questions about the bench and what each must find; clinical questions that must not show it."""

from __future__ import annotations

import json
import re

import pytest

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine
from hepatica.ask.readability import grade
from hepatica.ask.recheck import load, recheck
from hepatica.errors import CitationError
from hepatica.evidence.model import Citation, Tier
from hepatica.evidence.numbers import numbers
from hepatica.render.saved import dump

BINDING, QPCR, INOSITOL = "v1a-binding", "v1a-mrna-qpcr", "inositol-phosphate"
TROUBLE, MECHANISM, RECURRENCE, MARKERS = "weak-signal", "no-improvement", "recurrence", "markers"

# (question, page, what one of its lines must say)
QUESTIONS = [
    ("How do I measure V1a receptor binding in non-responders?", BINDING, "bench plan"),
    ("protocol for radioligand binding assay", BINDING, "of membrane protein a well"),
    ("What buffer should I use to make receptor membranes?", BINDING, "50 mM Tris-HCl"),
    ("Steps for [3H]SR49059 saturation binding on human artery", BINDING, "a fifth of Kd"),
    ("How many micrograms of membrane protein go into each well?", BINDING, "50 µg"),
    ("Should I fit a Scatchard plot for Bmax?", BINDING, "never fit it"),
    ("Rat liver as positive control for V1a receptor binding?", BINDING, "Rat liver"),
    ("sample size for a binding study in non-responders", BINDING, "bench plan"),
    ("non-specific binding is 60% of total, why?", TROUBLE, "more than 80 % specific"),
    ("Our filters bind a lot of tritium even without tissue", TROUBLE, "Soak the filters"),
    ("Which unlabelled ligand and concentration defines NSB?", TROUBLE, "100 times its Kd"),
    ("Half of my hot ligand ends up bound, is that a problem?", TROUBLE, "fit with depletion"),
    ("How do I know whether 60 minutes is long enough for the radioligand?", TROUBLE, "longer"),
    ("binding counts only 100 cpm above background", TROUBLE, "A low count is no low Bmax"),
    ("Which reference genes for AVPR1A qPCR?", QPCR, "chosen by their stability"),
    ("Biopsy cores: how to stabilise RNA for AVPR1A qPCR", QPCR, "RNA stabilisation solution"),
    ("Are three wells per sample n=3 in qPCR?", QPCR, "n is the number of patients"),
    ("MIQE checklist for receptor mRNA study", QPCR, "bench miqe"),
    ("my qPCR shows high Cq in the no-template control, what do I do?", TROUBLE, "Carry-over"),
    ("Melt curve of my NTC has a low temperature peak", TROUBLE, "Primer dimer"),
    ("The minus-RT wells amplify", TROUBLE, "Treat the RNA with DNase"),
    ("no amplification at all in my TaqMan assay", TROUBLE, "inhibitors carried over"),
    ("my Kd is 10x higher than published", TROUBLE, "a Kd read too early is too high"),
    ("qPCR slope is -4, what now?", TROUBLE, "inhibitors carried over"),
    ("Is GAPDH a good housekeeping gene for biopsies of non-responders?", TROUBLE, "stable"),
    ("how do I label smooth muscle cells with tritiated inositol", INOSITOL, "8 µCi/ml"),
    ("after perchloric acid, what comes next in the inositol phosphate protocol?", INOSITOL,
     "potassium hydroxide"),
    ("Why do I need the anion exchange column, and how is IP1 eluted?", INOSITOL,
     "0.2 M ammonium formate"),
    ("IP1 assay with lithium troubleshooting", TROUBLE, "lithium"),
    ("LiCl concentration for inositol phosphate accumulation", TROUBLE, "3.6 mM lithium"),
    ("neither LVP nor terlipressin raises IP1 in my VSMC", TROUBLE, "lysine-vasopressin"),
    ("what top dose of terlipressin in the IP assay?", TROUBLE, "micromolar range"),
    ("my dose zero wells are very high in the IP assay", TROUBLE, "Free inositol"),
    ("apparent EC50 of vasopressin drifts between 5 and 60 minutes", TROUBLE, "bench timecourse"),
    ("EC50 of terlipressin shifts with incubation time, why?", TROUBLE, "bench timecourse"),
    ("How many patients per group to see a halving of AVPR1A mRNA?", QPCR, "bench plan"),
    ("Which assay shows that terlipressin is not converted to lysine-vasopressin?", MECHANISM,
     "missing conversion"),
    ("receptor number normal but IP response low: what does it mean?", MECHANISM,
     "a time course tells"),
    ("Bmax down 60%, mRNA normal, what mechanism?", MECHANISM, "the loss lies after transcription"),
    ("mRNA and Bmax both down in non-responders, interpretation?", MECHANISM,
     "blocks several cytokines"),
    ("Ki of LVP higher in non-responders: what does that mean?", MECHANISM, "Sequence AVPR1A"),
    ("how do I test whether terlipressin is converted to lysine vasopressin in vitro?", MECHANISM,
     "missing conversion"),
    ("Western blot of GRK2 in non-responders", MECHANISM, "(assumed)"),
    ("TNF-alpha ELISA in plasma of non-responders, how do I measure it?", MECHANISM,
     "bench elisa"),
    ("which assay next when mRNA and Bmax are unchanged?", MECHANISM, "Receptor number"),
    ("washout experiment for receptor recovery, which times?", RECURRENCE, "short times"),
    ("loss of response during terlipressin infusion in rats: how to study the receptor?",
     RECURRENCE, "continuous agonist"),
    ("which markers should I measure for terlipressin resistance and how?", MARKERS, "bench elisa"),
    ("cell model for terlipressin resistance", MECHANISM, "at least three non-responders"),
    ("Which V1a receptor assay shows terlipressin resistance?", MARKERS, "saturation binding"),
]  # fmt: skip

CLINICAL = [
    "What are the treatment options for hepatorenal syndrome?",
    "Patient does not respond to terlipressin, what do I do?",
    "Kidney function does not improve on terlipressin: what is wrong?",
    "Why does terlipressin stop working?",
    "HRS came back after terlipressin was stopped, what next?",
    "Which biomarkers predict response to terlipressin?",
    "How is response to terlipressin measured?",
    "What is the affinity of terlipressin for the V1a receptor?",
    "By which mechanisms might patients with HRS be resistant to terlipressin?",
    "How much terlipressin do I give on day 4?",
    "How do I run a terlipressin infusion?",
    "HCV RNA PCR negative after treatment, what do I do next?",
    "HBV DNA qPCR protocol for monitoring on entecavir",
    "ELISA for anti-mitochondrial antibody in PBC, how do I interpret it?",
    "Western blot for HIV before transplant",
    "ELISA test positive, what now?",
    "my CT scan shows a nodule, what now?",
    "dipeptidyl peptidase-4 inhibitors in cirrhosis",
    "reverse transcriptase inhibitor and lactic acidosis",
    "does terlipressin work in mice",
    "desensitisation to terlipressin: should I stop?",
    "premature rupture of membranes in a woman with cirrhosis",
    "label dose of Terlivaz",
    "How do I measure portal pressure, step by step?",
    "What is the protocol for albumin after paracentesis?",
    "LVP of 8 litres: how much albumin?",
    "lithium level in cirrhosis, how do I monitor?",
    "How do I interpret a high ascitic neutrophil count?",
    "should I measure NGAL to separate HRS from ATN?",
    "urine sodium low and creatinine normal: what does it mean?",
    "In vitro fertilisation in a woman with cirrhosis",
    "extracorporeal membrane oxygenation in liver failure protocol",
    "experimental drug treatment for terlipressin-resistant HRS",
    "blood culture contamination, what do I do?",
    "Which controls are needed before a liver biopsy?",
    "TNF-alpha inhibitors in alcoholic hepatitis",
    "non-responder after 4 days, stop terlipressin?",
    "mean arterial pressure target on noradrenaline, how do I measure it?",
]

ELSEWHERE = [
    "radioligand binding protocol for the dopamine D2 receptor",
    "V2 receptor binding assay with tolvaptan",
    "Western blot of tau protein in Alzheimer brain",
    "qPCR for SARS-CoV-2",
    "patch clamp protocol in smooth muscle cells",
    "CRISPR knockout of AVPR1A in mice",
    "flow cytometry of monocytes in ACLF",
]


def said(answer: Answer) -> str:
    return "\n".join(line.text for page in answer.bench for line in page.lines)


@pytest.mark.parametrize(("question", "page", "words"), QUESTIONS)
def test_a_question_about_the_bench_finds_its_page(
    engine: Engine, question: str, page: str, words: str
) -> None:
    answer = engine.ask(question)
    assert not answer.abstained
    found = {shown.id: shown for shown in answer.bench}
    assert page in found, list(found)
    lines = "\n".join(line.text for line in found[page].lines)
    assert words in lines
    assert found[page].command.startswith(f"hepatica guide {page}")


@pytest.mark.parametrize("question", CLINICAL)
@pytest.mark.parametrize("reader", [Reader.CLINICIAN, Reader.PATIENT])
def test_a_clinical_question_shows_no_bench(engine: Engine, question: str, reader: Reader) -> None:
    answer = engine.ask(question, reader=reader)
    assert answer.bench == ()
    assert '"bench"' not in dump(answer)


@pytest.mark.parametrize("question", ELSEWHERE)
def test_a_method_for_something_else_shows_no_bench(engine: Engine, question: str) -> None:
    assert engine.ask(question).bench == ()


@pytest.mark.parametrize("reader", list(Reader))
@pytest.mark.parametrize("question", [question for question, _, _ in QUESTIONS])
def test_every_line_stands_in_the_store(engine: Engine, question: str, reader: Reader) -> None:
    answer = engine.ask(question, reader=reader)
    assert answer.dropped == 0
    report = recheck(load(dump(answer).encode()), engine.store)
    assert report.faults == ()
    for page in answer.bench:
        for line in page.lines:
            record = line.citation.record
            source = engine.store.source(record.source_id, record.source_version)
            assert source.text[record.start : record.end] == line.text
            assert source.curated


@pytest.mark.parametrize("question", [question for question, _, _ in QUESTIONS])
def test_no_figure_of_a_step_is_without_an_origin(engine: Engine, question: str) -> None:
    for page in engine.ask(question, reader=Reader.RESEARCHER).bench:
        for line in page.lines:
            text = re.sub(r"\[3H\]|V1[aA]|SR49059|`[^`]*`|[A-Za-z][A-Za-z-]*\d\S*", "", line.text)
            if numbers(text):
                assert line.source or line.status == "laboratory default", line.text
            if line.role == "evidence":
                assert line.source
                assert line.status in {"seen", "secondary", "assumed"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("text", "Use 5 g."), ("status", "seen"), ("source", "a journal")],
)
def test_a_line_that_was_altered_fails_the_recheck(engine: Engine, key: str, value: str) -> None:
    answer = engine.ask("non-specific binding is 60% of total, why?")
    saved = json.loads(dump(answer))
    saved["bench"][0]["lines"][2][key] = value
    report = recheck(load(json.dumps(saved).encode()), engine.store)
    assert len(report.faults) == 1


def test_a_quote_that_does_not_stand_there_cannot_be_cited(engine: Engine) -> None:
    line = engine.ask("protocol for radioligand binding assay").bench[0].lines[1]
    record = line.citation.record
    source = engine.store.source(record.source_id)
    with pytest.raises(CitationError):
        Citation(source, section=(), start=record.start, end=record.end, quote=f"{line.text} 5 g")


def test_a_question_on_the_method_alone_is_answered_at_the_bench_alone(engine: Engine) -> None:
    answer = engine.ask("my qPCR shows high Cq in the no-template control, what do I do?")
    assert answer.sections == ()
    assert answer.bottom_line == ()
    assert answer.not_found == ()


def test_claims_stand_beside_the_bench_where_they_answer_too(engine: Engine) -> None:
    answer = engine.ask("which markers should I measure for terlipressin resistance and how?")
    assert any("no data in patients with HRS" in line.text for line in answer.bottom_line)
    assert [line.status for line in answer.bench[0].lines if line.role == "marker"] == [
        "assumed"
    ] * 6


def test_the_claims_of_a_branch_are_cited_and_numbered(engine: Engine) -> None:
    answer = engine.ask("what top dose of terlipressin in the IP assay?")
    claims = {claim for page in answer.bench for s in page.statements for claim in s.claims}
    assert "mech-jamil-ki" in claims
    numbered = {reference.number for reference in answer.references}
    assert {ref for statement in answer.statements() for ref in statement.refs} <= numbered


def test_a_patient_reads_one_plain_sentence_and_no_step(engine: Engine) -> None:
    for question, page, _ in QUESTIONS:
        answer = engine.ask(question, reader=Reader.PATIENT)
        for shown in answer.bench:
            assert [line.role for line in shown.lines] == ["plain"], (question, page)
            assert shown.statements == ()


def test_the_plain_sentences_read_easily(engine: Engine) -> None:
    ours = {"protocol", "guide", "markers"}
    for page in engine.prepared.shelf.pages.values():
        if page.kind not in ours:
            continue
        plain = next(piece.text for piece in page.pieces if piece.role == "plain")
        assert grade([sentence for sentence in plain.split(". ") if sentence]) <= 8, plain


def test_narrowing_to_tiers_leaves_our_own_pages_out(engine: Engine) -> None:
    question = "protocol for radioligand binding assay"
    assert engine.ask(question, tiers=[Tier.GUIDELINE]).bench == ()
    assert engine.ask(question, tiers=[Tier.RESEARCH]).bench


def test_the_same_question_gives_the_same_bytes(engine: Engine) -> None:
    for question, _, _ in QUESTIONS[:8]:
        assert dump(engine.ask(question)) == dump(engine.ask(question))


def test_an_abbreviation_is_read_as_the_bench_means_it(engine: Engine) -> None:
    answer = engine.ask("LVP response normal but terlipressin weak in cells of non-responders")
    assert "large-volume-paracentesis" not in answer.subject
    ward = engine.ask("LVP of 8 litres: how much albumin?")
    assert "large-volume-paracentesis" in ward.subject
