"""Pages of inspections, notices, bulletins, visits and surveys: works, stranger, reader, nonsense, twice, how many queries."""

from datetime import date

import pytest

from inspections import services
from inspections.models import Bulletin, Finding, Inspection, Notice, Survey, Visit
from inspections.services.surveys import Answers
from meetings.services import hold_meeting
from rounds.national import USUAL_QUESTIONS
from tests.conftest import NOON
from tests.inspections.conftest import inspect
from tests.meetings.conftest import problem_of
from tests.meetings.test_pages import opened, text
from villages.models import Cadre


def total(client, url):
    page = client.get(url)
    assert page.status_code == 200
    return page.context["paging"].total


class TestInspectionPages:
    def form(self, world, **more):
        values = {
            "round": world.round.pk,
            "mode": "unannounced",
            "held_on": "2026-06-02",
            "villages": [world.village.pk],
        }
        return values | more

    def test_clerk_records_one_once(self, world):
        client, url = world.client(world.office_clerk), "/inspections/new/"
        form = opened(client, url, **self.form(world))

        first, second = client.post(url, form), client.post(url, form)

        inspection = Inspection.objects.get()
        assert first.url == second.url == inspection.get_absolute_url()
        assert "登记督查" in text(client.get(first.url))

    def test_foreign_village_is_refused_by_the_field(self, world):
        client, url = world.client(world.office_clerk), "/inspections/new/"

        page = client.post(url, opened(client, url, **self.form(world, villages=[world.foreign.pk])))

        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["villages"]

    def test_leaders_are_offered_before_the_village(self, world):
        page = world.client(world.office_clerk).get("/inspections/new/").content.decode()
        offered = page[page.index('name="leader"') :].partition("</select>")[0]

        leads, village = (world.party_secretary.cadre.name, world.village_secretary.cadre.name)
        assert offered.index('label="乡镇领导"') < offered.index(leads) < offered.index(village)
        assert offered.index(world.office_clerk.cadre.name) < offered.index(f'label="{world.village.name}"')

    def test_list_filters(self, world, inspection):
        inspect(world, mode="leader", held_on=date(2026, 7, 1), villages=[world.sibling])
        client = world.client(world.office_clerk)

        for query, found in (
            ("round=2026-2", 2), ("mode=leader", 1), (f"village={world.village.pk}", 1), ("from=2026-06-15", 1),
            ("to=2026-06-15", 1), ("as_of=2026-06-01", 0), ("mode=nonsense", 2),
        ):  # fmt: skip
            assert total(client, f"/inspections/?{query}") == found, query

    def test_reader_may_not_and_stranger_finds_nothing(self, world, inspection):
        for path in ("edit/", "findings/new/", "notices/new/"):
            url = f"{inspection.get_absolute_url()}{path}"
            assert world.client(world.party_secretary).get(url).status_code == 403
            assert world.client(world.village_secretary).get(url).status_code == 403
            assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.users["station"]).get("/inspections/").status_code == 403

    def test_second_editor_sees_the_difference(self, world, inspection):
        client, url = world.client(world.office_clerk), f"{inspection.get_absolute_url()}edit/"
        form = opened(client, url, **self.form(world, summary="我写的情况"))
        Inspection.objects.filter(pk=inspection.pk).update(summary="别人写的情况", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的情况" in refused.content.decode()
        assert client.post(url, form | {"base_version": refused.context["base_version"]}).status_code == 302
        assert Inspection.objects.get().summary == "我写的情况"

    def test_finding_names_a_problem_of_the_inspected_village(self, world, inspection):
        own, other = problem_of(world, world.village, 1), problem_of(world, world.sibling, 2)
        client, url = world.client(world.office_clerk), f"{inspection.get_absolute_url()}findings/new/"

        page = client.post(url, opened(client, url, village=world.village.pk, text="进度慢", problem=other.pk))
        assert list(page.context["form"].errors) == ["problem"]
        client.post(url, opened(client, url, village=world.village.pk, text="进度慢", problem=own.pk))

        assert Finding.objects.get().problem == own
        assert "进度慢" in text(client.get(inspection.get_absolute_url()))

    def test_village_sees_its_own_findings_only(self, world):
        inspection = inspect(world, villages=[world.village, world.sibling])
        for village in (world.village, world.sibling):
            services.add_finding(inspection, village=village, text=f"{village}台账不全", by=world.office_clerk, at=NOON)

        body = text(world.client(world.village_secretary).get(inspection.get_absolute_url()))

        assert "石桥村台账不全" in body
        assert "下塘村台账不全" not in body


class TestNoticePages:
    def test_issued_from_the_page_of_the_inspection(self, world, inspection):
        client, url = world.client(world.commissioner), f"{inspection.get_absolute_url()}notices/new/"
        form = opened(
            client, url, village=world.village.pk, requirement="补齐记录", issued_on="2026-06-03",
            reply_due_on="2026-06-10",
        )  # fmt: skip

        client.post(url, form)
        client.post(url, form)

        assert Notice.objects.get().number == 1

    def test_finding_fills_the_form(self, world, inspection):
        finding = services.add_finding(
            inspection, village=world.village, text="台账不全", requirement="一周内补齐", by=world.commissioner, at=NOON
        )
        url = f"{inspection.get_absolute_url()}notices/new/"

        assert "一周内补齐" in text(world.client(world.commissioner).get(f"{url}?finding={finding.pk}"))
        text(world.client(world.commissioner).get(f"{url}?finding=x"))

    def test_village_signs_and_answers_then_the_office_checks(self, world, notice):
        village, office = world.client(world.village_secretary), world.client(world.commissioner)
        url = notice.get_absolute_url()
        assert f"{url}sign/" in text(village.get(url))

        village.post(f"{url}sign/", opened(village, f"{url}sign/", signed_on="2026-06-04"))
        assert "已签收。已过反馈时限，请尽快反馈整改情况。" in text(village.get(url))
        village.post(f"{url}reply/", opened(village, f"{url}reply/", reply="已补齐", replied_on="2026-06-09"))
        office.post(f"{url}check/", opened(office, f"{url}check/", verdict="good", checked_on="2026-06-12"))

        notice.refresh_from_db()
        assert (notice.signed_on, notice.replied_on, notice.closed_on) == (
            date(2026, 6, 4), date(2026, 6, 9), date(2026, 6, 12),
        )  # fmt: skip
        body = text(village.get(url))
        assert "已办结" in body
        assert "签收整改通知书" in body

    def test_answer_before_signing_is_refused_and_kept(self, world, notice):
        client, url = world.client(world.village_secretary), f"{notice.get_absolute_url()}reply/"

        page = client.post(url, opened(client, url, reply="写了很久的整改情况", replied_on="2026-06-09"))

        assert page.status_code == 422
        assert "请先签收" in page.content.decode()
        assert "写了很久的整改情况" in page.content.decode()

    @pytest.mark.parametrize("version", ["", "0", "x", "-1", "9" * 19, "9" * 5000])
    def test_a_form_without_its_version_changes_nothing(self, world, notice, version):
        village, url = world.client(world.village_secretary), f"{notice.get_absolute_url()}sign/"

        answer = village.post(url, opened(village, url, signed_on="2026-06-04") | {"base_version": version})

        notice.refresh_from_db()
        assert (answer.status_code, notice.signed_on) == (409, None)

    def test_only_the_village_answers_and_only_the_office_checks(self, world, notice):
        url = notice.get_absolute_url()
        for path in ("sign/", "reply/"):
            assert world.client(world.commissioner).get(url + path).status_code == 403
            assert world.client(world.sibling_secretary).get(url + path).status_code == 404
        for path in ("check/", "edit/"):
            assert world.client(world.village_secretary).get(url + path).status_code == 403
        assert world.client(world.stranger).get(url).status_code == 404

    def test_list_by_state_on_a_day(self, world, notice):
        services.sign_notice(notice, signed_on=date(2026, 6, 4), by=world.village_secretary, at=NOON)
        services.reply_notice(notice, replied_on=date(2026, 6, 12), reply="已补齐", by=world.village_secretary, at=NOON)
        client = world.client(world.office_clerk)

        for day, states in (
            ("2026-06-02", set()), ("2026-06-10", {"unanswered"}), ("2026-06-11", {"unanswered", "late"}),
            ("2026-06-12", {"answered"}),
        ):  # fmt: skip
            for state in ("unanswered", "late", "answered"):
                found = total(client, f"/inspections/notices/?round=2026-2&as_of={day}&state={state}")
                assert found == (state in states), (day, state)
        assert total(client, f"/inspections/notices/?village={world.sibling.pk}") == 0

    def test_changed_deadline_asks_for_a_reason(self, world, notice):
        client, url = world.client(world.commissioner), f"{notice.get_absolute_url()}edit/"
        form = opened(client, url, requirement="补齐", issued_on="2026-06-03", reply_due_on="2026-06-20")

        page = client.post(url, form)

        assert list(page.context["form"].errors) == ["reason"]
        assert client.post(url, form | {"reason": "村里申请"}).status_code == 302


class TestBulletinPages:
    def test_reported_at_a_meeting(self, world, inspection):
        meeting = hold_meeting(
            township=world.township, round=world.round, kind="cadre_meeting", level="township", name="机关干部例会",
            held_on=date(2026, 6, 15), by=world.office_clerk, at=NOON,
        )  # fmt: skip
        client, url = world.client(world.office_clerk), "/inspections/bulletins/new/"
        form = opened(
            client, f"{url}?inspection={inspection.pk}", round=world.round.pk, meeting=meeting.pk,
            inspections=[inspection.pk],
        )  # fmt: skip

        answer = client.post(url, form)

        assert Bulletin.objects.get().reported_on == date(2026, 6, 15)
        assert "机关干部例会" in text(client.get(answer.url))
        for url in (answer.url, "/inspections/bulletins/"):  # named as its kind: once, not twice
            assert "机关干部例会：" not in text(client.get(url))
        assert "已通报" in text(client.get("/inspections/"))
        for query, found in (("kind=cadre_meeting", 1), ("kind=written", 0), ("as_of=2026-06-14", 0)):
            assert total(client, f"/inspections/bulletins/?{query}") == found
        # Every cadre of the township may know that and when; the meeting itself is not the village's to open.
        body = text(world.client(world.village_secretary).get(answer.url))
        assert meeting.get_absolute_url() not in body
        assert inspection.get_absolute_url() in body

    def test_without_meeting_or_day_is_refused(self, world):
        client, url = world.client(world.office_clerk), "/inspections/bulletins/new/"

        page = client.post(url, opened(client, url, round=world.round.pk))

        assert list(page.context["form"].errors) == ["reported_on"]

    def test_edit_keeps_what_it_names(self, world):
        old = inspect(world, held_on=date(2025, 1, 5))
        bulletin = services.add_bulletin(
            township=world.township, round=world.round, reported_on=date(2025, 2, 1), inspections=[old],
            by=world.office_clerk, at=NOON,
        )  # fmt: skip
        client, url = world.client(world.office_clerk), f"{bulletin.get_absolute_url()}edit/"
        form = opened(
            client, url, round=world.round.pk, reported_on="2025-02-01", inspections=[old.pk], content="三个村进度"
        )

        assert client.post(url, form).status_code == 302
        assert list(Bulletin.objects.get().inspections.all()) == [old]
        assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.village_secretary).get(url).status_code == 403


