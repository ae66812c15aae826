"""Pages: the register, a slip and its paper, the rules with their preview, one's inbox, urging, mail."""

from datetime import date
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail as outbox
from django.urls import reverse

from audit.models import Entry
from common.errors import Refused
from jobs import registry
from supervision.models import Digest, InboxItem, MailAddress, Slip, SlipRules, Urge
from supervision.nightly import send_mails
from supervision.services import inbox, mail, urging
from supervision.services.digests import body
from supervision.terms import Reason
from tests.conftest import NOON
from tests.problems.conftest import noon
from tests.supervision.conftest import FRIDAY, MONDAY

pytestmark = pytest.mark.django_db
D = date


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(noon(FRIDAY), tick=False)


@pytest.fixture
def slip(desk, night):
    desk.accept(due_on=D(2026, 10, 29))
    night(FRIDAY)
    return Slip.objects.get()


def fill(client, url, **values):
    context = client.get(url).context_data
    return client.post(url, {"submission": context["submission"], "base_version": context["base_version"]} | values)


class TestSlips:
    def test_the_village_signs_and_answers_and_the_paper_has_lines(self, slip, world):
        client = world.client(world.village_secretary)
        url = slip.get_absolute_url()
        assert "签收" in client.get(url).content.decode()
        assert fill(client, f"{url}sign/", signed_on="2026-10-30").status_code == 302
        assert fill(client, f"{url}answer/", answer="资金下周到位", answered_on="2026-10-30").status_code == 302
        page = client.get(url).content.decode()

        for words in ("督办单〔2026〕1号", "黄色督办", "资金下周到位", "签收人（签字、盖章）", "签收黄色督办"):
            assert words in page

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [(FRIDAY, "请在反馈时限前反馈办理情况。"), (D(2026, 11, 27), "已过反馈时限，请尽快反馈。")],
    )
    def test_who_signs_late_is_not_told_to_answer_in_time(self, slip, world, time_machine, day, sentence):
        time_machine.move_to(noon(day), tick=False)
        client, url = world.client(world.village_secretary), slip.get_absolute_url()

        fill(client, f"{url}sign/", signed_on=day.isoformat())

        assert f"已签收。{sentence}" in client.get(url).content.decode()

    def test_sent_twice_it_is_taken_once_and_a_second_editor_is_told(self, slip, world):
        client, url = world.client(world.village_secretary), slip.get_absolute_url() + "sign/"
        context = client.get(url).context_data
        values = {
            "submission": context["submission"],
            "base_version": context["base_version"],
            "signed_on": "2026-10-30",
        }
        late = world.client(world.village_head)
        other = late.get(url).context_data
        assert client.post(url, values).status_code == client.post(url, values).status_code == 302
        answer = late.post(url, values | {"submission": other["submission"]})

        assert answer.status_code == 422  # signed for meanwhile
        assert "已于2026-10-30签收" in answer.content.decode()
        assert Entry.objects.filter(object_type="supervision.slip", verb__startswith="签收").count() == 1

    def test_a_stranger_finds_nothing_and_a_reader_may_not_sign(self, slip, world):
        url = slip.get_absolute_url()

        assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.sibling_secretary).get(f"{url}sign/").status_code == 404
        assert world.client(world.linked_leader).get(url).status_code == 200
        assert world.client(world.linked_leader).get(f"{url}sign/").status_code == 403

    def test_the_register_filters_by_level_state_and_day(self, slip, desk, night, world, time_machine):
        time_machine.move_to(noon(MONDAY), tick=False)
        desk.accept(due_on=D(2026, 10, 19))
        night(MONDAY)
        client = world.client(world.office_clerk)

        def found(query):
            return client.get(f"/supervision/?{query}").context_data["paging"].total

        assert [found(q) for q in ("", "level=red", "level=yellow", "state=closed", "state=unanswered")] == [
            2,
            1,
            1,
            0,
            2,
        ]
        assert found("as_of=2026-10-30") == 1
        assert found("kind=notice") == 0
        assert "最近一次夜间计算" in client.get("/supervision/").content.decode()
        village = world.client(world.village_secretary).get("/supervision/").content.decode()
        assert "夜间计算" not in village  # the portal's own workings: for those who keep the rounds
        assert "还没有督办单" in world.client(world.stranger).get("/supervision/").content.decode()

    def test_few_queries_whatever_the_rows(self, slip, desk, night, world, django_assert_max_num_queries):
        for _ in range(4):
            desk.accept(due_on=D(2026, 10, 20))
        night(MONDAY)
        for user, url in (
            (world.office_clerk, "/supervision/"), (world.village_secretary, slip.get_absolute_url()),
            (world.village_secretary, "/supervision/inbox/"), (world.county_reader, "/supervision/"),
            (world.office_clerk, f"/supervision/rules/{world.round.pk}/"), (world.office_clerk, slip.problem.get_absolute_url()),
        ):  # fmt: skip
            client = world.client(user)
            with django_assert_max_num_queries(12):
                assert client.get(url).status_code == 200


