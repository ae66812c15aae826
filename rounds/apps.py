from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "rounds"
    verbose_name = "整顿轮次"

    def ready(self) -> None:
        from villages import handing, sections

        sections.register("rounds.sections.of_village")
        handing.register("rounds.handing")
