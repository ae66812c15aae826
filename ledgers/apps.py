from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = "台账"

    def ready(self) -> None:
        from jobs import registry
        from ledgers import lists, sections
        from ledgers.models import Backfill
        from ledgers.services.exports import KIND
        from problems import sections as problem_sections
        from villages import pages

        registry.register(KIND, "ledgers.work.export_ledger")
        pages.add_list_action(lists.export_button)
        problem_sections.register(sections.of_problem, Backfill)
        for kind in ("check", "apply", "undo"):
            registry.register(f"ledger_{kind}", f"ledgers.services.imports.{kind}")
        registry.register("ledger_files", "ledgers.work.clear_files")
        registry.daily("ledger_files", "清理过期的台账文件")
