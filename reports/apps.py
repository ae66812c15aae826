from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "工作总结"

    def ready(self) -> None:
        from accounts.permissions import Permission
        from jobs import registry

        registry.register("render_summary", "reports.work.render_summary", shared_with=Permission.SUMMARY_VIEW)