class TestRules:
    VALUES = {
        "is_on": "on", "blue_days": 5, "yellow_days": 1, "red_days": 3, "reply_days": 2, "blue_to": ["village_secretary"],
        "yellow_to": ["village_secretary", "linked_leader"], "red_to": ["party_secretary"], "with_notices": "on",
    }  # fmt: skip

    def test_preview_saves_nothing_then_saving_holds_from_the_next_night(self, desk, night, world):
        desk.accept(due_on=D(2026, 10, 26))
        client, url = world.client(world.office_clerk), f"/supervision/rules/{world.round.pk}/"
        shown = fill(client, url, **self.VALUES, preview="1")
        effects = {e["row"].level: (e["row"].count, e["row"].fresh) for e in shown.context_data["effects"]}
        assert effects == {"blue": (0, 0), "yellow": (0, 0), "red": (1, 1)}
        assert "以上只是预览" in shown.content.decode()
        assert not SlipRules.objects.exists()

        assert fill(client, url, **self.VALUES).status_code == 302
        night(FRIDAY)
        assert Slip.objects.get().level == "red"
        assert set(InboxItem.objects.filter(reason="slip_red").values_list("user", flat=True)) == {
            world.party_secretary.pk
        }
        assert "红色督办发给" in client.get(url).content.decode()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"red_days": 1}, "须多于黄色督办"),
            ({"red_to": []}, "请至少选择一个接收岗位"),
            ({"red_to": ["county_reader"]}, ""),
        ],
    )
    def test_what_does_not_fit_is_refused(self, world, changes, sentence):
        client, url = world.client(world.office_clerk), f"/supervision/rules/{world.round.pk}/"
        for more in ({}, {"preview": "1"}):
            answer = fill(client, url, **self.VALUES | changes | more)
            assert answer.status_code == 422
            assert sentence in answer.content.decode()
        assert not SlipRules.objects.exists()

    def test_a_foreign_round_is_not_found(self, world):
        url = f"/supervision/rules/{world.other_round.pk}/"
        assert world.client(world.office_clerk).get(url).status_code == 404
        assert world.client(world.village_secretary).get(f"/supervision/rules/{world.round.pk}/").status_code == 403

    def test_a_second_editor_is_told(self, world):
        client, url = world.client(world.office_clerk), f"/supervision/rules/{world.round.pk}/"
        late = client.get(url).context_data
        fill(client, url, **self.VALUES)
        answer = client.post(
            url,
            {"submission": late["submission"], "base_version": late["base_version"], **self.VALUES, "reply_days": 9},
        )
        assert answer.status_code == 409
        assert SlipRules.objects.get().reply_days == 2


class TestInbox:
    def test_read_one_then_all_that_are_shown(self, slip, desk, night, world):
        desk.accept(due_on=D(2026, 10, 20))
        night(MONDAY)
        client = world.client(world.village_secretary)
        page = client.get("/supervision/inbox/")
        keys = [item["row"].pk for item in page.context_data["items"]]
        assert page.context_data["counts"] == {"total": 2, "unread": 2, "red": 1, "yellow": 1, "blue": 0}
        assert [item["row"].colour for item in page.context_data["items"]] == ["red", "yellow"]
        foreign = InboxItem.objects.filter(user=world.resident_cadre).first()

        client.post("/supervision/inbox/read/", {"key": [keys[0], foreign.pk, "x"]})
        assert client.get("/supervision/inbox/?unread=1").context_data["paging"].total == 1
        foreign.refresh_from_db()
        assert foreign.read_at is None
        client.post("/supervision/inbox/read/", {"key": keys})
        assert client.get("/supervision/inbox/").context_data["counts"]["unread"] == 0
        assert InboxItem.objects.filter(user=world.village_secretary).count() == 2  # read, not gone

    def test_empty_says_so(self, world):
        assert "这里没有提醒" in world.client(world.county_reader).get("/supervision/inbox/").content.decode()

    def test_the_frame_shows_how_many_are_unread(self, slip, world):
        client = world.client(world.village_secretary)

        assert '待办 <span class="badge-count">1</span>' in client.get("/").content.decode()
        client.post("/supervision/inbox/read/", {"key": InboxItem.objects.values_list("pk", flat=True)})
        assert "badge-count" not in client.get("/").content.decode()

    def test_digests_of_ones_own_only(self, slip, world):
        mine = Digest.objects.get(user=world.village_secretary)
        client = world.client(world.village_secretary)

        assert "2026年10月30日提醒" in client.get(mine.get_absolute_url()).content.decode()
        assert "1项" in client.get("/supervision/digests/").content.decode()
        assert world.client(world.resident_cadre).get(mine.get_absolute_url()).status_code == 404

    def test_a_line_no_rule_computes_stays_until_read_and_a_night_passed(self, world, night):
        values = {
            "user": world.office_clerk,
            "kind": "summary",
            "object_id": 7,
            "reason": Reason.DRAFT,
            "text": "月报",
            "url": "/",
        }
        inbox.put(**values, on=FRIDAY)
        inbox.put(**values, on=FRIDAY)
        night(FRIDAY)
        assert InboxItem.objects.count() == 1
        inbox.mark_read(user=world.office_clerk, at=noon(FRIDAY))
        night(MONDAY)
        assert not InboxItem.objects.exists()


