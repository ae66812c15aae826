from django.apps import AppConfig


class OtherworkConfig(AppConfig):
    name = "otherwork"
    verbose_name = "其他工作"

    def ready(self) -> None:
        from villages import sections

        sections.register("otherwork.sections.of_village")
