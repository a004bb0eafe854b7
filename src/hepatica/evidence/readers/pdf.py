"""PDF files with a text layer: paragraphs and tables in reading order, by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, BinaryIO

from hepatica.errors import MissingExtraError, SourceError, UnsafeSourceError
from hepatica.evidence.model import Design, Document, Rejection, Source
from hepatica.evidence.readers._identity import identifier, source_id, web_address
from hepatica.evidence.readers._text import TextBuilder, one_line
from hepatica.evidence.readers._whole import read_whole
from hepatica.evidence.readers.text import short_title, stated_identifiers

if TYPE_CHECKING:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    from hepatica.evidence.readers._pdf_lines import Line
    from hepatica.evidence.readers._pdf_paragraphs import Paragraph

NAME = "PDF"
PAGES = 3_000

_START = re.compile(rb"(?:\A|[\r\n])%PDF-\d")
# What programs write into the title by themselves.
_NO_TITLE = re.compile(
    r"untitled|microsoft word.*|.*\.(?:docx?|indd|qxd|tex|pdf|rtf|pptx?|xlsx?)|\S*", re.IGNORECASE
)
_UNKNOWN_SHARE = 0.05
_DOI_IN_METADATA = re.compile(rb"<(prism:doi|pdfx:doi)>\s*(10\.[^<\s]{3,200})\s*</\1>")
_DOI_IN_SUBJECT = re.compile(r"\bdoi:\s*(10\.\d{4,9}/\S+)", re.IGNORECASE)
_TITLE_LENGTHS = range(8, 400)


def matches(head: bytes, name: str) -> bool:
    """Whether a line near the start is the header of a PDF."""
    return bool(_START.search(head[:1024]))


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """One document; the section of a passage is the page on which it starts.

    Needs the extra `pdf`. Raises SourceError for an encrypted or damaged file, for one without a
    text layer, and where its fonts do not say which characters they draw.
    """
    data = read_whole(stream, origin=origin)
    try:
        import pypdfium2 as pdfium
    except ImportError as error:
        raise MissingExtraError(what=f"{origin}: reading PDF", extra="pdf") from error
    file = _open(data, origin=origin)
    try:
        pages = _pages(file, origin=origin)
        metadata = {key: one_line(value) for key, value in file.get_metadata_dict().items()}
    except pdfium.PdfiumError as error:
        raise SourceError(
            f"{origin}: the PDF is damaged ({error}); expected a file that a viewer can open"
        ) from error
    finally:
        file.close()
    yield _document(pages, metadata, data, origin)


def _open(data: bytes, *, origin: str) -> pdfium.PdfDocument:
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise SourceError(
                f"{origin}: the PDF is encrypted; save a copy without the password first"
            ) from error
        raise SourceError(
            f"{origin}: the PDF is damaged or cut short ({error}); download or copy it again"
        ) from error
    if len(file) > PAGES:
        pages = len(file)
        file.close()
        raise UnsafeSourceError(f"{origin}: {pages} pages, at most {PAGES} are read; split it")
    return file


def _pages(file: pdfium.PdfDocument, *, origin: str) -> list[list[list[Line]]]:
    from hepatica.evidence.readers._pdf_columns import reading_order
    from hepatica.evidence.readers._pdf_lines import runs
    from hepatica.evidence.readers._pdf_page import UNKNOWN, page_chars

    pages = []
    seen = unknown = 0
    for number in range(len(file)):
        page = file[number]
        chars = page_chars(page, origin=f"{origin}, page {number + 1}")
        page.close()
        seen += len(chars)
        unknown += sum(char.text == UNKNOWN for char in chars)
        pages.append(reading_order(runs(chars, origin=f"{origin}, page {number + 1}")))
    if not seen:
        raise SourceError(
            f"{origin}: the PDF has no text layer, only pictures of its {len(pages)} pages; run "
            "OCR on it first"
        )
    if unknown > _UNKNOWN_SHARE * seen:
        raise SourceError(
            f"{origin}: the fonts do not say what {unknown} of {seen} characters are; print the "
            "PDF to images and run OCR on them"
        )
    return pages


def _document(
    pages: list[list[list[Line]]], metadata: dict[str, str], data: bytes, origin: str
) -> Document:
    from hepatica.evidence.readers._pdf_margins import without_margins
    from hepatica.evidence.readers._pdf_paragraphs import join_over_breaks, paragraphs
    from hepatica.evidence.readers._pdf_text import running_text, table_rows, words_of

    cut: list[Paragraph] = []
    for number, groups in enumerate(without_margins(pages), start=1):
        cut += paragraphs(groups, page=number)
    found = join_over_breaks(cut)
    words = words_of(found)
    titled = _title_paragraph(found)
    builder = TextBuilder()
    for paragraph in found:
        section = (f"Page {paragraph.page}",)
        if paragraph.is_table:
            builder.add_table(table_rows(paragraph), section=section)
        else:
            kind = "title" if paragraph is titled else "text"
            builder.add(running_text(paragraph, words), section=section, kind=kind)
    first_page = "\n".join(line.text for group in pages[0] for line in group)
    identifiers = _identifiers(first_page, metadata, data)
    printed = one_line(running_text(titled, words)) if titled else ""
    source = Source(
        id=source_id(identifiers, data),
        title=_title(metadata.get("Title", ""), printed, first_page) or short_title(builder.text),
        text=builder.text,
        design=Design.NARRATIVE,
        authors=metadata.get("Author") or None,
        identifiers=identifiers,
        url=web_address(origin),
    )
    return Document(source=source, passages=builder.passages)


def _title_paragraph(found: list[Paragraph]) -> Paragraph | None:
    """The paragraph in the largest letters of the first page, when they are larger than most."""
    first = [part for part in found if part.page == found[0].page and not part.is_table]
    fitting = [p for p in first if sum(len(line.text) for line in p.lines) in _TITLE_LENGTHS]
    if not fitting:
        return None
    usual = median(line.height for part in found for line in part.lines)
    largest = max(fitting, key=lambda part: part.height)
    return largest if largest.height > 1.15 * usual else None


def _title(stated: str, printed: str, first_page: str) -> str:
    """The title in the metadata where the first page shows it, else the one printed largest."""
    if _NO_TITLE.fullmatch(stated):
        return printed
    return stated if not printed or _letters(stated) in _letters(first_page) else printed


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _identifiers(first_page: str, metadata: dict[str, str], data: bytes) -> dict[str, str]:
    stated = {found[2].decode("ascii", "replace") for found in _DOI_IN_METADATA.finditer(data)}
    stated |= set(_DOI_IN_SUBJECT.findall(metadata.get("Subject", "")))
    dois = {doi for value in stated if (doi := identifier("doi", value))}
    found = stated_identifiers(first_page)
    return found | {"doi": dois.pop()} if len(dois) == 1 else found
