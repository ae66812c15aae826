from django.apps import AppConfig


class PairingsConfig(AppConfig):
    name = "pairings"
    verbose_name = "结对帮扶"

    def ready(self) -> None:
        from villages import sections

        sections.register("pairings.sections.of_village")
