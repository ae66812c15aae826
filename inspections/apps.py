from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "督查"

    def ready(self) -> None:
        from inspections import guards
        from inspections.models import Finding
        from inspections.sections import of_problem
        from problems import sections as problem_sections
        from villages import handing
        from villages import sections as village_sections

        problem_sections.register(of_problem, Finding)
        village_sections.register("inspections.sections.of_village")
        handing.register("inspections.handing")
        pre_migrate.connect(guards.take_away, sender=self)
        post_migrate.connect(guards.put_in_place, sender=self)
