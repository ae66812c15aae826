"""A keyboard is enough on every page."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const inside = e.type === "date" && !e.matches(":focus-visible");  // at the field's own calendar button, which Chromium rings
  return {
    text: (e.getAttribute("aria-label") || e.textContent || e.name || "").trim(),
    visible: inside || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && box.width > 0 && box.bottom > 0,
    end: e === document.body,
  };
}"""


def tab_through(page: Any, at_most: int = 150) -> list[dict[str, Any]]:
    """What the Tab key reaches, in its order, until it leaves the page."""
    stops = []
    for _ in range(at_most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["end"]:
            break
        stops.append(stop)
    return stops


class TestKeyboard:
    @pytest.mark.parametrize(
        ("person", "path", "buttons"),
        [
            ("dangjianban", "/problems/", ["登记问题", "筛选"]),
            ("wangwei", "/problems/new/infrastructure/", ["保存", "取消"]),
            ("wuxiaomin", "problem", ["认定化解程度", "调整时限"]),
            ("xugensheng", "/problems/mine/", ["报进展", "申请销号"]),
            ("dangjianban", "/summaries/new/", ["按数据起草"]),
        ],
    )
    def test_the_tab_key_reaches_the_main_buttons_and_shows_where_it_is(self, enter, portal, person, path, buttons):
        if path == "problem":
            path = f"/problems/{portal.problem('饮用水管网改造')}/"
        page = enter(person, path)

        stops = tab_through(page)

        assert stops[0]["text"] == "跳到正文"
        assert [stop for stop in stops if not stop["visible"]] == []
        reached = [stop["text"] for stop in stops]
        places = [next((i for i, text in enumerate(reached) if text.startswith(b)), None) for b in buttons]
        assert None not in places, reached
        assert places == sorted(places)

    def test_skipping_leads_past_the_menu(self, enter):
        page = enter("dangjianban", "/problems/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.closest('main') !== null")

    def test_slash_goes_to_the_search_box_but_not_while_typing(self, enter):
        page = enter("dangjianban", "/problems/")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("饮用水/管网")
        assert page.input_value("main [name=q]") == "饮用水/管网"
        page.fill("main [name=q]", "饮用水")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=**")

        assert page.inner_text(".count strong") == "1"

    def test_slash_searches_everything_where_no_list_has_a_box(self, enter):
        page = enter("dangjianban", "/")
        page.keyboard.press("/")
        page.keyboard.type("饮用水")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=**")

        assert "饮用水管网改造" in page.inner_text("main")
