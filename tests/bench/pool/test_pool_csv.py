"""Tables of the user's: read, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica.bench.pool.csv_file import read_studies
from hepatica.errors import InputError

GOOD = "study,treatment,events,total\nA,drug,3,10\nA,placebo,5,11\n"


def test_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "\ufeffStudy;Treatment;Events;Total;derived;population\n"
        "A;drug;3;10;yes;adults\nA;placebo;5;11;;adults\n\nB;drug;1;7;no;\nB;placebo;2.0;7;no;\n",
        encoding="utf-8",
    )
    (first, second), notes = read_studies(path)
    assert notes == ()
    assert (first.label, first.population, first.derived) == ("A", "adults", True)
    assert [(a.treatment, a.events, a.total) for a in second.arms] == [
        ("drug", 1, 7),
        ("placebo", 2, 7),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"empty, expected a header: study, treatment, events, total"),
        ("study,treatment,events\nA,x,1\n", r"no column 'total'; .* found 'study'"),
        ("study,treatment,events,total,total\n", r"the column 'total' is there twice"),
        ("study,treatment,events,total\n", r"no lines below the header"),
        (GOOD + "B,drug,3\n", r"line 4: 3 cells, expected 4"),
        (GOOD + ",drug,3,10\n", r"line 4: 'study' is empty; merged cells"),
        (GOOD + "B,,3,10\n", r"line 4: 'treatment' is empty"),
        (GOOD + "B,drug,,10\n", r"line 4: 'events' is '', expected a whole number"),
        (GOOD + "B,drug,3.5,10\n", r"line 4: 'events' is '3.5'"),
        (GOOD + 'B,drug,"3,5",10\n', r"line 4: 'events' is '3,5'"),
        (GOOD + "B,drug,30%,10\n", r"line 4: 'events' is '30%'"),
        (GOOD + "B,drug,-3,10\n", r"line 4: 'events' is '-3'"),
        (GOOD + "B,drug,²,10\n", r"line 4: 'events' is '²'"),
        (GOOD + "B,drug,1e9999,10\n", r"line 4: 'events' is '1e9999'"),
        (GOOD + "B,drug,30,10\n", r"line 4: .*30 events among 10 patients"),
        (GOOD + "B,drug,0,0\n", r"line 4: .*the total is 0"),
        (GOOD + "A,drug,3,10\n", r"line 2: .*'drug' is given twice"),
        (GOOD + "B,Drug,3,10\nB,placebo,4,9\n", r"the treatments 'drug' and 'Drug' differ in case"),
        (GOOD + "a,drug,3,10\n", r"the study labels 'A' and 'a' differ in case or blanks only"),
        (
            "study,treatment,events,total,outcome\nA,drug,1,5,death\nA,placebo,2,6,survival\n",
            r"line 3: 'outcome' is 'survival', but 'death' in another arm of 'A'",
        ),
        (
            "study,treatment,events,total,derived\nA,drug,1,5,maybe\n",
            r"line 2: 'derived' is 'maybe', expected yes or no",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_studies(path)
    assert "\n" not in str(caught.value)


def test_other_encodings_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_studies(path)
    with pytest.raises(InputError, match="cannot read"):
        read_studies(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot read"):
        read_studies(tmp_path)


def test_the_outcome_is_read_and_columns_that_are_not_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "study,treatment,events,total,Outcome,year,blinded\n"
        "A,drug,3,10,death,2001,yes\nA,placebo,5,11,,2001,yes\n",
        encoding="utf-8",
    )
    (study,), notes = read_studies(path)
    assert study.outcome == "death"
    assert notes == ("Columns not used: 'year', 'blinded'.",)
    _, notes = read_studies(path, "year")
    assert notes == ("Columns not used: 'blinded'.",)
