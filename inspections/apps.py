from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "督查"

    def ready(self) -> None:
        from inspections.models import Finding
        from inspections.sections import of_problem
        from problems import sections as problem_sections
        from villages import handing
        from villages import sections as village_sections

        problem_sections.register(of_problem, Finding)
        village_sections.register("inspections.sections.of_village")
        handing.register("inspections.handing")
