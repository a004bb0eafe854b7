"""Sentences: a table of hard cases, properties, and speed on hostile text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hepatica.evidence.sentences import split

# Each case is a text with "¦" where one sentence ends and the next begins.
CASES = """
SCr was ≥2.25 mg/dL.¦ It doubled.
Serum creatinine (SCr) ≥2. 25 mg/dL and meeting a trajectory was required.
The rate fell to 2. 25 mg/dL was seen.
Creatinine fell from 3.5 to 1.5 mg/dL.¦ Then 0.85 mg was given.
It fell by 1,000.5 mL.¦ It rose.
The ratio was 2.5:1.¦ Common signs were rare.
p = .03 was found.¦ The P value was <.001.¦ No death occurred.
P<.05.¦ Results were clear.
OR 1.2 (95% C.I. 1.1-1.3).¦ It held.
Give 1 mg i.v. every 6 h.¦ If creatinine falls, stop.
Give 2 g i.v.¦ Then wait, i.v. or orally.
Rifaximin 550 mg b.i.d. was used.¦ It helped.
Lactulose 30 mL q.d.¦ The dose was raised.
Midodrine 7.5 mg p.o. t.i.d. with octreotide 100 mcg s.c. t.i.d. was tried.
Given i.v. 2 mg at a time.
Angeli et al. reported this.¦ They were right.
Angeli et al. [2004] reported this.
Angeli et al. (2004) reported this.
As shown by Angeli et al. Terlipressin works.
Terlipressin vs. placebo.¦ It won.
Vit. K 10 mg was given.¦ Bleeding stopped.
Inj. Terlipressin 1 mg and Tab. Midodrine 7.5 mg were given.¦ Then stop.
It was 82% vs. 67% of them.
See Fig. 2 for more.¦ See Figs. 3 and 4.
See Suppl. Table 3 and Suppl. Fig. S2 for it.
Suppl. Table 3 shows it.
Table 1. Baseline characteristics of all.
Fig. 2. Survival by arm.¦ Bars are errors.
Figure 3. The flow of patients.
E. coli grew.¦ S. aureus did not.
Growth of E. coli and K. pneumoniae was seen.
Clostridium spp. were found.¦ Candida spp.¦ However, these were rare.
Give albumin, e.g. 20 g.¦ Stop it, i.e. Terlipressin.
Drugs (e.g. Terlipressin, i.e. A drug) exist.
Dr. Able and Prof. Baker led it.¦ Ms. Cane helped.
It took 5 ms.¦ Then it stopped.
Use No. 5 of them.¦ The answer was no.¦ Five died.
It was approx. 5 patients, ca. 20%, cf. Table 2.
St. Mary's Hospital took part.¦ So did St. Louis.
By J. Smith and A. B. Able.¦ It was good.
The University of Texas M. D. Anderson Center took part.
Treated by J.-P. Able before.
Hepatitis B.¦ Patients with it were left out.
They had hepatitis C.¦ Half of them died.
They took vitamin K.¦ Bleeding stopped.
It is of type A.¦ Botulinum toxin is not its name.
We lowered LDL-C.¦ Inclisiran did it.
It was 9.0 mmol/L.¦ Outcomes were good.
It rose to 5 L.¦ Albumin was given.
Cell lines had topoisomerase I.¦ Luteolin blocks it.
Child-Pugh C.¦ Cirrhosis was common.
It was 37 °C.¦ Then it rose.
U.S. Food and Drug Administration approved it.
It is sold in the U.S.¦ The price is high.
Mallinckrodt Inc. Ireland made it.¦ It is sold by Able Ltd.¦ The price is high.
N. Engl. J. Med. 2021 published it.
At 10 a.m. it rose.¦ At 8 p.m.¦ Then it fell.
See vol. 3, no. 2, pp. 5-9.¦ It is there.
On Jan. 5 it began.¦ It ended in Dec.¦ Nobody knew.
Response was noted.1¦ Follow-up was short.
Response was noted.1,2¦ Follow-up was short.
Response was noted.12–14¦ Follow-up was short.
Response was seen in 36%.12¦ Follow-up was short.
Response was noted.¹²¦ Follow-up was short.
Response was noted.¹²,¹³¦ Follow-up was short.
Response was noted.[1]¦ Follow-up was short.
Response was noted. [1,2]¦ Follow-up was short.
Receptors are there. [1]¦ These are located.[2][3]¦ This is next. [4] [5]
By the most recent study 1.¦ The goal is to treat.
He said "stop."¦ Then he left.
He said “stop.”¦ “Why?”¦ Then he left.
It ended (finally.)¦ Then more came.
It ended.¦ (See Table 2.)¦ Then more came.
The cohort (see Fig. 2. Panel A) was old.¦ It was large.
He improved (creatinine fell. Urine rose) later.¦ He left.
Why?¦ Because!¦ Really?!¦ Yes.
Wait...¦ The patient left.
It was ... And so on.
It was stable … Then it fell.¦ It rose.
It was … and so on.
mRNA fell.¦ eGFR rose.¦ p53 was high.¦ pH was low.
It binds.¦ α-Adrenergic drugs work.¦ β2 blockers work.
It was given.¦ ≥5 mg is too much.
It was given. then it stopped without a capital.
See https://doi.org/10.1056/NEJMoa2008290.¦ The trial ended.
See www.example.org/a.b?c=d.¦ It is not there.
Version 3.1.2 was used.¦ Release v2.0.¦ It ran.
Mail a.able@example.org.¦ Then wait.
Criteria: 1. Cirrhosis; 2. Acute kidney injury.¦ Then stop.
1. Give terlipressin.¦ 2. Give albumin.
A. Introduction of it.¦ B. Methods of it.
iv. Fourth item of it.
Trials ended in 2020.¦ 25 patients lived.
It was day 3.¦ 12 patients died.
The score was 25. 5 mg were given.
It held.¦ "Quoted" it was.¦ (Bracketed) it was.
Max. dose was 5 mg.¦ Min. dose was 1 mg.
Drugs, diet, etc.¦ HRS was common.
It contained salt, sugar, etc. and water.
Noradrenaline 0.5-3 mg/h.¦ MAP rose.
Yes.No splitting without white space.
It ended .¦ It began .
Name of the gene is AVPR1A.¦ Its receptor is V1a.¦ V2 is not.
Half of 1 %.¦ Then all.
Das war so.¦ Äpfel und Öl.
"""
LINES = [line for line in CASES.splitlines() if line]

BLOCKS = [
    ("one\n\ntwo", ["one", "two"]),
    ("A wrapped\nparagraph goes\non. Next\none.", ["A wrapped\nparagraph goes\non.", "Next\none."]),
    (
        "of those with a dose of\n2. Then it ended.",
        ["of those with a dose of\n2.", "Then it ended."],
    ),
    ("Options:\n- terlipressin\n- albumin", ["Options:", "- terlipressin", "- albumin"]),
    (
        "Options are\n• 5 mg\n  • 6 mg. Then stop.",
        ["Options are", "• 5 mg", "• 6 mg.", "Then stop."],
    ),
    ("1. One\n2. Two\n3. Three", ["1. One", "2. Two", "3. Three"]),
    ("1. One\n\nIt was of type\n2. Then more.", ["1. One", "It was of type\n2.", "Then more."]),
    ("It is this:\n1) One\n2) Two", ["It is this:", "1) One", "2) Two"]),
    ("A range of 5\n- 6 mg is right.", ["A range of 5\n- 6 mg is right."]),
    (
        "Day | Dose\n1 | 0.5 mg. Stop. Then\n\nText.",
        ["Day | Dose", "1 | 0.5 mg. Stop. Then", "Text."],
    ),
    (
        "Regimen\nDay | Dose |\n| 1 | 2\nText. More.",
        ["Regimen", "Day | Dose |", "| 1 | 2", "Text.", "More."],
    ),
    ("Heading\n \t\nText", ["Heading", "Text"]),
    ("one\r\n\r\ntwo", ["one", "two"]),
    ("(a) First.\n(b) Second.", ["(a) First.", "(b) Second."]),
    ("  \n ", []),
    ("", []),
    (".", ["."]),
    ("...", ["..."]),
    ("no stop at all", ["no stop at all"]),
]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize("marked", LINES)
def test_case(marked: str) -> None:
    assert sentences(marked.replace("¦", "")) == [part.strip() for part in marked.split("¦")]


def test_the_table_is_long() -> None:
    assert len(LINES) >= 80


@pytest.mark.parametrize("marked", LINES)
def test_a_newline_in_running_text_changes_no_border(marked: str) -> None:
    words = marked.replace("¦", "").split(" ")
    for place in range(1, len(words)):
        if re.match(r"[(]?\w{1,4}[.)]$|[-•]", words[place]):
            continue
        wrapped = " ".join(words[:place]) + "\n" + " ".join(words[place:])
        found = [sentence.replace("\n", " ") for sentence in sentences(wrapped)]
        assert found == [part.strip() for part in marked.split("¦")]


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_blocks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def check(text: str) -> None:
    spans = split(text)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        sentence = text[start:end]
        assert sentence == sentence.strip()
        assert split(sentence) == [(0, len(sentence))]
        last = end
    assert not text[last:].strip()
    for number in re.finditer(r"\d[\d.,]*\d", text):
        borders = {place for span in spans for place in span}
        assert borders.isdisjoint(range(number.start() + 1, number.end()))


@given(st.text())
def test_properties_on_any_text(text: str) -> None:
    check(text)


PIECES = st.sampled_from(
    "The|Patients|patients|mg|mg/dL|2.25|≥2|5|1.|2.|25|i.v.|et al.|vs.|Fig.|E.|J.|A.|No.|(|)|.|. |"
    '...|…|?|!|[1]|.1|.¹²|\n|\n\n|\n- |\n• |\n1. |\n2. | | |: |; |,|"|”|U.S.|b.i.d.|h.| \\| |°C.|'
    "mRNA|α-|Table 1.|-|–|x".replace("\\|", "\0").split("|")
)


@settings(max_examples=400)
@given(st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " "])), max_size=40))
@example([("X. 1. a", "\n"), ("2. b", "")])
def test_properties_on_medical_pieces(pieces: list[tuple[str, str]]) -> None:
    check("".join(piece.replace("\0", "|") + space for piece, space in pieces))


HOSTILE = {
    "dots": "." * 250_000,
    "spaced dots": ". " * 125_000,
    "initials": "A. " * 75_000,
    "dotted": "a." * 125_000,
    "parentheses": "(. A" * 62_500,
    "newlines": "\n" * 250_000,
    "list": "1. a\n" * 50_000,
    "numbers": "1. " * 75_000,
    "references": "x.[1] " * 37_500,
    "digits": "x.1," * 62_500,
    "quotes": '."' * 125_000,
    "spaces": "x. " + " " * 250_000 + "Y",
    "mixed lists": "X. 1. a\n2. b. " * 15_000,
    "one word": "x" * 250_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends(name: str) -> None:
    # Quadratic behaviour would take hours here, far past the timeout of every test.
    text, end = HOSTILE[name], 0
    for start, stop in split(text):
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()


def test_real_abstracts_keep_their_properties(shared: Path) -> None:
    import gzip
    import json

    path = shared / "data" / "retrieval" / "pubmedqa" / "corpus.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            check(json.loads(line)["text"])


def test_the_page_that_broke_a_number(shared: Path) -> None:
    text = next((shared / "seeds").glob("000*.txt")).read_text(encoding="utf-8")
    found = [sentence for sentence in sentences(text) if "≥2" in sentence]
    assert len(found) == 1
    assert "(SCr) ≥2. 25 mg/dL and meeting a trajectory" in found[0]
