"""The file of a village with its script: chapters open in their place, all of them for printing, and are found open again on the way back."""

import pytest

pytestmark = pytest.mark.browser


def test_chapters_open_in_their_place_and_stay_open_on_the_way_back(enter, portal):
    [[village]] = portal.sql("SELECT id FROM villages_village WHERE name = ?", "石桥村")
    page = enter("wangwei", f"/archives/{village}/")
    opened = "a[aria-expanded=true]"

    page.click("#plan h2 a")
    page.wait_for_selector("#plan td")
    assert page.url.endswith("chapter=plan#plan")
    page.click("[data-archive-all]")
    page.wait_for_selector("#figures td a")
    assert page.locator(opened).count() == page.locator("a[data-part]").count() > 5

    page.click("#figures td a >> nth=0")
    page.wait_for_url("**/otherwork/**")
    page.go_back()
    page.wait_for_selector("#figures td a")
    assert page.locator(opened).count() == page.locator("a[data-part]").count()

    page.click("#plan h2 a")
    page.wait_for_selector("#plan td", state="hidden")
