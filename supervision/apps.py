from django.apps import AppConfig
from django.db.models.signals import post_save


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "督办"

    def ready(self) -> None:
        from common.models import saved
        from inspections.models import Notice
        from jobs import registry
        from meetings.models import Commitment
        from problems import sections
        from problems.models import CloseRequest, Extension, Step
        from supervision.sections import of_problem
        from supervision.services import follow
        from villages import handing

        registry.register("supervision_nightly", "supervision.nightly.nightly")
        registry.daily("supervision_nightly", "夜间督办计算")
        # Twice, because a job of the day is done once: what a mail server did not take in the morning goes out later.
        for kind, title, hour in (
            ("supervision_mails", "发送每日提醒邮件", 7),
            ("supervision_mails_again", "补发未送出的每日提醒邮件", 9),
        ):
            registry.register(kind, "supervision.nightly.send_mails")
            registry.daily(kind, title, hour=hour)
        sections.register(of_problem)
        handing.register("supervision.handing")
        post_save.connect(follow.step_taken, sender=Step, dispatch_uid="supervision.step")
        for model in (Extension, CloseRequest):
            post_save.connect(follow.request_changed, sender=model, dispatch_uid=f"supervision.{model.__name__}")
        for signal in (post_save, saved):
            signal.connect(follow.notice_saved, sender=Notice, dispatch_uid="supervision.notice")
            signal.connect(follow.commitment_saved, sender=Commitment, dispatch_uid="supervision.commitment")
