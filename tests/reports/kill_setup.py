"""For test_render_kill: the tables, drafts with long texts and the queued jobs of their files, in the data folder of the environment.

python tests/reports/kill_setup.py NUMBER
"""

import sys

import django
from django.core.management import call_command


def main(number: int) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from jobs.models import Job
    from reports.models import Part, Summary, SummaryFile
    from reports.services.files import KIND, job_key
    from tests.conftest import NOON, make_world
    from tests.reports.conftest import END, START, Desk

    world = make_world()
    desk = Desk(world)
    desk.problem(1, "机耕路路面硬化")
    figures = desk.draft().figures
    for index in range(number):
        summary = Summary.objects.create(
            township=world.township, round=world.round, kind="stage", starts_on=START, ends_on=END, as_of=END,
            title=f"第{index + 1}份总结", figures=figures, computed_at=NOON, author=world.office_clerk, created_at=NOON,
        )  # fmt: skip
        texts = [
            f"第{index + 1}份第{n}段。" + "清溪镇扎实推进集中整治工作，协调解决了一批问题，成效明显。" * 8
            for n in range(120)
        ]
        Part.objects.bulk_create(
            Part(summary=summary, key=f"own.{n}", order=n, kind="paragraph", own_text=text, is_own=True)
            for n, text in enumerate(texts, 1)
        )
        format = SummaryFile.Format.WORD if index % 5 == 4 else SummaryFile.Format.PDF
        Job.objects.create(
            kind=KIND, title=summary.title, key=job_key(summary.pk, summary.version, format), by=world.office_clerk, created_at=NOON,
            arguments={"summary_id": summary.pk, "version": summary.version, "format": format}, township_id=world.township.pk,
        )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
