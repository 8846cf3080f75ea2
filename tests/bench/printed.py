"""The texts of a record as HTML, printed by WeasyPrint as PDF/UA: what another way to the same end costs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from weasyprint import HTML

from ehiia.documents.pdf.structure import (
    Block,
    Chart,
    Code,
    Cover,
    Document,
    Heading,
    Items,
    KeyFacts,
    Matrix,
    Notice,
    Paragraph,
    SignatureField,
    Table,
)

STYLE = (
    "body{font-family:Liberation Sans;font-size:10.5pt}table{width:100%}td,th{font-size:9pt;text-align:left}"
)


def printed(document: Document) -> bytes:
    """Return the texts of a document as PDF/UA-1, with headings, lists and tables."""
    body = "".join(text for block in document.blocks for text in _html(block))
    page = f"<html lang=en-GB><head><title>{escape(document.title)}</title><style>{STYLE}</style>"
    made = HTML(string=f"{page}</head><body>{body}</body></html>").write_pdf(pdf_variant="pdf/ua-1")
    assert isinstance(made, bytes)
    return made


def _html(block: Block) -> Iterator[str]:
    match block:
        case Cover(organisation, kind, title, subtitle, verdict):
            yield f"<h1>{escape(title)}</h1>"
            yield from (f"<p>{escape(text)}</p>" for text in (organisation, kind, subtitle, *verdict))
        case Heading(level, text):
            yield f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Paragraph(text):
            yield f"<p>{escape(text)}</p>"
        case Items(items):
            yield f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
        case Notice(title, paragraphs):
            yield from (f"<p>{escape(text)}</p>" for text in (title, *paragraphs))
        case KeyFacts(facts=facts):
            rows = (f"<tr><th>{escape(fact.name)}<td>{escape(' '.join(fact.value))}</tr>" for fact in facts)
            yield f"<table>{''.join(rows)}</table>"
        case Table():
            yield _table(block)
        case Matrix(table, alternative):
            yield f"<p>{escape(alternative)}</p>{_table(table)}"
        case Chart(title, alternative):
            yield f"<p>{escape(title)}</p><p>{escape(alternative)}</p>{_table(block.table())}"
        case Code(title, code, how):
            yield from (f"<p>{escape(text)}</p>" for text in (title, code, *how))
        case SignatureField(heading=heading, detail=detail):
            yield f"<p>{escape(heading)}</p><p>{escape(detail)}</p>"
        case _:
            return


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column.title)}" for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{'<br>'.join(escape(line.text) for line in cell.lines)}" for cell in row)
        for row in table.rows
    )
    return f"<table><caption>{escape(table.caption)}</caption><thead><tr>{head}</thead><tbody>{rows}</table>"
