"""A whole round, from screening to acceptance, as eight people in a browser; each does only what the post may."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

CLERK, COMMISSIONER, PARTY_SECRETARY = "dangjianban", "wuxiaomin", "chenzhiyuan"
LEADER, CADRE, SECRETARY, STATION, COUNTY = "linhaiyan", "lina", "hexiuying", "ziranziyuan", "xianji"
VILLAGE = "下塘村"
TITLE = "村口桥面破损"
MATTER = "桥面维修方案和资金"


def ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


def ahead(days: int) -> str:
    return ago(-days)


def fill(page: Any, **values: Any) -> None:
    """Fill a form by the names of its fields: text, one choice by its words, boxes by their words (a list), True; a row of a choice also by its key."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        kind = field.first.evaluate("e => e.tagName == 'SELECT' ? 'select' : e.type")
        if kind == "select":
            if isinstance(value, str):
                value = field.locator("option", has_text=value).first.get_attribute("value")
            field.select_option(str(value))
        elif value is True:
            field.check()
        elif kind in ("checkbox", "radio"):
            for word in [value] if isinstance(value, str) else value:
                page.locator("main label", has_text=word).first.click()
        else:
            field.fill(str(value))


def send(page: Any, said: str = "") -> None:
    """Save the form and wait for what the portal says about it."""
    page.click(".form-buttons button[type=submit]")
    page.wait_for_selector(f".alert-success:has-text('{said}')" if said else ".alert-success")


def key_in(page: Any, pattern: str) -> int:
    found = re.search(pattern, page.url)
    assert found, f"{page.url} is not like {pattern}"
    return int(found[1])


@pytest.fixture
def people(enter):
    """people[LEADER] is that person's browser, signed in; the village secretary's is a phone."""
    return {
        name: enter(name, "/", *([PHONE] if name == SECRETARY else []))
        for name in (CLERK, COMMISSIONER, PARTY_SECRETARY, LEADER, CADRE, SECRETARY, STATION, COUNTY)
    }


def refused(page: Any, address: str) -> int:
    return page.request.get(address).status


