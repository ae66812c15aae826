"""The file of a village: everything in the order of the work, on one page and in one ZIP, in scope."""

import html
import os
import time
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from archives import services, work
from archives.chapters import CHAPTERS, chapters
from archives.sheets import Subject
from common.errors import Refused
from jobs import services as jobs
from jobs.models import Job
from rounds.models import Round
from tests.conftest import NOON, TODAY
from villages.access import access_of
from villages.models import Assignment, Village

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def demo(demo_township, db, time_machine):
    time_machine.move_to(NOON, tick=False)
    return demo_township


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(village: Village) -> str:
    return reverse("archives:village_archive", args=[village.pk])


class TestPage:
    def test_tells_the_work_in_its_order(self, demo):
        page = client_of("dangjianban").get(address(Village.objects.get(name="东岭村"))).content.decode()

        places = [page.index(f"{n}. {title}") for n, (_, title, _, _) in enumerate(CHAPTERS, 1)]
        assert places == sorted(places)
        for words in (
            "中共云川市委组织部", "孙涛", "赵磊", "龙潭村", "饮用水管网改造", "移民征地款", "协调会", "整改通知书", "民主测评", "三会一课",
            "精品蔬菜",
        ):  # fmt: skip
            assert words in page, words

    def test_of_this_village_only(self, demo):
        page = client_of("dangjianban").get(address(Village.objects.get(name="石桥村"))).content.decode()

        assert "村办公楼" in page
        assert "饮用水管网改造" not in page
        assert "下塘村老人公寓" not in page

    def test_questions_do_not_grow_with_the_records(self, demo, django_assert_max_num_queries):
        client = client_of("dangjianban")
        for name in ("石桥村", "云溪村"):  # one full of records, one with hardly any
            with django_assert_max_num_queries(50):
                client.get(address(Village.objects.get(name=name)))

    def test_an_earlier_round_is_asked_for_by_its_name(self, demo):
        village = Village.objects.get(name="东岭村")
        rounds = Round.objects.filter(township=village.township).order_by("-year", "-number")
        assert len(rounds) == 2

        page = client_of("dangjianban").get(f"{address(village)}?round={rounds[1].key}")

        assert page.context["round"] == rounds[1]
        assert "饮用水管网改造" not in page.content.decode()

    def test_long_tables_say_how_much_is_left_out(self, demo):
        village = Village.objects.get(name="石桥村")
        access = access_of(User.objects.get(username="dangjianban"), TODAY)
        round_ = Round.objects.select_related("township__county").get(pk=demo.round.pk)
        made = chapters(Subject(village, round_, access, limit=2))

        course = next(s for c in made for s in c.sheets if s.caption == "办理经过")
        assert len(course.rows) == 2
        assert course.more > 10


def pack(village, user) -> Job:
    round_ = Round.objects.filter(township=village.township).order_by("-year", "-number")[0]
    job = services.request_archive(village, round=round_, by=user, at=NOON)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def plain_sheets(monkeypatch):
    """Setting nine papers in type is the matter of one test."""
    monkeypatch.setattr(work, "render_pdf_bounded", lambda paper, **_: f"%PDF {paper.title}".encode())


class TestPackage:
    def test_every_file_stands_in_the_index_and_every_entry_is_there(self, demo, media, plain_sheets):
        job = pack(Village.objects.get(name="石桥村"), User.objects.get(username="dangjianban"))

        assert job.state == Job.State.DONE, job.error
        with ZipFile(services.path_of(job.arguments["token"])) as package:
            assert package.testzip() is None
            names = set(package.namelist())
            index = html.unescape(package.read("目录.html").decode())
        assert {"01_整顿对象.pdf", "05_问题整改.pdf", "台账/B_问题清单.xlsx", "台账/M_其他工作台账.xlsx"} <= names
        assert all(f">{name}<" in index for name in names - {"目录.html"})
        assert not [p for p in services.folder().iterdir() if p.suffix == ".part"]

    def test_a_sheet_is_a_real_paper(self, demo, media):
        village = Village.objects.get(name="石桥村")
        access = access_of(User.objects.get(username="dangjianban"), TODAY)
        round_ = Round.objects.select_related("township__county").get(pk=demo.round.pk)
        subject = Subject(village, round_, access)
        first = chapters(subject)[0]

        content = work.render_pdf_bounded(work.document(subject, first), created_at=NOON, identifier="test")

        assert content.startswith(b"%PDF-1.7")

    def test_only_who_asked_fetches_it_and_only_while_he_sees_the_village(self, demo, media, plain_sheets):
        village, user = Village.objects.get(name="石桥村"), User.objects.get(username="xugensheng")
        job = pack(village, user)
        url = reverse("archives:archive_download", args=[job.arguments["token"]])
        client = client_of("xugensheng")

        answer = client.get(url)
        assert answer.headers["Content-Type"] == "application/zip"
        assert b"".join(answer.streaming_content)[:2] == b"PK"
        assert client_of("dangjianban").get(url).status_code == 404
        Assignment.objects.filter(cadre__user=user).update(ends_on=TODAY - timedelta(days=1))
        assert client.get(url).status_code in (403, 404)

    def test_rights_are_those_at_the_time_of_packing(self, demo, media, plain_sheets):
        village, user = Village.objects.get(name="石桥村"), User.objects.get(username="xugensheng")
        round_ = Round.objects.filter(township=village.township).order_by("-year", "-number")[0]
        job = services.request_archive(village, round=round_, by=user, at=NOON)
        Assignment.objects.filter(cadre__user=user).update(ends_on=TODAY - timedelta(days=1))

        jobs.run(job.pk)

        job.refresh_from_db()
        assert "不在您现在的工作范围内" in job.error
        assert not services.path_of(job.arguments["token"]).exists()

    def test_what_failed_half_way_leaves_nothing(self, demo, media, monkeypatch):
        def fail(*_, **__):
            raise Refused("字体缺失")

        monkeypatch.setattr(work, "render_pdf_bounded", fail)
        job = pack(Village.objects.get(name="石桥村"), User.objects.get(username="dangjianban"))

        assert job.state == Job.State.FAILED
        assert list(services.folder().iterdir()) == []

    def test_old_packages_are_cleared(self, media):
        services.folder().mkdir(parents=True)
        old, new = services.path_of("a" * 24), services.path_of("b" * 24)
        for path in (old, new):
            path.write_bytes(b"PK")
        past = time.time() - (services.KEPT_DAYS + 1) * 24 * 3600
        os.utime(old, (past, past))

        assert services.remove_old() == 1
        assert not old.exists()
        assert new.exists()

    def test_a_cleared_package_leads_back_to_the_page(self, demo, media, plain_sheets):
        job = pack(Village.objects.get(name="石桥村"), User.objects.get(username="xugensheng"))
        services.path_of(job.arguments["token"]).unlink()

        answer = client_of("xugensheng").get(reverse("archives:archive_download", args=[job.arguments["token"]]))

        assert answer.status_code == 302
