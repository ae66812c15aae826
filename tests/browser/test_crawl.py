"""What holds for every page: nothing from outside, no complaints, no sideways scrolling on a phone."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

import pytest

from tests.browser.conftest import PHONE, wait_until

pytestmark = pytest.mark.browser

# A clerk who may open nearly everything, then those whose pages differ.
PEOPLE = ["dangjianban", "xugensheng", "xianji", "admin"]
NO_PAGE = re.compile(r"/(files|evidence|uploads|templates)/|/logout/|/state/|/(file|download)/$")


def shape(path: str) -> str:
    """Pages that differ only in the record they show are one page."""
    return re.sub(r"\d+", "N", path)


def links_of(page: Any) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.pathname)")
    return [path for path in dict.fromkeys(found) if path.startswith("/") and not NO_PAGE.search(path)]


def widths(page: Any) -> dict[int, int]:
    """Screen width → width the page needs. The page was opened at 360 px; it stays as narrow as it is made."""
    found = {}
    first = page.viewport_size["width"]
    for width in (first, 680 - first):  # 360 and 320, in the order that saves a change
        if page.viewport_size["width"] != width:
            page.set_viewport_size({"width": width, "height": 740})
        found[width] = page.evaluate("document.documentElement.scrollWidth")
    return found


class TestCrawl:
    def test_every_page_answers_in_peace_and_fits_the_phone(self, enter, watch):
        seen: dict[str, str] = {}
        wrong: list[str] = []
        for person in PEOPLE:
            page = enter(person, "/", PHONE)
            queue, mine = deque(["/"]), set()
            while queue:
                path = queue.popleft()
                # What somebody before has opened is opened again only where everybody starts: at home and from the menu.
                if shape(path) in mine or (shape(path) in seen and path.count("/") > 2):
                    continue
                mine.add(shape(path))
                seen.setdefault(shape(path), person)
                answer = page.goto(path)
                if answer.status != 200 or page.locator("h1").count() != 1:
                    wrong.append(f"{person} {path}: {answer.status}, {page.locator('h1').count()} h1")
                    continue
                wrong += [
                    f"{person} {path}: {need} wide at {width}" for width, need in widths(page).items() if need > width
                ]
                wrong += [f"{person} {path}: {complaint}" for complaint in watch.complaints]
                watch.complaints.clear()
                queue.extend(links_of(page))
            page.context.close()
        assert wrong == []
        assert len(seen) > 60, sorted(seen)


class TestControl:
    def test_the_crawl_would_notice(self, visit, watch):
        """Negative control: an outside address, a broken policy and a wide page are seen by the means the crawl uses."""
        page = visit(PHONE)
        page.goto("/accounts/login/")
        page.route("**/beacon.png", lambda route: route.abort())
        page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<p style=\"color:red\">x</p>')")
        page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img width=900 height=9>')")
        page.evaluate("new Image().src = 'http://203.0.113.1/beacon.png'")
        wait_until(lambda: watch.outside or "203.0.113.1" in " ".join(watch.complaints), "the question to the outside")
        outside, complaints = list(watch.outside), " ".join(watch.complaints)
        watch.outside.clear()
        watch.complaints.clear()
        assert widths(page)[360] > 360
        assert "inline style" in complaints
        assert (
            outside == ["http://203.0.113.1/beacon.png"] or "203.0.113.1" in complaints
        )  # CSP may stop it before it is asked
