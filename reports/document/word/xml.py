"""Small pieces of WordprocessingML as text. Word is strict about the order of children: everything is written in the
order of the schema (ISO/IEC 29500-1), and tests/document/test_word.py holds it."""

from __future__ import annotations

from xml.sax.saxutils import escape

ROOT = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)


def run(text: str, face: str = "") -> str:
    """A run of text; ``face`` is the id of a character style. The hint keeps “ ” — … in the Chinese face."""
    style = f'<w:rStyle w:val="{face}"/>' if face else ""
    body = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(text).split("\n"))
    return (
        f'<w:r><w:rPr>{style}<w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{body}</w:t></w:r>'
        if text
        else ""
    )


def paragraph(style: str, content: str, **properties: str) -> str:
    """A paragraph of a style. ``properties`` are further children of pPr by name, each as its XML."""
    further = "".join(properties[name] for name in ORDER if name in properties)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{further}</w:pPr>{content}</w:p>'


# Children of pPr this renderer writes itself, in the order of the schema.
ORDER = ("keepNext", "keepLines", "pageBreakBefore", "tabs", "spacing", "ind", "jc", "outlineLvl", "sectPr")
KEEP = "<w:keepNext/>"
BREAK = "<w:pageBreakBefore/>"


def indent(*, left: float = 0, right: float = 0, first: float = 0) -> str:
    """``w:ind`` in twips; a negative ``first`` hangs."""
    hang = f'w:hanging="{round(-first)}"' if first < 0 else f'w:firstLine="{round(first)}"'
    return f'<w:ind w:left="{round(left)}" w:right="{round(right)}" {hang}/>'
