from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "handovers"
    verbose_name = "岗位交接"

    def ready(self) -> None:
        from jobs import registry
        from villages import handing

        handing.offer_pages(action="handovers.links.start", papers="handovers.links.papers")
        registry.register("settle_hand_overs", "handovers.work.settle_hand_overs")
        registry.daily("settle_hand_overs", "岗位交接生效")
