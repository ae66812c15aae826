"""What holds for all posts: rights end with the post, and a form of another site is not taken."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.access.gate import Visitor, address, knock, patterns
from tests.access.table import KINDS, PERSONAL, ROUTES
from tests.conftest import TODAY
from villages.models import Assignment

pytestmark = [pytest.mark.django_db, pytest.mark.services]

POSTED = [route for route in ROUTES if 405 not in KINDS[route.kind][1]]


def somebody(route):
    return sorted(route.roles - {"administrator"} or route.roles)[0]


class TestRightsEndWithThePost:
    @pytest.mark.parametrize("role", ["village_secretary", "office_clerk", "station", "county_reader"])
    def test_the_next_request_after_the_last_day_is_refused(self, role, scene, clients):
        url = reverse("problems:problem_detail", args=[scene.records["own"]["problem"].pk])
        assert knock(clients[role], "GET", url).status == 200

        Assignment.objects.filter(cadre__user=scene.actors[role].user).update(ends_on=TODAY - timedelta(days=1))

        assert knock(clients[role], "GET", url).status == 403
        assert knock(clients[role], "GET", reverse("problems:problem_list")).status == 403
        home = knock(clients[role], "GET", reverse("home"))
        assert home.status == 200
        assert "Qzown" not in home.text

    def test_the_last_day_itself_still_counts(self, scene, clients):
        Assignment.objects.filter(cadre__user=scene.actors["office_clerk"].user).update(ends_on=TODAY)

        assert knock(clients["office_clerk"], "GET", reverse("problems:problem_list")).status == 200

    def test_a_post_that_moves_takes_the_view_with_it(self, scene, clients):
        """Today of one village, tomorrow of its neighbour: the old village is gone, the new one open."""
        own, sibling = (
            reverse("problems:problem_detail", args=[scene.records[place]["problem"].pk])
            for place in ("own", "sibling")
        )
        client = clients["resident_cadre"]
        assert [knock(client, "GET", url).status for url in (own, sibling)] == [200, 404]

        Assignment.objects.filter(cadre__user=scene.actors["resident_cadre"].user).update(village=scene.world.sibling)

        assert [knock(client, "GET", url).status for url in (own, sibling)] == [404, 200]

    def test_a_right_of_one_village_is_not_one_of_another_in_view(self, scene, clients):
        """Clerk of the office reads and edits all villages; as resident cadre of one he checks close-outs there only."""
        user = scene.actors["office_clerk"].user
        Assignment.objects.create(cadre=user.cadre, role="resident_cadre", village=scene.world.village, starts_on=TODAY)
        answers = [
            knock(
                clients["office_clerk"], "GET",
                reverse("problems:check_close_out", args=[scene.records[place]["closing"].pk]),
            ).status
            for place in ("own", "sibling")
        ]  # fmt: skip

        assert answers == [200, 403]

    def test_disabling_an_account_ends_its_session(self, scene, clients):
        user = scene.actors["office_clerk"].user
        type(user).objects.filter(pk=user.pk).update(is_active=False)

        answer = knock(clients["office_clerk"], "GET", reverse("problems:problem_list"))

        assert answer.status == 302
        assert answer.location.startswith(reverse("accounts:login"))


class TestForeignSites:
    def test_no_form_is_taken_without_its_token(self, scene):
        """Sent by somebody who may, so that nothing but the missing token can be the reason."""
        taken, guards = [], {}
        for route in POSTED:
            role = somebody(route)
            if role not in guards:
                guards[role] = Visitor(enforce_csrf_checks=True)
                guards[role].force_login(scene.actors[role].user, backend="django.contrib.auth.backends.ModelBackend")
            answer = knock(guards[role], "POST", address(scene, route, "own"))
            if answer.status != 403 or "页面已过期" not in answer.text or answer.wrote:
                taken.append((route.name, role, answer.status, answer.wrote))
        assert taken == []
        assert len(POSTED) >= 100

    @pytest.mark.parametrize(
        "name", ["accounts:login", "accounts:logout", "accounts:password_change", "reports:verify"]
    )
    def test_nor_those_of_the_visitor_himself(self, name, scene):
        guard = Visitor(enforce_csrf_checks=True)
        if not PERSONAL[name][0]:
            guard.force_login(scene.actors["office_clerk"].user, backend="django.contrib.auth.backends.ModelBackend")
        assert knock(guard, "POST", reverse(name)).status == 403

    def test_no_view_is_exempt_but_the_one_that_checks_by_itself(self):
        """The page that verifies a paper asks for the token after it set its own reader of files; tried above."""
        assert [name for name, route in patterns() if getattr(route.callback, "csrf_exempt", False)] == [
            "reports:verify"
        ]

    def test_only_login_health_and_verification_are_open(self):
        open_views = {name for name, route in patterns() if not getattr(route.callback, "login_required", True)}

        assert open_views == {name for name, (is_open, *_) in PERSONAL.items() if is_open}