class TestVisitPages:
    url = "/inspections/visits/new/"

    def test_leader_records_his_own_visit_in_one_short_form(self, world):
        client = world.client(world.linked_leader)
        page = client.get(self.url)
        assert "cadre" not in page.context["form"].fields
        form = opened(client, self.url, village=world.village.pk, visited_on="2026-10-20", households="6")

        client.post(self.url, form | {"cadre": world.commissioner.cadre.pk, "round": world.other_round.pk})
        client.post(self.url, form)

        visit = Visit.objects.get()
        assert (visit.cadre, visit.round, visit.households) == (world.linked_leader.cadre, world.round, 6)

    def test_office_says_who_went(self, world):
        client = world.client(world.office_clerk)
        values = {"village": world.village.pk, "visited_on": "2026-10-20", "households": "6"}

        client.post(self.url, opened(client, self.url, cadre=world.linked_leader.cadre.pk, **values))
        page = client.post(self.url, opened(client, self.url, cadre=world.stranger.cadre.pk, **values))

        assert Visit.objects.get().cadre == world.linked_leader.cadre
        assert list(page.context["form"].errors) == ["cadre"]

    def test_day_to_come_and_foreign_village_are_refused(self, world):
        client = world.client(world.linked_leader)
        values = {"village": world.village.pk, "visited_on": "2099-01-01", "households": "6", "note": "写好的情况"}

        page = client.post(self.url, opened(client, self.url, **values))
        assert "尚未成行的行程不在本系统保存" in page.content.decode()
        assert "写好的情况" in page.content.decode()
        page = client.post(self.url, opened(client, self.url, **values | {"village": world.sibling.pk}))
        assert list(page.context["form"].errors) == ["village"]

    def test_list_counts_visits_and_households(self, world):
        for cadre, day in (
            (world.linked_leader.cadre, date(2026, 4, 1)), (world.linked_leader.cadre, date(2026, 5, 1)),
            (world.resident_cadre.cadre, date(2026, 5, 2)),
        ):  # fmt: skip
            services.record_visit(
                township=world.township, round=world.round, village=world.village, cadre=cadre, visited_on=day,
                households=5, by=world.office_clerk, at=NOON,
            )  # fmt: skip
        client = world.client(world.office_clerk)

        body = text(client.get("/inspections/visits/?round=2026-2"))
        assert "共 <strong>3</strong> 次走访，共入户 <strong>15</strong> 户" in body
        first = Visit.objects.last()
        body = text(client.get(f"/inspections/visits/?only={first.pk}"))
        assert "共 <strong>1</strong> 次走访，共入户 <strong>5</strong> 户" in body
        for query, found in (
            ("leader=1", 2), (f"cadre={world.resident_cadre.cadre.pk}", 1), ("as_of=2026-04-30", 1),
            ("from=2026-05-01", 2), (f"village={world.sibling.pk}", 0),
        ):  # fmt: skip
            assert total(client, f"/inspections/visits/?{query}") == found, query

    def test_corrected_by_who_went_or_the_office(self, world):
        visit = services.record_visit(
            township=world.township, round=world.round, village=world.village, cadre=world.linked_leader.cadre,
            visited_on=date(2026, 10, 20), households=5, by=world.linked_leader, at=NOON,
        )  # fmt: skip
        url = f"{visit.get_absolute_url()}edit/"
        assert world.client(world.resident_cadre).get(url).status_code == 403
        assert world.client(world.stranger).get(url).status_code == 404
        for user in (world.linked_leader, world.office_clerk):
            client = world.client(user)
            values = {"village": world.village.pk, "visited_on": "2026-10-20", "households": "7", "note": user.name}
            client.post(url, opened(client, url, cadre=visit.cadre.pk, **values))
            visit.refresh_from_db()
            assert (visit.households, visit.note, visit.cadre) == (7, user.name, world.linked_leader.cadre)

    def test_without_a_round_says_what_is_missing(self, world):
        for round in (world.round, world.other_round):
            round.delete()
        client = world.client(world.linked_leader)

        page = client.post(
            self.url, opened(client, self.url, village=world.village.pk, visited_on="2026-10-20", households="1")
        )

        assert "还没有建立整顿轮次" in page.content.decode()


