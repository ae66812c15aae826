from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "工作总结"

    def ready(self) -> None:
        from accounts.permissions import Permission
        from jobs import registry
        from otherwork import panels
        from reports import guards
        from villages import handing

        registry.register("render_summary", "reports.work.render_summary", shared_with=Permission.SUMMARY_VIEW)
        registry.register("monthly_drafts", "reports.schedule.monthly_drafts")
        registry.daily("monthly_drafts", "自动起草月报")
        handing.register("reports.handing")
        panels.register("reports.otherwork.of_kind")
        post_migrate.connect(guards.put_in_place, sender=self)
