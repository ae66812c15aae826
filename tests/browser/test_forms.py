"""Nothing typed is lost and nothing is recorded twice, with JavaScript and without."""

from __future__ import annotations

import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from tests.browser.conftest import PHONE, sign_in

pytestmark = pytest.mark.browser

SCRIPTED = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
NEW = "/problems/new/infrastructure/"
SAVE = ".form-buttons button"


def fill_problem(page: Any, title: str, description: str = "下雨时积水。") -> None:
    page.select_option("[name=village]", label="石桥村")
    page.fill("[name=title]", title)
    page.fill("[name=description]", description)
    page.fill("[name=due_on]", (date.today() + timedelta(days=40)).isoformat())


def fields_of(page: Any) -> list[tuple[str, str]]:
    """What the browser would send."""
    return [tuple(row) for row in page.evaluate("[...new FormData(document.querySelector('form.entry'))]")]


def post_at_once(page: Any, times: int) -> list[tuple[int, str]]:
    """The page's form sent several times at the same moment, without the browser, by its session; where each came out."""
    address, body = page.url, urllib.parse.urlencode(fields_of(page)).encode()
    cookie = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())

    def send(_: int) -> tuple[int, str]:
        request = urllib.request.Request(address, body, {"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.url

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(send, range(times)))


def end_session(page: Any, portal: Any) -> None:
    key = next(c["value"] for c in page.context.cookies() if c["name"] == "sessionid")
    portal.sql("DELETE FROM django_session WHERE session_key = ?", key)


class TestDoubleClick:
    def test_two_clicks_make_one_record(self, enter, portal):
        page = enter("wangwei", NEW)
        fill_problem(page, "双击登记的问题")
        page.dblclick(SAVE)
        page.wait_for_selector(".alert-success")

        assert portal.count("problems_problem", "title = ?", "双击登记的问题") == 1

    def test_two_identical_posts_make_one_record_and_both_lead_to_it(self, enter, portal):
        page = enter("wangwei", NEW, javascript=False)
        fill_problem(page, "并发登记的问题")

        answers = post_at_once(page, 2)

        assert answers[0] == answers[1]
        assert answers[0][0] == 200
        assert portal.count("problems_problem", "title = ?", "并发登记的问题") == 1


class TestRefusedForm:
    @SCRIPTED
    def test_it_keeps_its_photo_and_what_was_typed(self, enter, portal, photo, javascript):
        problem = portal.problem("连续两年以上未发展党员")
        page = enter("xugensheng", f"/problems/{problem}/progress/new/", PHONE, javascript=javascript)
        entries = portal.count("problems_progressentry", "problem_id = ?", problem)
        page.set_input_files("[name=photos_album]", photo)
        if javascript:
            page.wait_for_selector(".photo[data-token]")
        page.tap(SAVE)  # without a word of text
        page.wait_for_selector(".alert-danger")
        assert page.locator(".photo[data-token] img").count() == 1

        page.fill("[name=text]", "召开支部大会，确定两名发展对象。")
        page.fill("[name=happened_on]", "2099-01-01")
        page.tap(SAVE)
        page.wait_for_selector(".alert-danger:has-text('日期')")
        assert page.input_value("[name=text]") == "召开支部大会，确定两名发展对象。"
        assert page.locator(".photo[data-token] img").count() == 1
        assert portal.count("problems_progressentry", "problem_id = ?", problem) == entries

        page.fill("[name=happened_on]", date.today().isoformat())
        page.tap(SAVE)
        page.wait_for_selector(".alert-success")
        assert portal.count("problems_progressentry", "problem_id = ?", problem) == entries + 1
        newest = "progress_id = (SELECT max(id) FROM problems_progressentry WHERE problem_id = ?)"
        assert portal.count("problems_evidence", newest, problem) == 1


class TestExpiredSession:
    LONG = "村内主路排水沟堵塞，雨季积水。" * 300

    def write_and_expire(self, enter: Any, portal: Any, user: str, javascript: bool) -> Any:
        page = enter(user, NEW, javascript=javascript)
        fill_problem(page, "写到一半登录过期", self.LONG)
        end_session(page, portal)
        page.click(SAVE)
        page.wait_for_url("**/accounts/login/**")
        assert "文字已暂存" in page.inner_text("main")
        return page

    @SCRIPTED
    def test_the_text_is_back_after_signing_in(self, enter, portal, javascript):
        before = portal.count("problems_problem", "title = ?", "写到一半登录过期")
        page = self.write_and_expire(enter, portal, "wangwei", javascript)
        sign_in(page, "wangwei")

        assert NEW in page.url
        assert "已恢复" in page.inner_text("main")
        assert page.input_value("[name=description]") == self.LONG
        page.click(SAVE)
        page.wait_for_selector(".alert-success")
        assert portal.count("problems_problem", "title = ?", "写到一半登录过期") == before + 1

    @SCRIPTED
    def test_somebody_else_who_signs_in_does_not_get_it(self, enter, portal, javascript):
        page = self.write_and_expire(enter, portal, "wangwei", javascript)
        sign_in(page, "dangjianban")

        assert NEW in page.url
        assert page.input_value("[name=title]") == ""
        assert page.input_value("[name=description]") == ""
        assert page.locator(".draft-offer").count() == 0


class TestTwoEditors:
    def test_the_second_sees_what_changed_and_loses_nothing(self, enter, portal):
        address = f"/problems/{portal.problem('老人公寓消防验收和水电接入')}/edit/"
        first, second = enter("dangjianban", address), enter("wuxiaomin", address)
        first.fill("[name=place]", "村口老人公寓")
        first.click(SAVE)
        first.wait_for_selector(".alert-success")

        second.fill("[name=target]", "年底前通过消防验收并通水通电。")
        second.click(SAVE)
        second.wait_for_selector("table.compare")
        said = second.locator(".alert li:has-text('他人已保存了修改')").all()
        assert [item.is_visible() for item in said].count(True) == 1
        row = second.inner_text("table.compare tr:has-text('地点')")
        assert "村口老人公寓" in row
        assert second.input_value("[name=target]") == "年底前通过消防验收并通水通电。"
        assert (
            portal.sql("SELECT place, target FROM problems_problem WHERE title LIKE '老人公寓消防%'")[0][0]
            == "村口老人公寓"
        )

        second.fill("[name=place]", "村口老人公寓")
        second.click(SAVE)
        second.wait_for_selector(".alert-success")
        assert portal.sql("SELECT place, target FROM problems_problem WHERE title LIKE '老人公寓消防%'") == [
            ("村口老人公寓", "年底前通过消防验收并通水通电。")
        ]


class TestWithoutJavaScript:
    def test_a_problem_is_logged(self, enter, portal):
        page = enter("wangwei", "/problems/", javascript=False)
        page.click("text=登记问题")
        page.click("main >> text=基础设施")
        fill_problem(page, "没有脚本登记的问题")
        page.click(SAVE)
        page.wait_for_selector(".alert-success:has-text('已登记并提交审核')")

        assert portal.count("problems_problem", "title = ? AND state = 'submitted'", "没有脚本登记的问题") == 1

    def test_progress_is_reported_with_a_photo(self, enter, portal, photo):
        page = enter("xugensheng", "/problems/mine/", PHONE, javascript=False)
        page.tap("li:has-text('连续两年以上未发展党员') >> text=报进展")
        page.fill("[name=text]", "入党积极分子培训班开班。")
        page.set_input_files("[name=photos_camera]", photo)
        page.tap(SAVE)
        page.wait_for_selector(".alert-success:has-text('进展已记录')")

        problem = portal.problem("连续两年以上未发展党员")
        page.goto(f"/problems/{problem}/")
        entry = page.locator("li:has-text('入党积极分子培训班开班。')").first
        assert page.request.get(entry.locator("img").get_attribute("src")).body().startswith(b"\xff\xd8")

    def test_a_list_is_filtered(self, enter):
        page = enter("dangjianban", "/problems/", javascript=False)
        page.click("summary:has-text('筛选')")
        page.select_option("[name=village]", label="东岭村")
        page.select_option("[name=state]", "ledger")
        page.click(".filter-buttons button")
        page.wait_for_url("**village=**")

        rows = page.locator("table.ledger tbody tr")
        assert rows.count() == int(page.inner_text(".count strong")) > 0
        assert rows.filter(has_text="东岭村").count() == rows.count()

    def test_the_menu_opens_on_a_phone(self, enter):
        page = enter("dangjianban", "/", PHONE, javascript=False)
        assert not page.is_visible("nav.menu")
        page.tap(".menu-toggle summary")
        page.tap("nav.menu >> text=问题台账")

        page.wait_for_selector("h1:has-text('问题台账')")