class TestSurveyPages:
    url = "/inspections/surveys/new/"

    def form(self, world, **more):
        return {
            "round": world.round.pk, "village": world.village.pk, "kind": "midterm", "held_on": "2026-09-25",
            "issued": 60, "returned": 58, "valid": 57, "satisfied": 41, "mostly": 12, "dissatisfied": 3, "unknown": 1,
        } | more  # fmt: skip

    def test_counted_ballots_and_their_rate(self, world):
        client = world.client(world.office_clerk)

        answer = client.post(self.url, opened(client, self.url, **self.form(world)))

        assert "93%" in text(client.get(answer.url))
        assert "93%" in text(client.get("/inspections/surveys/?round=2026-2&kind=midterm&as_of=2026-10-31"))
        assert total(client, "/inspections/surveys/?as_of=2026-09-24") == 0

    def test_wrong_sum_is_refused_with_the_numbers(self, world):
        client = world.client(world.office_clerk)

        page = client.post(self.url, opened(client, self.url, **self.form(world, satisfied=40)))

        assert page.status_code == 422
        assert "40＋12＋3＋1＝56" in page.content.decode()

    def test_scope(self, world):
        client = world.client(world.office_clerk)
        survey_url = client.post(self.url, opened(client, self.url, **self.form(world))).url

        page = client.post(self.url, opened(client, self.url, **self.form(world, village=world.foreign.pk)))
        assert list(page.context["form"].errors) == ["village"]
        assert world.client(world.stranger).get(survey_url).status_code == 404
        assert world.client(world.village_secretary).get(survey_url).status_code == 200
        assert world.client(world.village_secretary).get(f"{survey_url}edit/").status_code == 403
        client.post(f"{survey_url}edit/", opened(client, f"{survey_url}edit/", **self.form(world, issued=61)))
        assert Survey.objects.get().issued == 61

    @staticmethod
    def line(n, text, *counts):
        names = (f"question_{n}", f"satisfied_{n}", f"mostly_{n}", f"dissatisfied_{n}", f"unknown_{n}")
        return dict(zip(names, (text, *counts), strict=True))

    def test_questions_start_from_the_usual_ones_and_only_counted_ones_are_kept(self, world):
        client = world.client(world.office_clerk)
        shown = client.get(self.url)
        for text_ in USUAL_QUESTIONS:
            assert f'value="{text_}"' in shown.content.decode()
        usual = {f"question_{n}": text_ for n, text_ in enumerate(USUAL_QUESTIONS, start=1)}
        lines = usual | self.line(2, "村务公开", 30, 10, 5, 2) | self.line(6, "临时加的一题", 57, 0, 0, 0)

        answer = client.post(self.url, opened(client, self.url, **self.form(world, **lines)))

        assert [(q.number, q.text) for q in Survey.objects.get().questions.all()] == [
            (1, "村务公开"),
            (2, "临时加的一题"),
        ]
        page = text(client.get(answer.url))
        for words in ("1. 村务公开", "70.2%", "满意率最低的是“村务公开”"):
            assert words in page
        edit = client.get(f"{answer.url}edit/")
        assert 'value="村务公开"' in edit.content.decode()
        assert USUAL_QUESTIONS[0] not in edit.content.decode()

    @pytest.mark.parametrize(
        ("line", "field", "sentence"),
        [
            (("村务公开", 30, 10, 5, ""), "unknown_1", "没有填，没有票的填0"),
            (("", 30, 10, 5, 2), "question_1", "有票数，没有写题目"),
            (("村务公开", 50, 10, 5, 2), "question_1", "四项之和50＋10＋5＋2＝67，多于有效票57"),
        ],
    )
    def test_a_wrong_line_is_refused_and_kept(self, world, line, field, sentence):
        client = world.client(world.office_clerk)

        page = client.post(self.url, opened(client, self.url, **self.form(world, **self.line(1, *line))))

        assert page.status_code == 422
        assert sentence in page.context["form"].errors[field][0]
        assert any("第1题" in label + said for _, label, said in page.context["form"].error_list())
        assert 'name="satisfied_1" value="' + str(line[1]) in page.content.decode()
        assert not Survey.objects.exists()

    def test_all_that_is_wrong_is_told_at_once(self, world):
        client = world.client(world.office_clerk)
        lines = self.line(1, "村务公开", 30, 10, 5, "") | self.line(2, "办事", 50, 10, 5, 2)

        page = client.post(self.url, opened(client, self.url, **self.form(world, returned=61, satisfied=40, **lines)))

        assert set(page.context["form"].errors) == {"returned", "valid", "unknown_1", "question_2"}

    def test_a_second_editor_sees_the_questions_that_differ(self, world):
        client = world.client(world.office_clerk)
        first = self.form(world, **self.line(1, "村务公开", 30, 10, 5, 2))
        url = client.post(self.url, opened(client, self.url, **first)).url + "edit/"
        late = opened(client, url, **self.form(world, **self.line(1, "村务公开", 31, 10, 5, 2)))
        client.post(url, opened(client, url, **self.form(world, **self.line(1, "村务公开", 32, 10, 5, 2))))

        page = client.post(url, late)

        assert page.status_code == 409
        [row] = page.context["differences"]
        assert (row["label"], row["now"][5:9], row["typed"][5:9]) == ("第1题", "满意32", "满意31")
        assert Survey.objects.get().questions.get().satisfied == 32


