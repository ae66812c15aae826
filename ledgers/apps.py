from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = "台账"

    def ready(self) -> None:
        from jobs import registry
        from ledgers import lists
        from ledgers.services.exports import KIND
        from villages import pages

        registry.register(KIND, "ledgers.work.export_ledger")
        pages.add_list_action(lists.export_button)
        for kind in ("check", "apply", "undo"):
            registry.register(f"ledger_{kind}", f"ledgers.services.imports.{kind}")
