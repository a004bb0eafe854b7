"""A file shaped like a PubMed baseline file, with invented records, for measuring ingestion.

The structure is that of NLM's PubMed DTD (PubmedArticleSet): structured and plain abstracts, MeSH,
publication types, affiliations, history, identifiers, reference lists, a few notices. The words are
generated, with the frequencies of a language (Zipf); no record exists, and PMIDs count up from
90,000,001, where none is assigned.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

FIRST_PMID = 90_000_001

_SYLLABLES = (
    "al an ar be bi ca ce co cy da de di do e fa fi ga gen glo he hy in la le li lo ma me mi mo my "
    "na ne no o pa pe phi pro ra re ri ro sa se sis so ta te ti tion to tri u va ve xi zy"
).split()
_CLINICAL = (
    "terlipressin albumin cirrhosis creatinine ascites hepatorenal kidney injury liver failure "
    "noradrenaline mortality survival encephalopathy lactulose rifaximin bilirubin transplantation "
    "varices bleeding sepsis placebo patients treatment response reversal serum portal pressure"
).split()
_LINK = "the of and in with to for was were by at from on or as after than between during".split()
_MESH = (
    "Humans",
    "Male",
    "Female",
    "Adult",
    "Aged",
    "Middle Aged",
    "Animals",
    "Rats",
    "Liver Cirrhosis",
    "Hepatorenal Syndrome",
    "Acute Kidney Injury",
    "Hepatic Encephalopathy",
    "Liver Failure, Acute",
    "Terlipressin",
    "Albumins",
    "Treatment Outcome",
    "Retrospective Studies",
    "Prospective Studies",
    "Creatinine",
    "Ascites",
    "Severity of Illness Index",
    "Hypertension, Portal",
)
_TYPES = (
    ("Journal Article",),
    ("Journal Article", "Research Support, Non-U.S. Gov't"),
    ("Journal Article", "Randomized Controlled Trial", "Multicenter Study"),
    ("Journal Article", "Review"),
    ("Journal Article", "Meta-Analysis", "Systematic Review"),
    ("Journal Article", "Observational Study"),
    ("Case Reports", "Journal Article"),
    ("Letter",),
)
_TYPE_WEIGHTS = (40, 20, 6, 14, 4, 6, 6, 4)
_LABELS = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write(path: Path, records: int, seed: int) -> None:
    """Write `records` records to `path`, the same for the same seed; gzipped if it ends in .gz."""
    with _opened(path) as file:
        file.write(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<!DOCTYPE PubmedArticleSet SYSTEM "http://dtd.nlm.nih.gov/ncbi/pubmed/out/'
            'pubmed_250101.dtd">\n<PubmedArticleSet>\n'
        )
        for record in _records(records, random.Random(seed)):
            file.write(record)
        file.write("</PubmedArticleSet>\n")


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", compresslevel=6)
    return path.open("w", encoding="utf-8")


def _records(count: int, rng: random.Random) -> Iterator[str]:
    words = _Words(rng)
    for number in range(count):
        yield _record(FIRST_PMID + number, rng, words)


class _Words:
    """Words in the frequencies of a natural text, as sentences with figures."""

    def __init__(self, rng: random.Random, size: int = 20_000) -> None:
        self._rng = rng
        made = {"".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(size)}
        self._all = [*_LINK, *_CLINICAL, *sorted(made)]
        self._cumulative = list(accumulate(1 / rank for rank in range(3, len(self._all) + 3)))

    def draw(self, count: int) -> list[str]:
        return self._rng.choices(self._all, cum_weights=self._cumulative, k=count)

    def sentence(self) -> str:
        rng = self._rng
        words = self.draw(rng.randint(9, 26))
        if rng.random() < 0.4:
            words.insert(rng.randrange(len(words)), self._figure())
        text = " ".join(words)
        return f"{text[0].upper()}{text[1:]}."

    def text(self, sentences: int) -> str:
        return escape(" ".join(self.sentence() for _ in range(sentences)))

    def marked_up(self, sentences: int) -> str:
        """A text in which a figure carries an index, as one abstract in eight does."""
        text = self.text(sentences)
        if self._rng.random() < 0.12:
            text += " Platelets were 45 × 10<sup>9</sup>/L with CO<sub>2</sub> <i>in vivo</i>."
        return text

    def _figure(self) -> str:
        rng = self._rng
        n = rng.randint(20, 400)
        k = rng.randint(1, n)
        return rng.choice(
            (
                f"({100 * k / n:.1f}% of {n} patients; p<0.{rng.randint(1, 99):03})",
                f"{rng.randint(1, 9)}.{rng.randint(0, 99):02} mg/dL",
                f"({k}/{n}; 95% CI, {rng.random():.2f} to {1 + rng.random():.2f})",
                f"≥{rng.randint(1, 40)} µmol/L",
            )
        )


def _record(pmid: int, rng: random.Random, words: _Words) -> str:
    year = rng.randint(1990, 2025)
    month = rng.randint(1, 12)
    day = rng.randint(1, 28)
    types = rng.choices(_TYPES, _TYPE_WEIGHTS)[0]
    doi = f"10.5555/invented.{pmid}"
    title = escape(" ".join(words.draw(rng.randint(7, 16))).capitalize())
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}'
        f"</PMID>{_date('DateCompleted', year, month, day)}{_date('DateRevised', year, 12, day)}"
        '<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">0000-0000</ISSN>'
        f'<JournalIssue CitedMedium="Internet"><Volume>{rng.randint(1, 400)}</Volume>'
        f"<Issue>{rng.randint(1, 24)}</Issue><PubDate><Year>{year}</Year>"
        f"<Month>{_MONTHS[month - 1]}</Month></PubDate></JournalIssue>"
        f"<Title>Invented journal {pmid % 300}</Title>"
        f"<ISOAbbreviation>Invent J {pmid % 300}</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{title}.</ArticleTitle>"
        f"<Pagination><MedlinePgn>{pmid % 900}-{pmid % 900 + 9}</MedlinePgn></Pagination>"
        f'<ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID>'
        f"{_abstract(rng, words)}{_authors(rng, words)}<Language>eng</Language>"
        f"<PublicationTypeList>{_types(types)}</PublicationTypeList></Article>"
        "<MedlineJournalInfo><Country>Nowhere</Country><MedlineTA>Invent J</MedlineTA>"
        f"</MedlineJournalInfo><CitationSubset>IM</CitationSubset>{_notice(rng, pmid)}"
        f"{_mesh(rng)}</MedlineCitation><PubmedData><History>"
        f"{_date('PubMedPubDate', year, month, day)}</History>"
        "<PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="doi">{doi}</ArticleId>'
        f"</ArticleIdList>{_references(rng, words)}</PubmedData></PubmedArticle>\n"
    )


def _date(tag: str, year: int, month: int, day: int) -> str:
    return f"<{tag}><Year>{year}</Year><Month>{month:02}</Month><Day>{day:02}</Day></{tag}>"


def _abstract(rng: random.Random, words: _Words) -> str:
    kind = rng.random()
    if kind < 0.1:
        return ""
    if kind < 0.45:
        plain = words.marked_up(rng.randint(5, 11))
        return f"<Abstract><AbstractText>{plain}</AbstractText></Abstract>"
    parts = "".join(
        f'<AbstractText Label="{label}" NlmCategory="{label}">'
        f"{words.marked_up(rng.randint(1, 4))}</AbstractText>"
        for label in _LABELS
    )
    return f"<Abstract>{parts}</Abstract>"


def _authors(rng: random.Random, words: _Words) -> str:
    authors = "".join(
        f'<Author ValidYN="Y"><LastName>{words.draw(1)[0].capitalize()}</LastName>'
        f"<ForeName>{words.draw(1)[0].capitalize()}</ForeName><Initials>{rng.choice('ABCDEF')}"
        f"</Initials><AffiliationInfo><Affiliation>{words.text(1)}</Affiliation></AffiliationInfo>"
        "</Author>"
        for _ in range(rng.randint(1, 8))
    )
    return f'<AuthorList CompleteYN="Y">{authors}</AuthorList>'


def _types(types: tuple[str, ...]) -> str:
    return "".join(
        f'<PublicationType UI="D000000">{escape(kind)}</PublicationType>' for kind in types
    )


def _mesh(rng: random.Random) -> str:
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D000000" MajorTopicYN="N">{name}</DescriptorName>'
        '<QualifierName UI="Q000000" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading>'
        for name in rng.sample(_MESH, rng.randint(4, 14))
    )
    return f"<MeshHeadingList>{headings}</MeshHeadingList>"


def _notice(rng: random.Random, pmid: int) -> str:
    kind = rng.random()
    if kind > 0.02:
        return ""
    ref_type = "RetractionIn" if kind < 0.002 else "ErratumIn"
    return (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{ref_type}">'
        f"<RefSource>Invent J. 2025;1(1):{pmid % 900}</RefSource>"
        f'<PMID Version="1">{pmid + 1}</PMID></CommentsCorrections></CommentsCorrectionsList>'
    )


def _references(rng: random.Random, words: _Words) -> str:
    references = "".join(
        f"<Reference><Citation>{words.text(1)}</Citation></Reference>"
        for _ in range(rng.choice((0, 0, 0, 5, 20)))
    )
    return f"<ReferenceList>{references}</ReferenceList>" if references else ""
