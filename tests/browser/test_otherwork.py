"""A kind of other work that nobody planned: made by the clerk, entered on a phone, read in the next summary. No line of code between them."""

import re

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_new_kind_goes_from_the_office_to_the_village_to_the_summary(enter):
    clerk = enter("dangjianban", "/otherwork/kinds/new/")
    clerk.fill("[name=name]", "庭院整治")
    clerk.fill("[name=unit]", "户")
    assert clerk.is_checked("[name=per_village]")
    clerk.fill("[name=wording]", "完成庭院整治{数量}{单位}，涉及{村}")
    clerk.wait_for_selector("#wording-preview:has-text('完成庭院整治12户，涉及')")  # follows the typing
    clerk.click("button.btn-primary[type=submit]")
    clerk.wait_for_url(re.compile(r"/otherwork/kinds/\d+/"))

    village = enter("xugensheng", "/otherwork/", PHONE)
    village.click("text=登记 >> nth=0")
    village.click(".work-kinds a:has-text('庭院整治')")
    assert village.evaluate("document.documentElement.scrollWidth") <= 360
    village.fill("[name=quantity]", "26")
    village.fill("[name=note]", "清理房前屋后杂物")
    village.click("button.btn-primary[type=submit]")
    village.wait_for_selector("h1:has-text('庭院整治26户')")

    clerk.goto("/summaries/new/")
    clerk.select_option("[name=kind]", "stage")
    clerk.click("button.btn-primary[type=submit]")
    clerk.wait_for_url(re.compile(r"/summaries/\d+/"))
    sentence = clerk.locator("text=完成庭院整治26户，涉及石桥村。")
    assert sentence.count() >= 1
    clerk.locator("a:has-text('26')", has=clerk.locator("xpath=self::*[contains(@href, '/otherwork/')]")).first.click()
    clerk.wait_for_url(re.compile(r"/otherwork/\?"))
    assert clerk.locator("tbody tr").count() == 1
    assert "清理房前屋后杂物" in clerk.inner_text("tbody")
