"""The file of a village: everything in the order of the work, chapter by chapter on one page and in one ZIP, in scope."""

import html
import io
import os
import re
import time
from datetime import date, timedelta
from zipfile import ZipFile

import pdfplumber
import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import User
from accounts.permissions import Permission
from archives import services, work
from archives.chapters import CHAPTERS, Counted, counted, open_to
from archives.sheets import Subject
from common.errors import Refused
from jobs import services as jobs
from jobs.models import Job
from problems.models import Problem, ProgressEntry
from rounds.models import Designation, Round
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


def address(village: Village, chapter: str = "") -> str:
    page = reverse("archives:village_archive", args=[village.pk])
    return f"{page}?chapter={chapter}" if chapter else page


def part(village: Village, chapter: str) -> str:
    return reverse("archives:archive_chapter", args=[village.pk, chapter])


def whole_file(client: Client, village: Village) -> str:
    return "".join(client.get(part(village, chapter.key)).content.decode() for chapter in CHAPTERS)


def lines(page: str) -> list[str]:
    return re.findall(r"<tr><td.*?</tr>", page)


def shown(demo, name: str) -> dict[str, Counted]:
    village = Village.objects.select_related("township__county").get(name=name)
    round_ = Round.objects.select_related("township__county").get(pk=demo.round.pk)
    subject = Subject(village, round_, access_of(User.objects.get(username="dangjianban"), TODAY))
    return {one.chapter.key: one for one in counted(subject, open_to(subject))}


class TestPage:
    def test_tells_the_work_in_its_order(self, demo):
        village, client = Village.objects.get(name="东岭村"), client_of("dangjianban")
        page, file = client.get(address(village)).content.decode(), whole_file(client, village)

        places = [page.index(f"{n}. {chapter.title}") for n, chapter in enumerate(CHAPTERS, 1)]
        assert places == sorted(places)
        for words in (
            "中共云川市委组织部", "孙涛", "赵磊", "龙潭村", "饮用水管网改造", "移民征地款", "协调会", "整改通知书", "民主测评", "三会一课",
            "精品蔬菜",
        ):  # fmt: skip
            assert words in file, words

    def test_of_this_village_only(self, demo):
        file = whole_file(client_of("dangjianban"), Village.objects.get(name="石桥村"))

        assert "村办公楼" in file
        assert "饮用水管网改造" not in file
        assert "下塘村老人公寓" not in file

    def test_says_how_much_each_chapter_holds_and_what_belongs_into_an_empty_one(self, demo):
        village = Village.objects.get(name="东岭村")
        client = client_of("dangjianban")
        page = client.get(address(village))

        for chapter in page.context["chapters"]:
            rows = len(lines(client.get(part(village, chapter["key"])).content.decode()))
            assert chapter["total"] == rows, chapter["title"]
        assert page.context["total"] == sum(c["total"] for c in page.context["chapters"]) > 50
        assert lines(page.content.decode()) == []  # folded
        village = Village.objects.get(name="金竹村")  # not listed
        page = client.get(address(village)).content.decode()
        assert "暂无记录" in page
        assert all(chapter.belongs in page for chapter in CHAPTERS[1:])

    def test_a_chapter_opens_by_its_link_and_holds_what_the_script_fetches(self, demo):
        village, client = Village.objects.get(name="石桥村"), client_of("wangwei")
        for chapter in CHAPTERS:
            page = client.get(address(village, chapter.key)).content.decode()
            piece = client.get(part(village, chapter.key)).content.decode()

            assert lines(page) == lines(piece) != []
            assert page.count('aria-expanded="true"') == 1
            assert "<html" not in piece
        # a record leads back to its chapter, and that is a page of its own
        back = re.search(r'back=([^"]*chapter%3Dfigures[^"]*)"', piece)
        assert back
        assert "%23figures" in back[1]

    @pytest.mark.parametrize("name", ["石桥村", "云溪村"])  # one full of records, one with hardly any
    def test_twelve_questions_at_most(self, demo, name, django_assert_max_num_queries):
        client, village = client_of("dangjianban"), Village.objects.get(name=name)
        for url in [address(village), *(a(village, c.key) for a in (address, part) for c in CHAPTERS)]:
            with django_assert_max_num_queries(12):
                assert client.get(url).status_code == 200

    def test_questions_do_not_grow_with_the_records(self, demo, django_assert_max_num_queries):
        """Hundreds of problems and notes: a long table is cut, says what it leaves out, and asks no more for it."""
        village, client = Village.objects.get(name="石桥村"), client_of("dangjianban")
        some = Problem.objects.filter(village=village).first()
        Problem.objects.bulk_create(
            replace_key(some, number=1000 + n, title=f"又一个问题{n}") for n in range(220)
        )  # fmt: skip
        for problem in Problem.objects.filter(village=village, number__gte=1000)[:150]:
            ProgressEntry.objects.bulk_create(
                ProgressEntry(problem=problem, happened_on=date(2026, 9, n), text="进展", by=some.created_by, at=NOON)
                for n in (1, 2)
            )
        for url in (address(village), address(village, "problems"), part(village, "problems"), part(village, "plan")):
            with django_assert_max_num_queries(12):
                page = client.get(url)
        page = client.get(part(village, "problems")).content.decode()
        assert len(lines(page)) == 400
        assert "只列出前200条，另有26条" in page

    def test_a_long_course_is_cut_in_its_order(self, demo):
        course = next(s for s in shown(demo, "石桥村")["problems"].sheets(limit=20) if s.caption == "办理经过")

        assert len(course.rows) == 20
        assert course.more > 10
        said = [(int(row.cells[0].removesuffix("号")), row.cells[1]) for row in course.rows]
        assert said == sorted(said)
        assert {"登记问题", "进展"} <= {row.cells[2] for row in course.rows}

    def test_an_earlier_round_is_asked_for_by_its_name(self, demo):
        village = Village.objects.get(name="东岭村")
        rounds = Round.objects.filter(township=village.township).order_by("-year", "-number")
        assert len(rounds) == 2
        client = client_of("dangjianban")

        page = client.get(f"{address(village)}?round={rounds[1].key}")

        assert page.context["round"] == rounds[1]
        assert "饮用水管网改造" not in client.get(f"{part(village, 'problems')}?round={rounds[1].key}").content.decode()

    def test_the_newest_round_that_listed_the_village_comes_first(self, demo):
        village = Village.objects.get(name="云溪村")
        older = Round.objects.filter(township=village.township).order_by("year", "number")[0]
        client = client_of("dangjianban")
        assert client.get(address(village)).context["round"] == demo.round

        Designation.objects.create(round=older, village=village, proposed_on=older.starts_on)

        assert client.get(address(village)).context["round"] == older


