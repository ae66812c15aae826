#!/usr/bin/env python3
"""How long the page takes: CPU seconds of a warm process for 12, 50 and 200 pages, and the same text set by typst.

    .venv/bin/python bench/document.py [--repeat 3]

Goals (docs/decisions/0003-page.md): 12 pages 0.6 s, 50 pages 1.5 s, 200 pages 5 s, memory flat over 80 documents.
typst is the reference because it is the fastest free typesetter that knows Chinese; it is optional (``pip install
typst``), without it the ratio is left out. It sets plain text without tags, so its time is a lower bound and not a
goal.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reports.document import fonts, pdf  # noqa: E402
from reports.document.blocks import Document, Heading, Paragraph  # noqa: E402
from tests.document import sample  # noqa: E402

GOALS = {12: 0.6, 50: 1.5, 200: 5.0}
PARAGRAPHS = {12: 36, 50: 156, 200: 642}  # of the sample content, found by counting pages


def best(work: Callable[[int], bytes], repeat: int) -> tuple[float, bytes]:
    """Smallest CPU time of several runs (the machine may be busy), and the last result. ``work`` gets the number of the run."""
    times = []
    result = b""
    for run in range(repeat):
        start = time.process_time()
        result = work(run)
        times.append(time.process_time() - start)
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


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def render(document: Document) -> bytes:
    return pdf.render_pdf(document, created_at=sample.NOON, identifier="bench")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    for problem in pdf.problems():
        print("Note:", problem)
    start = time.process_time()
    pdf.warm()
    print(f"Start of a worker (import, faces, style sheet): {time.process_time() - start:.2f} s CPU")
    memory(sample.document(20))
    print(f"{'pages':>6}{'CPU s':>9}{'goal':>7}{'kB':>7}{'typst s':>10}{'pages':>7}{'ratio':>7}")
    reference = True
    for wanted, goal in GOALS.items():
        document = sample.document(PARAGRAPHS[wanted], extras=False)
        seconds, made = best(lambda _, document=document: render(document), repeat)
        row = f"{pages_of(made):>6}{seconds:>9.2f}{goal:>7.1f}{len(made) // 1024:>7}"
        other = typst_seconds(document, repeat)
        if other:
            row += f"{other[0]:>10.2f}{other[1]:>7}{seconds / other[0]:>7.1f}"
        reference = reference and other is not None
        print(row)
    document = sample.document(20)
    seconds, made = best(lambda _: render(document), repeat)
    print(
        f"{pages_of(made):>6}{seconds:>9.2f}{GOALS[12]:>7.1f}{len(made) // 1024:>7}  with a table, a chart and a landscape annex"
    )
    if not reference:
        print("typst is not installed, so its time and the ratio are left out.")


def memory(document: Document) -> None:
    """Peak memory of the process after 10 and after 80 documents; first of all, because a peak never falls."""
    for _ in range(10):
        render(document)
    before = memory_mb()
    for _ in range(70):
        render(document)
    print(f"Memory after 10 and after 80 documents: {before:.0f} and {memory_mb():.0f} MB; goal 210 MB, flat")


if __name__ == "__main__":
    main()