class TestRound:
    def test_from_screening_to_acceptance(self, people, portal):
        clerk, village = people[CLERK], people[SECRETARY]
        turn = (
            int(portal.sql("SELECT coalesce(max(number), 0) FROM rounds_round WHERE year = ?", date.today().year)[0][0])
            + 1
        )

        # the clerk opens the round and the township goes round its villages
        clerk.goto("/rounds/new/")
        fill(
            clerk, township="清溪镇", campaign="两示范一整顿", year=date.today().year, number=turn, deployed_by="中共云川市委",
            starts_on=ago(60), ends_on=ahead(60), income_threshold="10", aim="补齐短板",
        )  # fmt: skip
        send(clerk)
        round_ = key_in(clerk, r"/rounds/(\d+)/")
        clerk.goto(f"/rounds/{round_}/screening/new/")
        fill(clerk, village=VILLAGE, visited_on=ago(55), households=12, method="入户走访", findings="群众出行不便")
        send(clerk)

        # proposed by the clerk, approved by the Party secretary; the clerk may not approve what he proposed
        clerk.goto(f"/rounds/{round_}/designations/new/")
        if not clerk.locator("main [name=criteria]").count():
            clerk.goto(f"/rounds/{round_}/criteria/new/")
            fill(clerk, number=1, text="服务群众能力弱")
            send(clerk)
            clerk.goto(f"/rounds/{round_}/designations/new/")
        fill(clerk, village=VILLAGE, criteria="服务", facts="桥面破损两年未修", proposed_on=ago(50))
        send(clerk)
        listed = int(portal.sql("SELECT id FROM rounds_designation WHERE round_id = ?", round_)[0][0])
        assert refused(clerk, f"/rounds/designations/{listed}/approve/") == 403
        head = people[PARTY_SECRETARY]
        head.goto(f"/rounds/designations/{listed}/approve/")
        fill(head, approved_on=ago(48))
        send(head)

        # the resident cadre logs the problem, the commissioner accepts it
        cadre, commissioner = people[CADRE], people[COMMISSIONER]
        cadre.goto("/problems/new/infrastructure/")
        if cadre.locator("main [name=round]").count():
            fill(cadre, round=round_)
        fill(
            cadre,
            village=VILLAGE,
            title=TITLE,
            description="桥面开裂，车辆不能通行。",
            discovered_on=ago(47),
            due_on=ahead(30),
        )
        send(cadre, "已登记")
        problem = key_in(cadre, r"/problems/(\d+)/")
        assert refused(cadre, f"/problems/{problem}/accept/") == 403
        commissioner.goto(f"/problems/{problem}/accept/")
        send(commissioner)

        # 一村一策: the village writes it on the phone, the cadre adds a measure, the commissioner returns it once, then approves
        village.goto("/problems/plans/new/")
        fill(village, designation=VILLAGE, causes="桥建成三十年，没有维修资金。", goals="年内修好桥面。")
        send(village)
        plan = key_in(village, r"/plans/(\d+)/")
        cadre.goto(f"/problems/{problem}/measures/new/")
        fill(cadre, text="桥面重新浇筑", standard="通过验收，恢复通车", owner="何秀英", due_on=ahead(20))
        send(cadre)
        submit_plan(village, plan)
        assert refused(village, f"/problems/plans/{plan}/approve/") == 403
        commissioner.goto(f"/problems/plans/{plan}/return/")
        fill(commissioner, remark="请写明资金来源")
        send(commissioner)
        village.goto(f"/problems/plans/{plan}/edit/")
        fill(village, causes="桥建成三十年，没有维修资金；资金由镇财政和村集体各筹一半。")
        send(village)
        submit_plan(village, plan)
        commissioner.goto(f"/problems/plans/{plan}/approve/")
        send(commissioner)

        # pairing, and a coordination meeting whose decision becomes the station's commitment
        clerk.goto(f"/pairings/rounds/{round_}/new/")
        fill(clerk, village=VILLAGE, kind="强村带弱村", helper_village="前山村", starts_on=ago(40))
        send(clerk)
        clerk.goto("/meetings/new/")
        fill(
            clerk,
            round=round_,
            kind="协调会",
            level="乡镇级",
            name="桥面维修协调会",
            held_on=ago(30),
            departments=["自然资源所"],
        )
        send(clerk)
        meeting = key_in(clerk, r"/meetings/(\d+)/")
        clerk.goto(f"/meetings/{meeting}/agenda/new/")
        fill(clerk, problem=TITLE, matter=MATTER, outcome="议定任务限期办理", decision="自然资源所出具用地意见")
        send(clerk)
        clerk.goto(f"/meetings/{meeting}/commitments/new/")
        fill(clerk, problem=TITLE, text="出具用地意见", unit="自然资源所", due_on=ago(20))
        send(clerk)
        station = people[STATION]
        promised = int(portal.sql("SELECT max(id) FROM meetings_commitment")[0][0])
        station.goto(f"/meetings/commitments/{promised}/report/")
        fill(station, kept_on=ago(22), note="用地意见已出具")
        send(station)
        assert refused(station, f"/problems/{problem}/accept/") in (403, 404)

        # the linked leader looks after it
        leader = people[LEADER]
        leader.goto(f"/problems/{problem}/instruction/")
        fill(leader, text="雨季前必须通车。")
        send(leader)
        leader.goto("/inspections/visits/new/")
        fill(leader, village=VILLAGE, visited_on=ago(18), households=6, note="桥面正在施工")
        send(leader)
        assert refused(leader, f"/problems/{problem}/progress/new/") == 403

        # an inspection, its notice signed for and answered by the village, checked by the commissioner
        clerk.goto("/inspections/new/")
        fill(
            clerk,
            round=round_,
            mode="暗访",
            held_on=ago(16),
            people="吴晓敏",
            villages=[VILLAGE],
            summary="抽查施工现场",
        )
        send(clerk)
        inspection = key_in(clerk, r"/inspections/(\d+)/")
        clerk.goto(f"/inspections/{inspection}/notices/new/")
        fill(clerk, village=VILLAGE, requirement="施工现场设置围挡。", issued_on=ago(15), reply_due_on=ago(5))
        send(clerk)
        notice = int(portal.sql("SELECT max(id) FROM inspections_notice")[0][0])
        village.goto(f"/inspections/notices/{notice}/sign/")
        fill(village, signed_on=ago(14))
        send(village)
        village.goto(f"/inspections/notices/{notice}/reply/")
        fill(village, replied_on=ago(12), reply="围挡已设好。")
        send(village)
        assert refused(village, f"/inspections/notices/{notice}/check/") == 403
        commissioner.goto(f"/inspections/notices/{notice}/check/")
        finish_check(commissioner)

        # progress, close-out: asked by the village, checked by the cadre, closed by the commissioner
        village.goto(f"/problems/{problem}/progress/new/")
        fill(village, text="桥面浇筑完成，已经通车。", happened_on=ago(8))
        send(village)
        village.goto(f"/problems/{problem}/close-out/ask/")
        fill(village, note="桥面修好，通过验收。")
        send(village)
        assert refused(village, f"/problems/{problem}/close-out/check/") == 403
        cadre.goto(f"/problems/{problem}/close-out/check/")
        fill(cadre, note="到现场看过，车辆正常通行。")
        send(cadre)
        commissioner.goto(f"/problems/{problem}/close-out/")
        fill(commissioner, outcome="桥面修好通车")
        commissioner.check("[name=degree][value=full]")
        send(commissioner)

        # acceptance: sheet and survey, the village asks, the township checks, the county judges, the Party secretary confirms
        clerk.goto(f"/acceptances/rounds/{round_}/sheet/new/")
        send(clerk)
        clerk.goto("/inspections/surveys/new/")
        fill(
            clerk, round=round_, village=VILLAGE, kind="验收测评", held_on=ago(4), issued=40, returned=39, valid=38,
            satisfied=30, mostly=6, dissatisfied=1, unknown=1,
        )  # fmt: skip
        send(clerk)
        village.goto(f"/acceptances/designations/{listed}/ask/")
        fill(village, statement="桥面修好，班子运转正常。", asked_on=ago(3))
        send(village)
        asked = key_in(village, r"/acceptances/(\d+)/")
        assert refused(village, f"/acceptances/{asked}/check/") == 403
        commissioner.goto(f"/acceptances/{asked}/check/")
        fill(commissioner, checked_on=ago(2), checkers="吴晓敏、沈佳宁")
        send(commissioner)
        county = people[COUNTY]
        county.goto(f"/acceptances/{asked}/judge/")
        fill(county, judged_on=ago(1), judged_body="中共云川市委组织部")
        county.locator("main [name^=lost_]").first.fill("3")
        county.locator("main [name^=reason_]").first.fill("资料不全")
        send(county)
        assert refused(leader, f"/acceptances/{asked}/confirm/") in (403, 404)
        head.goto(f"/acceptances/{asked}/confirm/")
        head.check("[name=verdict][value=pass]")
        fill(head, confirmed_on=date.today().isoformat())
        send(head)
        assert "合格" in head.inner_text("main")

        # the village is turned round; the round's paper says it, from these records alone
        head.goto(f"/rounds/designations/{listed}/")
        assert "已转化" in head.inner_text("main")
        clerk.goto("/summaries/new/")
        fill(clerk, round=round_, kind="阶段性总结", starts_on=ago(60), ends_on=date.today().isoformat())
        send(clerk)
        clerk.wait_for_selector("article.doc")
        text = clerk.inner_text("article.doc")
        for words in (VILLAGE, TITLE, "桥面修好通车", "已完成转化"):
            assert words in text, words
        county.goto(clerk.url.split("?")[0])
        assert TITLE in county.inner_text("main")


def submit_plan(page: Any, plan: int) -> None:
    page.goto(f"/problems/plans/{plan}/submit/")
    send(page)


def finish_check(page: Any) -> None:
    page.check("main [name=verdict][value=good]")
    send(page)