def replace_key(problem: Problem, **changes) -> Problem:
    """The same once more."""
    values = {f.attname: getattr(problem, f.attname) for f in Problem._meta.concrete_fields if not f.primary_key}
    return Problem(**values | changes)


class TestWhoOpens:
    def test_a_stranger_finds_no_file(self, demo):
        village, client = Village.objects.get(name="白石村"), client_of("wangwei")
        for url in (address(village), address(village, "plan"), part(village, "plan")):
            assert client.get(url).status_code == 404

    def test_a_chapter_that_does_not_exist(self, demo):
        village, client = Village.objects.get(name="石桥村"), client_of("wangwei")
        assert client.get(part(village, "secrets")).status_code == 404
        assert client.get(address(village, "secrets")).status_code == 200

    def test_a_chapter_the_post_does_not_open_is_not_there_and_refused(self, demo, monkeypatch):
        village, client = Village.objects.get(name="石桥村"), client_of("wangwei")
        role = roles.Role.RESIDENT_CADRE
        assert "督查督办" in client.get(address(village)).content.decode()

        fewer = roles.ROLE_PERMISSIONS[role] - {Permission.INSPECTION_VIEW}
        monkeypatch.setitem(roles.ROLE_PERMISSIONS, role, fewer)

        page = client.get(address(village))
        assert [c["key"] for c in page.context["chapters"]] == [
            c.key for c in CHAPTERS if c.key not in ("supervision", "acceptance")
        ]
        for url in (address(village, "supervision"), part(village, "supervision")):
            assert client.get(url).status_code == 403


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
        paper = work.document(
            Subject(village, round_, access), CHAPTERS[0], shown(demo, "石桥村")["designation"].sheets(9)
        )

        content = work.render_pdf_bounded(paper, created_at=NOON, identifier="test")

        assert content.startswith(b"%PDF-1.7")
        # Title, headings and tables lie on their side together: no heading is left alone on an upright page.
        with pdfplumber.open(io.BytesIO(content)) as file:
            assert [page.width > page.height for page in file.pages] == [True]
            assert "一、列入整顿" in file.pages[0].extract_text()

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
