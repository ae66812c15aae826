"""Logging, editing and acting through the pages: once, in scope, nothing lost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from problems.models import KeyProject, Problem
from problems.terms import Category, State
from rounds.models import Designation
from tests.conftest import TODAY
from villages.models import Cadre, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = "/problems/new/land_acquisition/"
ID_CARD = "11010519491231002X"


def form(world, page, **given):
    """The least a log form needs."""
    return {
        "submission": page.context["submission"], "round": world.round.pk, "village": world.village.pk,
        "title": "青苗补偿未到位", "discovered_on": "2026-10-01", "severity": "medium", "source": "visit",
        "deadline_kind": "date", "due_on": "2026-12-20", "submit": "on",
    } | given  # fmt: skip


class TestLog:
    def test_five_categories_first_each_with_what_it_means(self, world):
        page = world.client(world.office_clerk).get("/problems/new/").content.decode()

        for category in Category:
            assert category.label in page
            assert f"/problems/new/{category}/" in page
        assert "青苗补偿" in page

    def test_logged_once_however_often_the_button_is_clicked(self, world):
        client = world.client(world.office_clerk)
        sent = form(
            world, client.get(NEW), detail_land_mu="15.3", detail_compensation="", new_key_project="滨江大道二期"
        )

        first, second = client.post(NEW, sent), client.post(NEW, sent)

        problem = Problem.objects.get()
        assert first.url == second.url == problem.get_absolute_url()
        assert (problem.state, problem.details) == (State.SUBMITTED, {"land_mu": "15.3"})
        assert problem.key_project == KeyProject.objects.get(name="滨江大道二期")
        assert Entry.objects.filter(object_type="problems.problem", object_id=problem.pk).count() == 2

    def test_draft_when_not_submitted(self, world):
        client = world.client(world.resident_cadre)
        sent = form(world, client.get(NEW), due_on="")
        del sent["submit"]

        client.post(NEW, sent)

        assert Problem.objects.get().state == State.DRAFT

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"due_on": "2026-09-30"}, "整改时限不能早于发现时间。"),
            ({"due_on": ""}, "限期整改的问题须填写整改时限后才能提交审核。"),
            ({"discovered_on": "2026-11-05", "due_on": "2026-12-01"}, "发现时间不能晚于登记日期。"),
            ({"discovered_on": "昨天"}, "请填写正确的日期"),
            ({"title": ""}, "必填"),
            ({"households": "-3"}, "不能小于0。"),
            ({"description": f"户主身份证{ID_CARD}"}, "按规定本系统不保存身份证号"),
            ({"title": f"户主{ID_CARD}补偿"}, "按规定本系统不保存身份证号"),
            ({"description": "长" * 100_000}, "文字过长：共100000字，最多5000字。"),
            ({"detail_land_mu": "许多"}, "请填写数字"),
            ({"detail_land_mu": "-1"}, "不能小于0。"),
        ],
    )
    def test_refused_with_a_sentence_and_everything_kept(self, world, given, sentence):
        client = world.client(world.office_clerk)
        sent = form(world, client.get(NEW), place="村东片", **given)

        answer = client.post(NEW, sent)
        page = answer.content.decode()

        assert answer.status_code == 422
        assert sentence in page
        assert "村东片" in page
        assert not Problem.objects.exists()
        if "description" in given:
            assert given["description"] in page

    def test_rows_of_another_township_in_the_body_are_refused(self, world):
        client = world.client(world.office_clerk)
        there = Cadre.objects.create(county=world.county, township=world.other_township, name="外镇干部")
        unit = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")
        for given in (
            {"village": world.foreign.pk}, {"round": world.other_round.pk}, {"owner": there.pk},
            {"responsible_unit": unit.pk}, {"assisting_units": [unit.pk]},
        ):  # fmt: skip
            answer = client.post(NEW, form(world, client.get(NEW), **given))
            assert answer.status_code == 422, given
        assert not Problem.objects.exists()

    def test_resident_cadre_logs_in_his_own_village_only(self, world):
        client = world.client(world.resident_cadre)
        page = client.get(NEW)

        assert world.sibling.name not in page.content.decode()
        assert client.post(NEW, form(world, page, village=world.sibling.pk)).status_code == 422

    def test_extra_fields_in_the_body_change_nothing(self, world):
        client = world.client(world.office_clerk)

        client.post(
            NEW, form(world, client.get(NEW), state="closed", number=99, closed_on="2026-10-01", detail_scale="1公里")
        )

        problem = Problem.objects.get()
        assert (problem.state, problem.number, problem.closed_on, problem.details) == ("submitted", 1, None, {})

    def test_villages_of_the_round_come_first(self, world):
        Designation.objects.create(
            round=world.round, village=world.sibling, proposed_on=date(2026, 3, 2), approved_on=date(2026, 3, 5)
        )

        page = world.client(world.office_clerk).get(NEW).content.decode()

        assert (
            page.index('<optgroup label="本轮整顿村">') < page.index("下塘村") < page.index('<optgroup label="其他村">')
        )

    def test_the_people_of_the_village_come_first_and_its_secretary_is_preselected(self, world):
        Cadre.objects.create(county=world.county, township=world.township, village=world.sibling, name="邻村委员")
        page = world.client(world.resident_cadre).get(NEW)

        groups = [title for title, rows in page.context["form"].fields["owner"].choices if isinstance(rows, list)]
        assert groups == ["本村", "包村驻村", "乡镇", "县级", "下塘村"]
        told = page.context["form"].fields["owner"].choices[1][1]
        assert told[0][1] == "村党组织书记甲（村党组织书记）"
        assert f'<option value="{world.village_secretary.cadre.pk}" selected>' in page.content.decode()

    def test_an_open_village_preselects_nobody(self, world):
        page = world.client(world.office_clerk).get(NEW)

        assert "owner" not in page.context["form"].initial
        assert page.context["form"].fields["owner"].choices[1][0] == "乡镇"

    def test_who_was_preselected_does_not_follow_into_another_village(self, world):
        client, address = world.client(world.office_clerk), f"{NEW}?village={world.village.pk}"
        sent = form(world, client.get(address), owner=world.village_secretary.cadre.pk)

        refused = client.post(address, sent | {"village": world.sibling.pk})
        assert "村已改选，责任人还是原来那个村的书记，请重新选择。" in refused.content.decode()
        assert refused.context["form"].fields["owner"].choices[1] == (
            "本村", [(world.sibling_secretary.cadre.pk, "邻村书记（村党组织书记）")],
        )  # fmt: skip
        assert client.post(address, sent | {"submission": refused.context["submission"]}).status_code == 302

    def test_unknown_category_is_not_found_and_a_reader_may_not(self, world):
        assert world.client(world.office_clerk).get("/problems/new/gossip/").status_code == 404
        for role in ("village_secretary", "party_secretary", "county_reader", "administrator"):
            assert world.client(world.users[role]).get(NEW).status_code == 403

    def test_queries_do_not_grow_with_people_and_units(self, world):
        client = world.client(world.office_clerk)
        with CaptureQueriesContext(connection) as few:
            client.get(NEW)
        for n in range(20):
            Cadre.objects.create(county=world.county, township=world.township, village=world.village, name=f"干部{n}")
            Unit.objects.create(county=world.county, township=world.township, name=f"单位{n}")
        with CaptureQueriesContext(connection) as many:
            client.get(NEW)

        assert len(few) == len(many) <= 12
        with CaptureQueriesContext(connection) as in_a_village:
            client.get(f"{NEW}?village={world.village.pk}")
        assert len(in_a_village) <= 12


class TestEdit:
    def open(self, desk, problem, user=None):
        client = desk.world.client(user or desk.world.office_clerk)
        page = client.get(f"/problems/{problem.pk}/edit/")
        initial = page.context["form"].initial
        sent = {
            name: ("" if value is None else getattr(value, "pk", value))
            for name, value in initial.items()
            if name in page.context["form"].fields
        }
        return client, sent | {"submission": page.context["submission"], "base_version": page.context["base_version"]}

    def test_saves_what_was_shown_and_the_one_change(self, desk):
        problem = desk.accept(
            category=Category.LAND, details={"land_mu": "15.3"}, assisting_units=[desk.world.station], place="村东"
        )
        client, sent = self.open(desk, problem)

        answer = client.post(f"/problems/{problem.pk}/edit/", sent | {"detail_compensation": "318", "households": "23"})

        assert answer.status_code == 302
        changed = Problem.objects.get(pk=problem.pk)
        assert changed.details == {"land_mu": "15.3", "compensation": "318"}
        assert (changed.households, changed.place, changed.due_on) == (23, "村东", problem.due_on)
        assert list(changed.assisting_units.all()) == [desk.world.station]
        assert {c["label"] for c in Entry.objects.filter(verb="修改问题").get().changes} == {"涉及户数", "补偿金额"}

    def test_second_of_two_editors_sees_the_difference_and_loses_nothing(self, desk):
        problem = desk.accept(category=Category.LAND, details={"land_mu": "15.3"})
        url = f"/problems/{problem.pk}/edit/"
        first, one = self.open(desk, problem)
        second, two = self.open(desk, problem, desk.world.commissioner)
        first.post(url, one | {"title": "甲的名称", "detail_land_mu": "20"})

        refused = second.post(url, two | {"title": "乙的名称", "description": "乙写的很长的描述"})
        page = refused.content.decode()

        assert refused.status_code == 409
        rows = {row["label"]: (row["now"], row["typed"]) for row in refused.context["differences"]}
        assert rows["问题名称"] == ("甲的名称", "乙的名称")
        assert rows["涉及土地"] == ("20亩", "15.3亩")
        assert "乙写的很长的描述" in page
        again = second.post(url, two | {"title": "乙的名称", "base_version": refused.context["base_version"]})
        assert again.status_code == 302
        assert Problem.objects.get(pk=problem.pk).title == "乙的名称"

    def test_deadline_is_not_in_the_form_of_an_accepted_problem(self, desk):
        problem = desk.accept()
        client, sent = self.open(desk, problem)

        client.post(f"/problems/{problem.pk}/edit/", sent | {"due_on": "2027-12-31", "deadline_kind": "continuing"})

        changed = Problem.objects.get(pk=problem.pk)
        assert (changed.due_on, changed.deadline_kind) == (problem.due_on, "date")

    def test_replacing_the_responsible_person_asks_why(self, desk):
        w = desk.world
        problem = desk.accept(owner=w.resident_cadre.cadre)
        client, sent = self.open(desk, problem)
        url = f"/problems/{problem.pk}/edit/"

        refused = client.post(url, sent | {"owner": w.first_secretary.cadre.pk})
        assert "更换责任人须写明原因" in refused.content.decode()

        sent["submission"] = refused.context["submission"]
        assert client.post(url, sent | {"owner": w.first_secretary.cadre.pk, "reason": "分工调整"}).status_code == 302

    def test_someone_who_left_stays_on_offer_for_his_own_problem(self, desk):
        cadre = desk.world.resident_cadre.cadre
        problem = desk.accept(owner=cadre)
        cadre.left_on = TODAY
        cadre.save()
        client, sent = self.open(desk, problem)

        assert client.post(f"/problems/{problem.pk}/edit/", sent).status_code == 302

    def test_another_category_by_its_link(self, desk):
        problem = desk.log(category=Category.LAND, details={"land_mu": "15.3"})
        client, sent = self.open(desk, problem)

        client.post(f"/problems/{problem.pk}/edit/?category=legacy", sent | {"detail_began_year": "1998"})

        changed = Problem.objects.get(pk=problem.pk)
        assert (changed.category, changed.details) == ("legacy", {"began_year": 1998})


class TestActionPages:
    """The journey of one problem through the pages, each step by the person whose it is."""

    def act(self, desk, user, problem, path, **given):
        client, url = desk.world.client(user), f"/problems/{problem.pk}/{path}/"
        page = client.get(url)
        assert page.status_code == 200, url
        return client.post(url, {"submission": page.context["submission"], "on": TODAY.isoformat()} | given)

    def test_from_draft_to_relapse(self, desk):
        w = desk.world
        problem = desk.log(on=date(2026, 10, 1))
        journey = [
            (w.office_clerk, "submit", {}, "submitted"),
            (w.commissioner, "return", {"reason": "请补充责任人"}, "returned"),
            (w.office_clerk, "submit", {}, "submitted"),
            (w.commissioner, "accept", {}, "rectifying"),
            (w.commissioner, "degree", {"degree": "preliminary", "reason": "协议已谈妥"}, "rectifying"),
            (w.village_secretary, "extension/ask", {"new_due_on": "2027-03-01", "reason": "汛期停工"}, "rectifying"),
            (w.commissioner, "extension/decide", {"granted": "yes"}, "rectifying"),
            (w.commissioner, "deadline", {"deadline_kind": "date", "due_on": "2027-02-01", "reason": "上级要求"}, "rectifying"),
            (w.commissioner, "suspend", {"reason": "等待规划"}, "suspended"),
            (w.commissioner, "resume", {}, "rectifying"),
            (w.village_secretary, "close-out/ask", {"note": "路面已硬化"}, "closing"),
            (w.resident_cadre, "close-out/return", {"reason": "路肩未完成"}, "rectifying"),
            (w.village_secretary, "close-out/ask", {"note": "路肩已完成"}, "closing"),
            (w.resident_cadre, "close-out/check", {"note": "现场看过"}, "closing"),
            (w.commissioner, "close-out", {"degree": "full", "outcome": "路面已硬化并通车"}, "closed"),
            (w.commissioner, "relapse", {"reason": "路面开裂"}, "relapsed"),
            (w.party_secretary, "instruction", {"text": "本周整改到位"}, "relapsed"),
        ]  # fmt: skip

        for user, path, given, state in journey:
            assert self.act(desk, user, problem, path, **given).status_code == 302, path
            problem.refresh_from_db()
            assert problem.state == state, path

        assert (problem.relapses, problem.extensions_granted, problem.due_on) == (1, 1, date(2027, 2, 1))
        page = w.client(w.commissioner).get(f"/problems/{problem.pk}/").content.decode()
        for words in ("请补充责任人", "路肩未完成", "现场看过", "本周整改到位", "反弹1次"):
            assert words in page

    def test_refusal_stands_at_the_field_and_keeps_the_text(self, desk):
        problem = desk.accept()

        answer = self.act(
            desk, desk.world.village_secretary, problem, "extension/ask", new_due_on="2026-03-01", reason="汛期停工两周"
        )

        assert answer.status_code == 422
        assert "延期后的时限须晚于现在的时限" in answer.context["form"].errors["new_due_on"][0]
        assert "汛期停工两周" in answer.content.decode()

    def test_double_click_closes_once(self, desk):
        problem = desk.in_state(State.CLOSING)
        client, url = desk.world.client(desk.world.commissioner), f"/problems/{problem.pk}/close-out/"
        sent = {
            "submission": client.get(url).context["submission"],
            "degree": "full",
            "outcome": "完成",
            "on": "2026-10-31",
        }

        first, second = client.post(url, sent), client.post(url, sent)

        assert first.status_code == second.status_code == 302
        assert problem.steps.filter(action="close").count() == 1

    def test_saving_leads_back_to_the_problem_and_on_to_the_list(self, desk):
        problem = desk.accept()
        client = desk.world.client(desk.world.commissioner)
        url = f"/problems/{problem.pk}/suspend/"
        page = client.get(url + "?back=/problems/%3Fcolour%3Dred")

        answer = client.post(
            url,
            {
                "submission": page.context["submission"],
                "back": page.context["back"],
                "reason": "等待",
                "on": "2026-10-31",
            },
        )

        assert answer.url == f"/problems/{problem.pk}/?back=%2Fproblems%2F%3Fcolour%3Dred"

    def test_pages_cost_at_most_twelve_queries(self, desk):
        problem = desk.in_state(State.CLOSING)
        client = desk.world.client(desk.world.commissioner)
        for path in ("close-out", "close-out/return", "degree", "deadline", "instruction", "edit"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(f"/problems/{problem.pk}/{path}/").status_code == 200
            assert len(seen) <= 12, path
