"""HTML pages become their main text under its headings."""

from __future__ import annotations

import io

import pytest

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Source, Status
from hepatica.evidence.readers import html


def read(page: str | bytes, origin: str = "page.html") -> Document:
    data = page if isinstance(page, bytes) else page.encode()
    (document,) = html.read(io.BytesIO(data), origin=origin)
    assert isinstance(document, Document)
    return document


def blocks(page: str | bytes) -> list[tuple[tuple[str, ...], str, str]]:
    document = read(page)
    text = document.source.text
    return [(p.section, p.kind, text[p.start : p.end]) for p in document.passages]


def texts(body: str) -> list[str]:
    return [text for _, _, text in blocks(f"<html><body>{body}</body></html>")]


ARTICLE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<title>Terlipressin | A journal</title>
<meta name="citation_title" content="Terlipressin for <i>hepatorenal</i> syndrome">
<meta name="citation_author" content="Able, A"><meta name="citation_author" content="Baker, B">
<meta name="citation_journal_title" content="A journal">
<meta name="citation_publisher" content="A publisher">
<meta name="citation_publication_date" content="2021/03/04">
<meta name="citation_doi" content="https://doi.org/10.5555/Example.1">
<meta name="citation_pmid" content="12345678">
<link rel="canonical" href="https://example.org/article">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
<style>p { color: red }</style></head>
<body>
<header><p>Site name</p></header><nav><a href="/">Home</a></nav>
<main>
<h1>Terlipressin for hepatorenal syndrome</h1>
<p>Creatinine ≥2.25&nbsp;mg/dL.</p>
<h2>Methods</h2><p>We gave
 0.85&nbsp;mg every 6&nbsp;h.<sup>12</sup></p>