class TestUrging:
    def test_once_a_day_a_person_and_it_is_there_at_once(self, desk, world):
        problem = desk.accept(due_on=D(2026, 12, 30))
        client, url = world.client(world.linked_leader), f"/supervision/urge/{problem.pk}/"
        assert fill(client, url, text="下周现场会前要开工").status_code == 302

        line = InboxItem.objects.get(user=world.village_secretary)
        assert (line.reason, line.note) == ("urged", "包村领导甲：下周现场会前要开工")
        again = client.get(url, follow=True)
        assert "同一问题每人每天只催办一次" in again.content.decode()
        with pytest.raises(Refused, match="每人每天只催办一次"):
            urging.urge(problem, by=world.linked_leader, at=noon(FRIDAY))
        urging.urge(problem, by=world.party_secretary, at=noon(FRIDAY))
        urging.urge(problem, by=world.linked_leader, at=noon(MONDAY))
        assert Urge.objects.count() == 3
        assert "包村领导甲催办" in client.get(problem.get_absolute_url()).content.decode()

    def test_only_what_runs_and_only_by_whom(self, desk, world):
        problem = desk.accept(due_on=D(2026, 12, 30))
        url = reverse("supervision:urge", args=[problem.pk])
        assert world.client(world.village_secretary).get(url).status_code == 403
        assert world.client(world.stranger).get(url).status_code == 404
        desk.close(problem, D(2026, 10, 20))
        with pytest.raises(Refused, match="不用催办"):
            urging.urge(problem, by=world.office_clerk, at=NOON)


class TestMail:
    def test_sent_once_where_wanted_and_configured(self, desk, night, world, settings):
        settings.EMAIL_CONFIGURED, settings.PUBLIC_URL = True, "https://portal.example.gov.cn"
        desk.accept(due_on=D(2026, 10, 29))
        client = world.client(world.village_secretary)
        assert fill(client, "/supervision/inbox/mail/", is_on="on").status_code == 422
        assert fill(client, "/supervision/inbox/mail/", is_on="on", address="xu@example.gov.cn").status_code == 302
        night(FRIDAY)

        assert send_mails(lambda *_: None, day="2026-10-30") == {"sent": 1}
        assert send_mails(lambda *_: None, day="2026-10-30") == {"sent": 0}
        [letter] = outbox.outbox
        assert letter.to == ["xu@example.gov.cn"]
        assert "10月30日待办1项" in letter.subject
        assert "1. [黄色督办单] 石桥村1号 机耕路水泥路面硬化" in letter.body
        assert "https://portal.example.gov.cn/supervision/" in letter.body
        assert Digest.objects.get(user=world.village_secretary).mail == "sent"

    def test_a_server_that_refuses_gets_it_again_and_one_taken_is_not_sent_twice(
        self, desk, night, world, settings, monkeypatch
    ):
        settings.EMAIL_CONFIGURED = True
        desk.accept(due_on=D(2026, 10, 29))
        mail.set_address(user=world.village_secretary, address="xu@example.gov.cn", is_on=True, at=NOON)
        night(FRIDAY)
        with monkeypatch.context() as broken:
            broken.setattr("django.core.mail.EmailMessage.send", lambda *_: 1 / 0)
            assert send_mails(lambda *_: None, day="2026-10-30") == {"sent": 0}
        digest = Digest.objects.get(user=world.village_secretary)
        assert digest.mail == "waiting"
        Digest.objects.update(mail="taken")  # killed between taking and sending
        assert send_mails(lambda *_: None, day="2026-10-30") == {"sent": 0}
        assert body(digest).startswith("村党组织书记甲：")

    def test_one_refused_address_holds_up_nobody_else(self, desk, night, world, settings, monkeypatch):
        settings.EMAIL_CONFIGURED = True
        desk.accept(due_on=D(2026, 10, 29))
        people = (world.village_secretary, world.resident_cadre)
        for user, address in zip(people, ("away@example.gov.cn", "liu@example.gov.cn"), strict=True):
            mail.set_address(user=user, address=address, is_on=True, at=NOON)
        night(FRIDAY)
        send = outbox.EmailMessage.send

        def refusing(letter):
            if letter.to == ["away@example.gov.cn"]:
                raise SMTPRecipientsRefused({})
            return send(letter)

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refusing)
        assert send_mails(lambda *_: None, day="2026-10-30") == {"sent": 1}
        assert [Digest.objects.get(user=user).mail for user in people] == ["waiting", "sent"]

    def test_what_the_morning_left_is_asked_for_again(self):
        assert "supervision_mails_again" not in registry.daily_kinds(hour=8)
        assert {"supervision_mails", "supervision_mails_again"} <= registry.daily_kinds(hour=9).keys()

    def test_without_a_server_nothing_waits(self, desk, night, world):
        mail.set_address(user=world.village_secretary, address="xu@example.gov.cn", is_on=True, at=NOON)
        desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)

        assert Digest.objects.get(user=world.village_secretary).mail == "none"
        assert MailAddress.objects.get().is_on
