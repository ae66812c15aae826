"""The main job, end to end: a problem is logged, reported on from a phone, closed, and stands in the summary its leader downloads."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.browser.conftest import PHONE, place_of, wait_until

pytestmark = pytest.mark.browser

TITLE = "文化礼堂屋顶漏水"
OUTCOME = "屋顶防水已重做，雨后不再渗漏"
ROUND = "round=2026-2"


def rows_of(page: Any) -> int:
    """How many rows the list says it has."""
    return int(page.inner_text(".count strong"))


def figure_after(page: Any, words: str) -> tuple[int, str]:
    """The figure that follows these words in the summary, and the address it opens."""
    html = page.inner_html("article.doc")
    found = re.search(re.escape(words) + r'<a class="figure" href="([^"]+)">(\d+)', html)
    assert found, f"no linked figure after {words}"
    return int(found[2]), found[1].replace("&amp;", "&")


def text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return re.sub(r"[\s\u2060\u200b\ufffe]", "", text)


def open_from_home(page: Any, tile: str) -> None:
    """From what waits for this person on his home page to the problem."""
    page.goto("/")
    page.click(f".todo >> text={tile}")
    page.click(f"main table >> text={TITLE}")
    page.wait_for_selector(f"h1:has-text('{TITLE}')")


def do(page: Any, action: str, **values: str) -> None:
    page.click(f".problem-actions >> text={action}")
    for name, value in values.items():
        field = page.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]")
        else:
            field.fill(value)
    page.click(".form-buttons button")
    page.wait_for_selector(f".alert-success:has-text('已办理：{action}')")


class TestJourney:
    def test_from_the_log_to_the_leaders_paper(self, enter, portal, photo, tmp_path):
        today = date.today()
        clerk = enter("dangjianban", f"/problems/?state=closed&{ROUND}")
        closed_before = rows_of(clerk)

        # 王伟 logs the problem
        cadre = enter("wangwei", "/problems/")
        cadre.click("text=登记问题")
        cadre.click("main >> text=基础设施")
        cadre.select_option("[name=village]", label="石桥村")
        cadre.fill("[name=title]", TITLE)
        cadre.fill("[name=description]", "下雨时礼堂漏水，群众无法使用。")
        cadre.fill("[name=due_on]", (today + timedelta(days=20)).isoformat())
        cadre.click(".form-buttons button")
        cadre.wait_for_selector(".alert-success:has-text('已登记并提交审核')")
        problem = int(re.search(r"/problems/(\d+)/", cadre.url)[1])

        # 吴晓敏 accepts it
        commissioner = enter("wuxiaomin")
        open_from_home(commissioner, "问题待审核")
        do(commissioner, "审核通过")

        # 徐根生 reports with a photo: three taps from his home page
        secretary = enter("xugensheng", "/", PHONE)
        secretary.tap(f"li:has-text('{TITLE}') >> text=报进展")
        secretary.fill("[name=text]", "已请施工队做防水，今天完工。")
        with secretary.expect_file_chooser() as chooser:
            secretary.tap("[name=photos_album]")
        chooser.value.set_files(photo)
        secretary.tap(".form-buttons button")
        secretary.wait_for_selector(".alert-success:has-text('进展已记录')")

        # ... and asks for the close-out from 我的事
        secretary.tap(".phone-bar >> text=我的事")
        secretary.tap(f"li:has-text('{TITLE}') >> text=申请销号")
        secretary.fill("[name=note]", "防水已做好，雨后查看不漏。")
        secretary.tap(".form-buttons button")
        secretary.wait_for_selector(".alert-success:has-text('已办理：申请销号')")

        # 王伟 checks, sees the photo; 吴晓敏 closes
        open_from_home(cadre, "销号待核实")
        drawn = "[...document.querySelectorAll('.files img')].some(image => image.naturalWidth > 0)"
        wait_until(lambda: cadre.evaluate(drawn), "the photo on the problem's page")
        link = cadre.get_attribute(".files a", "href")
        do(cadre, "核实销号", note="雨后到礼堂看过，屋面和墙角都是干的。")
        open_from_home(commissioner, "销号待审核")
        do(commissioner, "同意销号", degree="full", outcome=OUTCOME)
        assert "已销号" in commissioner.inner_text(".standing")

        # the photo that is kept has lost where it was taken
        assert place_of(photo.read_bytes()) != {}
        shown = cadre.request.get(link).body()
        assert shown.startswith(b"\xff\xd8")
        kept = [path for path in (portal.folder / "media" / "evidence").rglob("*") if path.is_file()]
        assert kept
        for content in (shown, *(path.read_bytes() for path in kept)):
            assert place_of(content) == {}
            assert b"PhoneMaker" not in content

        # 沈佳宁 drafts the stage summary
        clerk.goto("/summaries/")
        clerk.click("text=起草总结")
        clerk.fill("[name=starts_on]", "2026-03-05")
        clerk.fill("[name=ends_on]", today.isoformat())
        clerk.click(".form-buttons button")
        clerk.wait_for_selector("article.doc")
        address = clerk.url.split("?")[0]
        text = clerk.inner_text("article.doc")
        assert f"{TITLE}问题，{OUTCOME}" in text
        closed, closed_list = figure_after(clerk, "问题已销号")
        assert closed == closed_before + 1
        clerk.goto(closed_list)
        assert rows_of(clerk) == closed
        assert TITLE in clerk.inner_text("main table")

        # the worker makes the paper while its page follows
        clerk.goto(address)
        clerk.click("text=生成PDF")
        clerk.wait_for_url("**/jobs/**")
        clerk.wait_for_selector("a:has-text('下载PDF')", timeout=180_000)
        assert "已完成" in clerk.inner_text(".job-state")
        # the job of every day (the draft of the month) and other papers are not this one's business
        made = portal.sql(
            "SELECT state, attempts, percent FROM jobs_job WHERE kind LIKE 'render%' ORDER BY id DESC LIMIT 1"
        )
        assert made == [("done", 1, 100)]

        # 陈志远 downloads it
        leader = enter("chenzhiyuan", "/summaries/")
        leader.goto(address)
        with leader.expect_download() as download:
            leader.click(".page-actions >> text=下载PDF")
        paper = tmp_path / "summary.pdf"
        download.value.save_as(paper)
        assert f"截至{today.isoformat()}" in download.value.suggested_filename
        printed = text_of(paper)
        assert f"{TITLE}问题，{OUTCOME}" in printed
        assert f"问题已销号{closed}个" in printed

        # and the record tells who did what
        leader.goto(f"/problems/{problem}/")
        history = leader.inner_text("main")
        for name in ("王伟", "吴晓敏", "徐根生"):
            assert name in history
