from django.apps import AppConfig


class AcceptancesConfig(AppConfig):
    name = "acceptances"
    verbose_name = "验收"

    def ready(self) -> None:
        from rounds import panels

        panels.register("acceptances.panels.of_designation")
