"""manage.py load_demo: the demo township, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from rectify.demo.loader import Loader
from rectify.demo.place import OTHER_TOWNSHIP, TOWNSHIP
from villages.models import Township


class Command(BaseCommand):
    help = "载入演示乡镇（清溪镇、白石镇）。已载入过则不重复；已有其他数据则拒绝。"

    def handle(self, *args: Any, **options: Any) -> None:
        if Township.objects.filter(name=TOWNSHIP, county__name="云川市").exists():
            self.stdout.write("演示数据已在库中，不重复载入。")
            return
        if User.objects.exists() or Township.objects.exists():
            raise CommandError("库中已有数据。演示数据只能载入空库，请换一个 DATA_DIR 再试。")
        Loader().load()
        self.stdout.write(f"已载入演示数据：{TOWNSHIP}、{OTHER_TOWNSHIP}。")
