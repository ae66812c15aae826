from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "archives"
    verbose_name = "一村一档"

    def ready(self) -> None:
        from archives.services import KIND
        from jobs import registry
        from villages import sections

        registry.register(KIND, "archives.work.make_archive")
        sections.register("archives.sections.of_village")
