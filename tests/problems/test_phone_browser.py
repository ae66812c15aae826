"""The phone page in a real Chromium at 360 px: what only the browser does. The whole journey of a problem is in tests/browser."""

import os
import re
from pathlib import Path

import pytest
from PIL import Image

from problems.models import Evidence, ProgressEntry, Upload

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as driver:
        # Playwright runs a loop in this thread; the tests use the ORM between its calls, never inside one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, live_server, settings, tmp_path):
    """A phone that can sign in: phone(user) gives a page at the user's own tasks."""
    settings.MEDIA_ROOT = tmp_path / "media"
    context = chromium.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page = context.new_page()

    def sign_in(user):
        page.goto(f"{live_server.url}/accounts/login/?next=/problems/mine/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", f"secret-{user.username}")
        page.click("main button[type=submit]")
        page.wait_for_url("**/problems/mine/")
        return page

    yield sign_in
    context.close()


@pytest.fixture
def big_photo(tmp_path):
    path = tmp_path / "现场.jpg"
    Image.effect_noise((3000, 4000), 40).convert("RGB").save(path, quality=90)
    return str(path)


def open_form(page):
    page.click("text=报进展")
    page.wait_for_selector("[name=text]")
    page.wait_for_load_state("load")  # the scripts of the page listen from then on


def send(page):
    page.click(".form-buttons button[type=submit]")


class TestPhone:
    def test_three_taps_with_a_photo_shrunk_before_it_is_sent(self, world, desk, phone, big_photo):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        page.fill("[name=text]", "路基已完成300米。")
        page.set_input_files("[name=photos_album]", big_photo)
        send(page)  # at once: the form waits for its photo
        page.wait_for_url("**/problems/mine/")

        assert "进展已记录" in page.inner_text("main")
        entry = ProgressEntry.objects.get()
        with Image.open(Evidence.objects.get(progress=entry).file.path) as kept:
            assert max(kept.size) == 1600  # the server would have kept 1920

    def test_nothing_is_wider_than_the_screen_and_targets_fit_a_thumb(self, world, desk, phone):
        desk.accept(title="一个名称很长的问题，长到在三百二十像素宽的屏幕上要折成好几行才能完整显示出来")
        page = phone(world.village_secretary)
        page.set_viewport_size({"width": 320, "height": 600})
        for go in (lambda: None, lambda: open_form(page)):
            go()
            assert page.evaluate("document.documentElement.scrollWidth") == 320
            small = page.evaluate(
                """[...document.querySelectorAll("main .btn, .phone-bar a, .photo-source, main input[type=date]")]
                .filter(e => e.getBoundingClientRect().height < 44).map(e => e.textContent)"""
            )
            assert small == []

    def test_the_way_back_and_the_buttons_of_the_head_fit_a_thumb(self, world, desk, phone, live_server):
        problem = desk.accept()
        page = phone(world.resident_cadre)
        for address in (f"/problems/{problem.pk}/", "/problems/", "/problems/measures/?state=open"):
            page.goto(live_server.url + address)
            small = page.evaluate(
                """[...document.querySelectorAll("main .crumb a, main .page-actions .btn, main .filters > summary")]
                .map(e => [e.textContent.trim(), e.getBoundingClientRect().height])"""
            )
            assert small
            assert [row for row in small if row[1] < 40] == []

    def test_a_filtered_list_begins_with_its_rows_not_with_the_filter_form(self, world, desk, phone, live_server):
        desk.accept(village=world.village)
        page = phone(world.village_secretary)
        page.goto(f"{live_server.url}/problems/?village={world.village.pk}")
        page.wait_for_selector("details.filters:not([open])")

        assert page.is_visible(".chips")
        assert page.locator("table.ledger tbody tr").first.bounding_box()["y"] < 740
        page.set_viewport_size({"width": 1280, "height": 800})
        page.reload()
        assert page.is_visible("details.filters[open]")

    def test_a_photo_that_did_not_get_through_is_sent_again(self, world, desk, phone, big_photo):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        page.route("**/problems/uploads/", lambda route: route.abort())
        page.fill("[name=text]", "路基已完成300米。")
        page.set_input_files("[name=photos_album]", big_photo)
        page.wait_for_selector(".photo.failed")
        assert "网络不通" in page.inner_text(".photo.failed")
        send(page)
        assert "请重传或去掉" in page.inner_text(".photo-note")

        page.unroute("**/problems/uploads/")
        page.click(".photo-retry")
        page.wait_for_selector(".photo[data-token]")
        send(page)
        page.wait_for_url("**/problems/mine/")

        assert Evidence.objects.count() == 1

    def test_the_servers_refusal_and_the_expired_session_are_said_at_the_photo(
        self, world, desk, phone, big_photo, tmp_path
    ):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        fake = tmp_path / "照片.jpg"
        fake.write_bytes(b"no photo")
        page.set_input_files("[name=photos_album]", str(fake))
        page.wait_for_selector(".photo.failed")
        assert "内容却不是" in page.inner_text(".photo.failed")
        page.click(".photo.failed .photo-remove")

        page.context.clear_cookies(name="sessionid")
        page.set_input_files("[name=photos_album]", big_photo)
        page.wait_for_selector(".photo.failed")

        assert "登录已过期" in page.inner_text(".photo.failed")
        assert not Upload.objects.exists()

    def test_removing_a_photo_removes_it_from_the_portal(self, world, desk, phone, big_photo):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        page.set_input_files("[name=photos_album]", big_photo)
        page.wait_for_selector(".photo[data-token]")
        kept = Path(Upload.objects.get().file.path)

        with page.expect_response(re.compile("/remove/$")):
            page.click(".photo-remove")

        assert not Upload.objects.exists()
        assert not kept.exists()