<h3>Dose</h3>
<table><caption>Regimen</caption><thead><tr><th>Day</th><th>Dose</th></tr></thead>
<tbody><tr><td>1–3</td><td>0.85 mg</td></tr></tbody></table>
<h2>Results</h2><ul><li>Reversal in 29.1%</li><li>Placebo: <ul><li>15.8%</li></ul></li></ul>
<form><label>Search</label><input value="x"><button>Go</button></form>
<h2>References</h2><ol><li>Another work. 2001.</li></ol>
<h2>Funding</h2><p>None.</p>
<script>document.write("no")</script>
</main>
<footer>All rights</footer></body></html>"""


def test_an_article() -> None:
    assert blocks(ARTICLE) == [
        ((), "title", "Terlipressin for hepatorenal syndrome"),
        ((), "text", "Creatinine ≥2.25 mg/dL."),
        (("Methods",), "text", "We gave 0.85 mg every 6 h.¹²"),
        (("Methods", "Dose"), "table", "Regimen\nDay | Dose\n1–3 | 0.85 mg"),
        (("Results",), "text", "• Reversal in 29.1%\n• Placebo:\n  • 15.8%"),
        (("Funding",), "text", "None."),
    ]


def test_what_the_article_states_of_itself() -> None:
    source = read(ARTICLE).source
    assert source.id == "doi:10.5555/example.1"
    assert source.title == "Terlipressin for hepatorenal syndrome"
    assert source.authors == "Able, A; Baker, B"
    assert (source.container, source.issuer) == ("A journal", "A publisher")
    assert (source.published, source.year) == ("2021-03-04", 2021)
    assert source.identifiers == {"doi": "10.5555/Example.1", "pmid": "12345678"}
    assert source.url == "https://example.org/article"
    assert source.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert source.language == "en-gb"
    assert source.status is Status.CURRENT
    assert "Site name" not in source.text
    assert "Methods\n\nWe gave" in source.text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>10<sup>9</sup>/L and SpO<sub>2</sub></p>", ["10⁹/L and SpO2"]),
        ('<p>10<b style="font-size:60%;vertical-align: super">9</b>/L</p>', ["10⁹/L"]),
        ("<p>1<sup>1</sup>/<sub>2</sub> tablets</p>", ["1 1/2 tablets"]),
        ("<p>CO<sub>2</sub>5</p>", ["CO2 5"]),
        ("<p><span>10</span><span>20</span> mg</p>", ["10 20 mg"]),
        ("<p>Terli<b>pres</b>sin 1<i>0</i> mg</p>", ["Terlipressin 10 mg"]),
        ("<p>0.5 mg<br>1 mg</p>", ["0.5 mg\n1 mg"]),
        ("<p>one<br><br>two</p>", ["one", "two"]),
        ("loose<p>inside</p>after", ["loose", "inside", "after"]),
        ("<div>10<div>20</div>30</div>", ["10", "20", "30"]),
        ("<pre>a  b\n  c</pre>", ["a  b\n  c"]),
        ("<ol start=3><li>third<li>fourth</ol>", ["3. third\n4. fourth"]),
        ("<ul><li><p>a</p><p>b</p><li>c</ul>", ["• a b\n• c"]),
        ("<dl><dt>SCr<dd>creatinine<dt>MAP<dd>pressure</dl>", ["SCr: creatinine\nMAP: pressure"]),
        ("<table><tr><td>10<td>20</table>", ["10 | 20"]),
        ("<table><tr><td>5<br>6<td>x</table>", ["5 6 | x"]),
        (
            "<table><tr><td rowspan=2>A<td>1<tr><td>2<tr><td colspan=2>B</table>",
            ["A | 1\nA | 2\nB |"],
        ),
        ("<table><tr><td><p>layout</p><p>only</p></table>", ["layout", "only"]),
        ("<table role=presentation><tr><td>a<td>b</table>", ["a", "b"]),
        ("<math><msup><mn>10</mn><mn>9</mn></msup></math>", ["10⁹"]),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> mg", ["1/2 mg"]),
        ("<p>seen</p><p hidden>no</p><p style='display: none'>no</p>", ["seen"]),
        ("<p>seen</p><p aria-hidden=true>no</p><div role=navigation>no</div>", ["seen"]),
        ("<p>seen</p><!-- no --><template>no</template><svg><text>no</text></svg>", ["seen"]),
        ("<p>a &amp; b &lt;5 &#8805;2.25</p>", ["a & b <5 ≥2.25"]),
        ("<p>bell\x07 \x1b[31mred</p>", ["bell red"]),
        ("<p>\u202egm 5</p>", ["gm 5"]),
    ],
)
def test_blocks(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_a_form_that_wraps_the_page_is_kept() -> None:
    prose = "Terlipressin is given with albumin. " * 60
    assert texts(f"<form><p>{prose}</p><input><select><option>no</select></form>") == [
        prose.strip()
    ]


def test_an_article_element_holds_the_main_text_when_there_is_no_main() -> None:
    page = f"<article><header><h1>T</h1></header><p>{'word ' * 50}</p></article><div>promo</div>"
    assert texts(page) == ["T", ("word " * 50).strip()]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>From the head</title>", "<p>x</p>", "From the head"),
        ("<title>Head</title>", "<h1>From H<sub>1</sub></h1><p>x</p>", "From H1"),
        ("<title>Head</title>", "<h1>One</h1><h1>Two</h1><p>x</p>", "Head"),
        ('<meta property="og:title" content="Shared">', "<p>x</p>", "Shared"),
        ("", "<p>First words</p>", "First words"),
    ],
)
def test_title(head: str, body: str, title: str) -> None:
    assert read(f"<html><head>{head}</head><body>{body}</body></html>").source.title == title


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("RETRACTED ARTICLE: A trial", Status.RETRACTED),
        ("[Retracted] A trial", Status.RETRACTED),
        ("Retraction of a trial", Status.CURRENT),
        ("Why trials are retracted: a review", Status.CURRENT),
    ],
)
def test_status(title: str, status: Status) -> None:
    assert read(f"<title>{title}</title><p>x</p>").source.status is status


def test_id_without_identifiers_is_of_the_bytes() -> None:
    first, second = read("<p>one</p>").source, read("<p>two</p>").source
    assert first.id.startswith("sha:")
    assert len(first.id) == 20
    assert first.id != second.id
    assert read("<p>one</p>", origin="elsewhere.html").source == first


def test_wrong_identifiers_are_left_out() -> None:
    page = (
        '<meta name="citation_doi" content="none"><meta name="citation_pmid" content="x"><p>t</p>'
    )
    assert read(page).source.identifiers == {}


def test_the_address_it_came_from_is_its_url() -> None:
    assert read("<p>x</p>", origin="https://example.org/a").source.url == "https://example.org/a"


@pytest.mark.parametrize(
    "page",
    [
        '<meta charset="windows-1252"><p>20 µg “x”</p>'.encode("cp1252"),
        "<?xml version='1.0' encoding='iso-8859-1'?><html><p>20 µg “x”</p></html>".encode("cp1252"),
        "<p>20 µg “x”</p>".encode("utf-16"),
        '<meta http-equiv=Content-Type content="text/html;charset=utf-8"><p>20 µg “x”</p>'.encode(),
    ],
)
def test_encodings(page: bytes) -> None:
    assert html.matches(page, "x")
    assert blocks(page)[-1][2] == "20 µg “x”"


def test_a_damaged_encoding_is_refused() -> None:
    with pytest.raises(SourceError, match="byte 0xb5 at 28 is no utf-8"):
        read(b'<meta charset="utf-8"><p>20 \xb5g</p>')


@pytest.mark.parametrize(
    "page", ["<html></html>", "<title>T</title>", "<script>x</script>", "<p> </p>", "<!-- -->"]
)
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(SourceError) as error:
        read(page)
    assert "\n" not in str(error.value)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(UnsafeSourceError, match="nested deeper than 256"):
        read("<div>" * 100_000 + "x")


def test_nesting_within_the_limit_is_read() -> None:
    for tag in ("div", "span", "ul><li"):
        depth = 245 if tag != "ul><li" else 120
        assert texts(f"<{tag}>" * depth + "deep")[-1].endswith("deep")


def test_spans_that_multiply_cells_are_refused() -> None:
    row = "<tr>" + "<td rowspan=50 colspan=50>x" * 50
    with pytest.raises(UnsafeSourceError, match="spans"):
        read(f"<table>{row * 50}</table>")


def test_entities_are_not_expanded_from_a_doctype() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><p>a &x; b</p></html>'
    assert "root:" not in read(page).source.text


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"<!doctype html><p>", "x", True),
        (b"\xef\xbb\xbf\n<!-- c --><HTML>", "x", True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">', "x", True),
        (b"<div>fragment</div>", "x", True),
        (b"<p align='center'>", "README.md", False),
        (b"<!doctype html>", "README.md", True),
        (b'<?xml version="1.0"?><article>', "x.html", True),
        (b'<?xml version="1.0"?><PubmedArticleSet>', "x.html", False),
        (b"plain text <p>", "x.html", False),
        (b"<html>\0\0\0", "x", False),
        (b"<!---->" * 2000, "x", False),
        (b"", "x.html", False),
    ],
)
def test_matches(head: bytes, name: str, expected: bool) -> None:
    assert html.matches(head, name) is expected


def test_sources_survive_a_round_trip() -> None:
    import msgspec

    source = read(ARTICLE).source
    assert msgspec.json.decode(msgspec.json.encode(source), type=Source) == source