class TestEmptyLists:
    @pytest.mark.parametrize(
        ("path", "words"),
        [("", "督查结束后登记"), ("findings/", "逐村登记"), ("notices/", "在督查页面上发出"), ("bulletins/", "在这里登记"),
         ("visits/", "走访后登记"), ("surveys/", "满意率自动计算")],
    )  # fmt: skip
    def test_say_what_to_do(self, world, path, words):
        assert words in text(world.client(world.office_clerk).get(f"/inspections/{path}"))


class TestQueries:
    def test_few_and_the_same_for_many_rows(self, world, django_assert_max_num_queries):
        for n in range(12):
            cadre = Cadre.objects.create(county=world.county, township=world.township, name=f"干部{n}")
            inspection = inspect(
                world, held_on=date(2026, 6, 1 + n), leader=cadre, villages=[world.village, world.sibling]
            )
            problem = problem_of(world, world.village, n + 1)
            finding = services.add_finding(
                inspection, village=world.village, text="未列入", by=world.office_clerk, at=NOON
            )
            services.add_finding(
                inspection, village=world.village, text="问题", problem=problem, by=world.office_clerk, at=NOON
            )
            notice = services.issue_notice(
                inspection, village=world.village, requirement="改", issued_on=date(2026, 6, 20),
                reply_due_on=date(2026, 6, 30), by=world.office_clerk, at=NOON,
            )  # fmt: skip
            bulletin = services.add_bulletin(
                township=world.township, round=world.round, reported_on=date(2026, 7, 1),
                inspections=Inspection.objects.all(), by=world.office_clerk, at=NOON,
            )  # fmt: skip
            visit = services.record_visit(
                township=world.township, round=world.round, village=world.village, cadre=cadre,
                visited_on=date(2026, 6, 1), households=1, by=world.office_clerk, at=NOON,
            )  # fmt: skip
            survey = services.add_survey(
                round=world.round, village=world.village, kind="midterm", held_on=date(2026, 9, 1 + n), issued=1,
                returned=1, valid=1, satisfied=1, mostly=0, dissatisfied=0, unknown=0, by=world.office_clerk, at=NOON,
                questions=[Answers(f"题{m}", 1, 0, 0, 0) for m in range(n)],
            )  # fmt: skip
        client = world.client(world.office_clerk)
        pages = [
            "/inspections/" + path
            for path in ("", "findings/", "notices/", "notices/?as_of=2026-06-25", "bulletins/", "visits/", "surveys/")
        ]
        pages += ["/inspections/" + path for path in ("new/", "bulletins/new/", "visits/new/", "surveys/new/")]
        for record in (inspection, notice, bulletin, visit, survey):
            pages += [record.get_absolute_url(), f"{record.get_absolute_url()}edit/"]
        pages += [f"{inspection.get_absolute_url()}findings/new/", f"{inspection.get_absolute_url()}notices/new/"]
        pages += [f"{notice.get_absolute_url()}sheet/", f"/inspections/findings/{finding.pk}/problem/"]
        for page in pages:
            with django_assert_max_num_queries(12):
                text(client.get(page))