class TestDrafts:
    def typed(self, page, text="写到一半手机没电了"):
        page.fill("[name=text]", text)
        for _ in range(600):  # kept a moment after the last key
            if text in page.evaluate("JSON.stringify(localStorage)"):
                break
            page.wait_for_timeout(100)
        assert text in page.evaluate("JSON.stringify(localStorage)")
        assert page.evaluate("localStorage.length") == 1

    def test_typed_text_and_its_photo_are_offered_back_and_go_when_taken(self, world, desk, phone, big_photo):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        page.set_input_files("[name=photos_album]", big_photo)
        page.wait_for_selector(".photo[data-token]")
        self.typed(page)
        address = page.url

        page.goto("about:blank")
        page.goto(address)
        page.click("text=恢复")

        assert page.input_value("[name=text]") == "写到一半手机没电了"
        assert page.locator(".photo[data-token] img").count() == 1
        send(page)
        page.wait_for_url("**/problems/mine/")
        assert page.evaluate("localStorage.length") == 0
        assert ProgressEntry.objects.get().text == "写到一半手机没电了"
        assert Evidence.objects.count() == 1

    def test_a_form_whose_answer_was_lost_is_not_recorded_twice(self, world, desk, phone):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        self.typed(page)
        address = page.url

        def lose_the_answer(route):
            if route.request.method == "POST":
                route.fetch(max_redirects=0)
                route.abort()
            else:
                route.continue_()

        page.route("**/progress/new/**", lose_the_answer)
        with page.expect_event("requestfailed"):
            send(page)
        assert ProgressEntry.objects.count() == 1
        page.unroute("**/progress/new/**")
        page.context.clear_cookies(name="messages")  # was in the lost answer too

        page.goto(address)
        page.click("text=恢复")
        send(page)
        page.wait_for_url("**/problems/mine/")

        assert "没有重复记录" in page.inner_text("main")
        assert ProgressEntry.objects.count() == 1
        assert page.evaluate("localStorage.length") == 0

    def test_back_after_saving_and_sent_again_is_not_recorded_twice_unless_changed(self, world, desk, phone):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        self.typed(page, "路基已完成300米。")
        send(page)
        page.wait_for_url("**/problems/mine/")
        page.go_back()
        page.wait_for_load_state("load")
        assert page.input_value("[name=text]") == "路基已完成300米。"
        send(page)
        page.wait_for_url("**/problems/mine/")

        assert "没有重复记录" in page.inner_text("main")
        assert ProgressEntry.objects.count() == 1
        page.go_back()
        page.wait_for_load_state("load")
        page.fill("[name=text]", "路面已完成300米。")
        send(page)
        page.wait_for_url("**/problems/mine/")
        assert ProgressEntry.objects.count() == 2

    def test_a_refused_form_keeps_its_draft(self, world, desk, phone):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        self.typed(page)
        page.fill("[name=happened_on]", "2099-01-01")
        send(page)
        page.wait_for_selector("[data-focus]")

        assert page.evaluate("localStorage.length") == 1
        assert page.locator(".draft-offer").count() == 0  # the page itself shows what was typed

    def test_somebody_else_on_the_same_device_is_offered_nothing(self, world, desk, phone):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        self.typed(page)
        address = page.url
        page.context.clear_cookies()

        page = phone(world.resident_cadre)
        page.goto(address)

        assert page.input_value("[name=text]") == ""
        assert page.locator(".draft-offer").count() == 0

    def test_signing_out_clears_the_device(self, world, desk, phone):
        desk.accept()
        page = phone(world.village_secretary)
        open_form(page)
        self.typed(page)
        page.on("dialog", lambda dialog: dialog.accept())  # leaving with typed text asks first
        page.click(".menu-toggle summary")
        page.click("text=退出")
        page.wait_for_url("**/accounts/login/**")

        assert page.evaluate("localStorage.length") == 0
