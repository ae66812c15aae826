"""The days from which measures and assisting units already entered count."""

from django.db import migrations
from django.db.models import Min
from django.utils import timezone

BATCH = 500


def fill(apps, schema_editor):
    Measure = apps.get_model("problems", "Measure")
    Assistance = apps.get_model("problems", "Assistance")
    Problem = apps.get_model("problems", "Problem")
    Entry = apps.get_model("audit", "Entry")
    entered = dict(
        Entry.objects.filter(object_type="problems.measure").order_by().values("object_id").annotate(at=Min("at")).values_list("object_id", "at")
    )
    rows = []
    for measure in Measure.objects.select_related("problem").iterator():
        days = [measure.starts_on, measure.done_on]
        days.append(timezone.localdate(entered[measure.pk]) if measure.pk in entered else measure.problem.discovered_on)
        measure.added_on = min(day for day in days if day)
        rows.append(measure)
    Measure.objects.bulk_update(rows, ["added_on"], batch_size=BATCH)
    # Who helped when was not kept: since the problem was entered.
    links = Problem.assisting_units.through.objects.annotate(logged=Min("problem__steps__since"))
    Assistance.objects.bulk_create(
        (
            Assistance(problem_id=link.problem_id, unit_id=link.unit_id, since=link.logged or link.problem.discovered_on)
            for link in links.select_related("problem").order_by("pk")
        ),
        batch_size=BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [("problems", "0002_plans_criteria_and_days"), ("audit", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
