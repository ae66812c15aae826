from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "problems"
    verbose_name = "问题台账"

    def ready(self) -> None:
        from jobs import registry
        from villages import handing, sections

        sections.register("problems.village_section.of_village")
        handing.register("problems.handing")
        registry.register("stale_uploads", "problems.work.clear_uploads")
        registry.daily("stale_uploads", "清理未提交的照片和文件")
