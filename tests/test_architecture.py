"""The shape of the house: what an import checker cannot see."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
# Bottom first; strangers share a storey and may not point at each other.
STOREYS = [
    {"common"},
    {"audit", "jobs"},
    {"accounts"},
    {"villages"},
    {"workdays"},
    {"rounds"},
    {"problems", "pairings", "otherwork"},
    {"meetings"},
    {"inspections"},
    {"supervision"},
    {"reports"},
    {"ledgers"},
    {"search", "archives"},
    {"rectify"},
]
STOREY = {app: n for n, storey in enumerate(STOREYS) for app in storey}


def downward(app: str, target: str) -> bool:
    return app == target or STOREY[target] < STOREY[app]


def relations() -> list[tuple[str, str, str]]:
    found = []
    for model in apps.get_models():
        app = model._meta.app_label
        if app not in STOREY:
            continue
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.related_model._meta.app_label if field.related_model else None
            # The account of who did it is the one arrow up: AUTH_USER_MODEL is a setting, not an import.
            if target in STOREY and target != "accounts":
                found.append((app, target, f"{model.__name__}.{field.name}"))
    return found


class TestForeignKeys:
    def test_point_downward_only(self):
        assert [r for r in relations() if not downward(r[0], r[1])] == []

    def test_the_test_sees_an_upward_key(self):
        assert not downward("villages", "problems")
        assert not downward("pairings", "problems")
        assert len(relations()) > 50


class TestTemplates:
    @pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: p.name)
    def test_hold_no_inline_script_or_style_and_load_nothing_from_outside(self, path):
        text = path.read_text()

        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), (
            "inline script: the Content-Security-Policy forbids it"
        )
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), "inline style or handler"
        assert not re.search(r"""(src|href|action)=["'](https?:)?//""", text), "an address outside the portal"

    def test_are_called_what_their_page_is_called(self):
        """Every named page of ours resolves, and its name is unique in its app."""
        names: list[str] = []

        def walk(resolver: URLResolver, space: str) -> None:
            for pattern in resolver.url_patterns:
                if isinstance(pattern, URLResolver):
                    walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
                else:
                    assert pattern.name, f"a page without a name: {space}{pattern.pattern}"
                    names.append(space + pattern.name)

        walk(get_resolver(), "")
        assert sorted(names) == sorted(set(names))
