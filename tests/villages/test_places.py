"""Counties, townships, villages."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Refused
from tests.conftest import NOON
from villages import sections
from villages.models import County, Township, Village
from villages.services import duties, figures, places, posts


class TestVillageList:
    def test_found_by_name_and_by_initials(self, world):
        Village.objects.filter(pk=world.village.pk).update(initials="sqc")
        client = world.client(world.office_clerk)

        for q in ("石桥", "SQ"):
            page = client.get(f"/villages/?q={q}").content.decode()
            assert "石桥村" in page
            assert "下塘村" not in page

    def test_filters(self, world):
        Village.objects.filter(pk=world.village.pk).update(is_model=True)
        Village.objects.filter(pk=world.sibling.pk).update(kind="community")
        client = world.client(world.office_clerk)

        assert client.get("/villages/?model=on").context["paging"].total == 1
        assert client.get("/villages/?kind=community").context["paging"].total == 1
        assert client.get("/villages/?kind=nonsense").context["paging"].total == 2

    def test_only_villages_in_scope(self, world):
        assert "白石村" not in world.client(world.office_clerk).get("/villages/").content.decode()
        own = world.client(world.village_secretary).get("/villages/").content.decode()
        assert "下塘村" not in own

    def test_a_closed_village_leaves_the_list_but_not_the_portal(self, world):
        Village.objects.filter(pk=world.sibling.pk).update(closed_on=date(2026, 1, 1))
        client = world.client(world.office_clerk)

        assert "下塘村" not in client.get("/villages/").content.decode()
        assert "下塘村" in client.get("/villages/?closed=on").content.decode()
        assert client.get(f"/villages/{world.sibling.pk}/").status_code == 200

    def test_queries_do_not_grow_with_rows(self, world):
        client = world.client(world.office_clerk)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get("/villages/")
            return len(queries)

        before = count()
        for n in range(30):
            places.add_village(township=world.township, name=f"新村{n}", by=None, at=NOON)
        assert count() == before <= 12

    def test_an_empty_township_is_told_what_to_do(self, world):
        Village.objects.filter(township=world.other_township).delete()

        assert "登记村" in world.client(world.stranger).get("/villages/").content.decode()


class TestVillageForms:
    def test_clerk_registers_a_village(self, world, send):
        answer = send(world.client(world.office_clerk), "/villages/new/", name="官塘村", initials="GTC", sort=3)

        village = Village.objects.get(name="官塘村")
        assert answer.url == f"/villages/{village.pk}/"
        assert (village.township, village.initials) == (world.township, "gtc")

    def test_a_name_twice_is_refused_at_the_field(self, world, send):
        answer = send(world.client(world.office_clerk), "/villages/new/", name="石桥村")

        assert answer.status_code == 422
        assert "已有同名的村" in str(answer.context["form"].errors["name"])

    def test_another_township_in_the_body_is_refused(self, world, send):
        answer = send(
            world.client(world.office_clerk), "/villages/new/", name="偷渡村", township=world.other_township.pk
        )

        assert answer.status_code == 422
        assert not Village.objects.filter(name="偷渡村").exists()

    def test_extra_fields_change_nothing(self, world, send):
        send(world.client(world.office_clerk), f"/villages/{world.village.pk}/edit/",
             name="石桥新村", township=world.other_township.pk, version=99)  # fmt: skip

        world.village.refresh_from_db()
        assert (world.village.name, world.village.township, world.village.version) == ("石桥新村", world.township, 2)

    def test_closing_waits_for_the_duties(self, world, send):
        answer = send(world.client(world.office_clerk), f"/villages/{world.village.pk}/edit/", closed_on="2026-01-01")

        assert "在任的岗位责任" in str(answer.context["form"].errors["closed_on"])

    def test_rights(self, world):
        assert world.client(world.village_secretary).get("/villages/new/").status_code == 403
        assert world.client(world.village_secretary).get(f"/villages/{world.village.pk}/edit/").status_code == 403
        assert world.client(world.stranger).get(f"/villages/{world.village.pk}/edit/").status_code == 404
        assert world.client(world.administrator).get(f"/villages/{world.village.pk}/").status_code == 403

    def test_second_editor_sees_the_change(self, world):
        client, url = world.client(world.office_clerk), f"/villages/{world.village.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "name": "我改的村", "kind": "village", "org_kind": "branch", "sort": 1,
        }  # fmt: skip
        Village.objects.filter(pk=world.village.pk).update(name="别人改的村", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人改的村" in refused.content.decode()


class TestVillageDetail:
    @pytest.fixture
    def full(self, world, cadre, duty, post, sheet):
        """石桥村 with something of everything."""
        old = duty(cadre=cadre("孙涛"))
        duties.hand_over(old, to_cadre=cadre("赵磊"), on=date(2026, 6, 1), note="轮换", by=None, at=NOON)
        deputy = post("副书记")
        tenure = posts.take_post(deputy, cadre=cadre("潘小明"), started_on=date(2025, 1, 1), by=None, at=NOON)
        posts.leave_post(tenure, ended_on=date(2026, 4, 15), reason="辞职", by=None, at=NOON)
        sheet(members=46, members_60=24, income="15.30")
        sheet(year=2025, members=45)
        figures.add_path(village=world.village, path="joint", industry="精品蔬菜", started_on=date(2026, 5, 1),
                         partners=[world.sibling], by=None, at=NOON)  # fmt: skip
        figures.add_training(village=world.village, kind="degree", name="秋季学历教育", chosen_on=date(2026, 8, 1),
                             people=2, by=None, at=NOON)  # fmt: skip
        cadre("徐建平", village=world.village, title="村委会主任")
        return world.village

    def test_one_page_tells_the_village(self, world, full):
        page = world.client(world.linked_leader).get(f"/villages/{full.pk}/").content.decode()

        for shown in ("赵磊", "以前的责任人", "孙涛", "空缺", "2026-04-15起，辞职", "15.3", "石桥村党支部"):
            assert shown in page
        assert ">交接</a>" not in page

    def test_the_second_tab_tells_economy_training_people(self, world, full):
        page = world.client(world.linked_leader).get(f"/villages/{full.pk}/records/").content.decode()

        for shown in ("精品蔬菜", "与下塘村联建", "秋季学历教育", "2人", "徐建平"):
            assert shown in page

    def test_history_names_record_and_person(self, world, full, send):
        send(world.client(world.office_clerk), f"/villages/{full.pk}/edit/", is_model="on")

        page = world.client(world.linked_leader).get(f"/villages/{full.pk}/").content.decode()

        assert "把党建示范村由“否”改为“是”" in page
        assert "登记离任" in page

    def test_few_queries(self, world, full, remembering):
        for who in (world.office_clerk, world.county_reader):
            client = world.client(who)
            client.get("/villages/")  # the number of unread reminders is counted once a minute, not once a page
            for url in (f"/villages/{full.pk}/", f"/villages/{full.pk}/records/"):
                with CaptureQueriesContext(connection) as queries:
                    client.get(url)
                assert len(queries) <= 12

    def test_a_stranger_does_not_find_it(self, world):
        for url in (f"/villages/{world.village.pk}/", f"/villages/{world.village.pk}/records/"):
            assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.village_secretary).get(f"/villages/{world.sibling.pk}/").status_code == 404


class TestSections:
    def test_an_app_above_adds_its_part(self, world, monkeypatch):
        monkeypatch.setattr(sections, "_sections", [])
        sections.register(lambda village, access: ("villages/_duties.html", {"empty": "x"}))
        sections.register(lambda village, access: None)

        drawn = sections.sections_of(world.village, world.access(world.office_clerk))

        assert [d.template for d in drawn] == ["villages/_duties.html"]

    def test_twice_registered_is_shown_once(self, monkeypatch):
        monkeypatch.setattr(sections, "_sections", [])
        sections.register("problems.sections.of_village")
        sections.register("problems.sections.of_village")

        assert len(sections._sections) == 1


class TestTownships:
    def test_administrator_builds_a_county_from_nothing(self, world, send):
        client = world.client(world.administrator)

        assert send(client, "/villages/counties/new/", name="临江县").status_code == 302
        county = County.objects.get(name="临江县")
        assert send(client, "/villages/townships/new/", county=county.pk, name="江口镇").status_code == 302

        assert Township.objects.get(name="江口镇").county == county

    def test_changes_are_kept_with_their_author(self, world, send):
        client, url = world.client(world.administrator), f"/villages/townships/{world.township.pk}/edit/"

        send(client, url, name="清溪街道", kind="subdistrict")

        page = client.get(url).content.decode()
        assert "把名称由“清溪镇”改为“清溪街道”" in page

    def test_a_name_twice_in_the_county_is_refused(self, world, send):
        answer = send(world.client(world.administrator), "/villages/townships/new/",
                      county=world.county.pk, name="清溪镇")  # fmt: skip

        assert "本县已有同名乡镇" in str(answer.context["form"].errors["name"])

    def test_only_the_administrator(self, world):
        for who in (world.office_clerk, world.party_secretary, world.county_reader):
            for url in ("/villages/townships/", "/villages/townships/new/", "/villages/counties/new/",
                        f"/villages/townships/{world.township.pk}/edit/",
                        f"/villages/counties/{world.county.pk}/edit/"):  # fmt: skip
                assert world.client(who).get(url).status_code == 403

    def test_empty_installation_says_where_to_begin(self, db):
        from django.test import Client

        from accounts.models import User

        admin = User.objects.create_user("root", "管理员", "x", is_administrator=True)
        client = Client()
        client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")

        assert "登记县（市、区）" in client.get("/villages/townships/").content.decode()


class TestServices:
    def test_initials_are_letters(self, world):
        with pytest.raises(Refused, match="只填英文字母"):
            places.add_village(township=world.township, name="新村", initials="新村", by=None, at=NOON)
