"""The summary of a township as a PDF or Word file, from the command line: the same computation, sentences and page as in the portal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import Refused
from reports import document_model, outlines
from reports.document.errors import DocumentError
from reports.models import Part, Summary, SummaryFile
from reports.paper import Paper
from reports.services import drafting
from reports.work import RENDERERS, page_count, write_whole
from rounds.models import Round


class Command(BaseCommand):
    help = "Write the work summary of a township as a PDF or Word file and print which sentences lack data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--township", required=True, help="name, e.g. 清溪镇")
        parser.add_argument("--round", required=True, type=int, help="number of the round within its year")
        parser.add_argument("--year", type=int, help="year of the round; the newest one with that number if left out")
        parser.add_argument("--kind", choices=Summary.Kind.values, default=Summary.Kind.STAGE)
        parser.add_argument("--from", dest="starts_on", type=date.fromisoformat, help="first day of the period")
        parser.add_argument("--to", dest="ends_on", type=date.fromisoformat, help="last day of the period")
        parser.add_argument(
            "--as-of", dest="as_of", type=date.fromisoformat, help="day of the figures; --to if left out"
        )
        parser.add_argument("--out", required=True, type=Path, help="file to write: .pdf, or .docx for Word")

    def handle(self, *args: Any, **options: Any) -> None:
        round = self.find_round(options)
        today = timezone.localdate()
        first, last = drafting.default_period(round, options["kind"], today)
        ends_on = options["ends_on"] or last
        period = {
            "starts_on": options["starts_on"] or min(first, ends_on),
            "ends_on": ends_on,
            "as_of": options["as_of"] or min(ends_on, today),
        }
        try:
            drafting.check_period(round=round, **period)
            drafting.check_records(round, period["as_of"])
            written = drafting.write(round, kind=options["kind"], **period)
            summary, parts = self.assemble(round, options["kind"], period, written)
            paper = Paper(
                document=document_model.document(summary, parts),
                figures=summary.figures,
                created_at=summary.computed_at,
                identifier=f"{summary.title}-{period['as_of']}",
                is_frozen=False,
            )
            format = SummaryFile.Format.WORD if options["out"].suffix == ".docx" else SummaryFile.Format.PDF
            content = RENDERERS[format](paper, lambda percent, step: None)
            write_whole(options["out"].resolve(), content)
        except (Refused, DocumentError, OSError) as error:
            raise CommandError(str(error)) from error
        pages = f"{page_count(content)}页，" if format == SummaryFile.Format.PDF else ""
        self.stdout.write(f"{summary.title}：{pages}{len(content) // 1024} KB，{options['out']}")
        for gap in dict.fromkeys(gap["missing"] for gap in written.missing):
            self.stdout.write(f"缺：{gap}")
        if not written.missing:
            self.stdout.write("没有缺少数据的句子。")

    def find_round(self, options: dict[str, Any]) -> Round:
        rounds = Round.objects.filter(township__name=options["township"], number=options["round"])
        if options["year"]:
            rounds = rounds.filter(year=options["year"])
        round = rounds.select_related("township__county").order_by("-year").first()
        if round is None:
            raise CommandError(f"没有找到{options['township']}的第{options['round']}轮，请核对乡镇名称、年度和轮次。")
        return round

    def assemble(
        self, round: Round, kind: str, period: dict[str, date], written: drafting.Written
    ) -> tuple[Summary, list[Part]]:
        """Nothing is saved. Where the portal holds a draft of the same period, its author's words are kept."""
        saved = (
            Summary.objects.filter(round=round, kind=kind, starts_on=period["starts_on"], ends_on=period["ends_on"])
            .order_by("-pk")
            .first()
        )
        summary = Summary(
            township=round.township, round=round, kind=kind, title=outlines.title_of(written.figures),
            figures=written.figures.to_json(), computed_at=timezone.now(), **period,
        )  # fmt: skip
        parts = drafting.merged(list(saved.parts.all()) if saved else [], written.drafts, summary)
        if saved and any(part.is_own for part in parts):
            self.stdout.write(f"已采用{saved.author}起草的同期总结中作者自己写的文字。")
        summary.title = next(part for part in parts if part.kind == Part.Kind.TITLE).text
        return summary, parts
