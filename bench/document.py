#!/usr/bin/env python3
"""How long the papers take: CPU seconds of the warm renderer for 12, 50 and 200 pages, the same text set by typst, the same as
Word, and the demo township's stage summary from the records to the file.

    DATA_DIR=… .venv/bin/python bench/document.py [--repeat 3]

Measured is what a worker does: the document goes to the renderer's process and the file comes back; CPU of that process, as
the system counts it. Goals (issue 3): 12 pages 0.6 s, 50 pages 1.5 s, 200 pages 5 s, memory 210 MB and flat over 80
documents, the demo summary with figures and annexes 1.0 s.
typst is the reference because it is the fastest free typesetter that knows Chinese; it is optional (``pip install
typst``), without it the ratio is left out. It sets plain text without tags, so its time is a lower bound and not a
goal. The demo summary is measured where the database of DATA_DIR holds the demo township (``manage.py load_demo``).
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")

from reports.document import bounded, fonts, pdf  # noqa: E402
from reports.document.blocks import Document, Heading, Paragraph  # noqa: E402
from tests.document import sample  # noqa: E402

GOALS = {12: 0.6, 50: 1.5, 200: 5.0}
PARAGRAPHS = {12: 36, 50: 156, 200: 642}  # of the sample content, found by counting pages
TICKS = os.sysconf("SC_CLK_TCK")


def renderer_seconds() -> float:
    """CPU seconds of the renderer's process so far, all of its threads."""
    fields = Path(f"/proc/{bounded.child_id()}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb() -> float:
    """The most memory the renderer's process ever had in use."""
    status = Path(f"/proc/{bounded.child_id()}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def settled() -> float:
    """Its CPU seconds when it has finished tidying up after the last document."""
    before = -1.0
    while (now := renderer_seconds()) != before:
        before = now
        time.sleep(0.1)
    return now


def best(work: Callable[[int], bytes], repeat: int) -> tuple[float, bytes]:
    """Smallest CPU time of several runs (the machine may be busy), and the last result. ``work`` gets the number of the run."""
    times = []
    result = b""
    for run in range(repeat):
        start, other = time.process_time(), settled()
        result = work(run)
        times.append(time.process_time() - start + settled() - other)
    return min(times), result


def pages_of(content: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as file:
        return len(file)


def typst_source(document: Document) -> str:
    """The same text on the same grid in typst's language; tables, charts and signature are left out there."""
    lines = [
        "#let g = 225mm / 22",
        '#set page(paper: "a4", margin: (top: 37mm, bottom: 34.9mm, left: 28mm, right: 26mm), numbering: "— 1 —")',
        '#set text(font: ("GongwenLatin", "GongwenBody", "GongwenFill"), size: 16pt, lang: "zh", region: "cn",',
        '  top-edge: "ascender", bottom-edge: "descender", tracking: -0.21pt, cjk-latin-spacing: none)',
        "#set par(justify: true, first-line-indent: (amount: 2em, all: true), leading: g - 16pt, spacing: g - 16pt)",
    ]
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            mark = "= " if isinstance(block, Heading) else ""
            lines.append(mark + "".join("\\" + c if c in "\\#*_`$<>@=-+/~[]" else c for c in block.text))
    return "\n\n".join(lines)


def typst_seconds(document: Document, repeat: int) -> tuple[float, int] | None:
    """CPU seconds and pages of typst, a fresh compiler each time; None where it is not installed."""
    try:
        import typst
    except ImportError:
        return None
    text = typst_source(document)
    paths = [str(fonts.directory())]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.typ"

        def work(run: int) -> bytes:
            # typst remembers what it has set before, in the whole process: every paragraph must be a new one
            source.write_text(text.replace("。", f"{run}。"))
            compiler = typst.Compiler(str(source), font_paths=paths, ignore_system_fonts=True)
            return compiler.compile(format="pdf")

        seconds, made = best(work, repeat)
    return seconds, pages_of(made)


def render(document: Document) -> bytes:
    return bounded.render_pdf_bounded(document, created_at=sample.NOON, identifier="bench")


def render_word(document: Document) -> bytes:
    return bounded.render_word_bounded(document, created_at=sample.NOON, identifier="bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    for problem in pdf.problems():
        print("Note:", problem)
    render(sample.document(1))
    print(
        f"Start of a renderer (import, faces, style sheet, first page): {settled():.2f} s CPU, once for many documents"
    )
    memory(sample.document(20))
    print(f"{'pages':>6}{'CPU s':>9}{'goal':>7}{'kB':>7}{'Word s':>9}{'typst s':>10}{'pages':>7}{'ratio':>7}")
    reference = True
    for wanted, goal in GOALS.items():
        document = sample.document(PARAGRAPHS[wanted], extras=False)
        seconds, made = best(lambda _, document=document: render(document), repeat)
        word, _ = best(lambda _, document=document: render_word(document), repeat)
        row = f"{pages_of(made):>6}{seconds:>9.2f}{goal:>7.1f}{len(made) // 1024:>7}{word:>9.2f}"
        other = typst_seconds(document, repeat)
        if other:
            row += f"{other[0]:>10.2f}{other[1]:>7}{seconds / other[0]:>7.1f}"
        reference = reference and other is not None
        print(row)
    print(f"Peak memory of the renderer after 200 pages: {peak_mb():.0f} MB")
    document = sample.document(20)
    seconds, made = best(lambda _: render(document), repeat)
    word, _ = best(lambda _: render_word(document), repeat)
    print(
        f"{pages_of(made):>6}{seconds:>9.2f}{GOALS[12]:>7.1f}{len(made) // 1024:>7}{word:>9.2f}  with a table, a chart and a landscape annex"
    )
    if not reference:
        print("typst is not installed, so its time and the ratio are left out.")
    demo(repeat)


def memory(document: Document) -> None:
    """Memory of the renderer after 10 and after 80 documents, and its peak; first of all, because a peak never falls."""
    for _ in range(10):
        render(document)
    settled()
    before = bounded.resident_mb(bounded.child_id())
    for _ in range(70):
        render(document)
    settled()
    after = bounded.resident_mb(bounded.child_id())
    print(
        f"Memory after 10 and after 80 documents: {before:.0f} and {after:.0f} MB, peak {peak_mb():.0f} MB; goal 210 MB, flat"
    )


def demo(repeat: int) -> None:
    """The stage summary of the demo township: figures, sentences, annexes, file."""
    import django

    django.setup()
    from django.db import DatabaseError

    from reports import document_model, outlines
    from reports.models import Part, Summary
    from reports.paper import Paper
    from reports.services import drafting
    from reports.work import attachments
    from rounds.models import Round

    try:
        round = Round.objects.filter(township__name="清溪镇", number=2).order_by("-year").first()
    except DatabaseError:
        round = None
    if round is None:
        print("The database of DATA_DIR does not hold the demo township, so its summary is left out.")
        return
    days = {
        "starts_on": round.starts_on,
        "ends_on": datetime.date(round.year, 10, 31),
        "as_of": datetime.date(round.year, 10, 31),
    }

    def whole(_: int) -> bytes:
        written = drafting.write(round, kind=Summary.Kind.STAGE, **days)
        summary = Summary(
            township=round.township, round=round, kind=Summary.Kind.STAGE, title=outlines.title_of(written.figures),
            figures=written.figures.to_json(), computed_at=sample.NOON, **days,
        )  # fmt: skip
        parts: list[Part] = drafting.merged([], written.drafts, summary)
        paper = Paper(document_model.document(summary, parts), summary.figures, sample.NOON, "bench", is_frozen=False)
        return bounded.render_pdf_bounded(
            paper.document, created_at=sample.NOON, identifier="bench", attachments=attachments(paper)
        )

    whole(0)
    seconds, made = best(whole, repeat)
    print(
        f"{pages_of(made):>6}{seconds:>9.2f}{1.0:>7.1f}{len(made) // 1024:>7}  stage summary of the demo township, figures and annexes included"
    )


if __name__ == "__main__":
    main()
