from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "problems"
    verbose_name = "问题台账"

    def ready(self) -> None:
        from villages import handing, sections

        sections.register("problems.village_section.of_village")
        handing.register("problems.handing")
