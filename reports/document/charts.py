"""Column charts as SVG, one drawing for screen and paper: black on white, no style attributes (the CSP forbids
them)."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

from .blocks import Chart

WIDTH, HEIGHT = 442, 200  # 156 mm at 72 per inch, seven grid lines
LEFT, RIGHT, TOP, BASE = 46, 434, 24, 166
SIZE = 10.5  # 五号
SHADES = ("#4d4d4d", "#b8b8b8", "#e6e6e6", "#808080", "#cfcfcf", "#333333")


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def _ceiling(value: float) -> float:
    """The next round number above the highest column, four steps of which label well."""
    if value <= 0:
        return 4.0
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12) if step * power >= value * 1.08)


def _label(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _on_white(x: float, y: float, text: str) -> str:
    """A number above its column, on white: a line of the grid does not cross it."""
    wide = len(text) * SIZE * 0.55
    return (
        f'<rect x="{x - wide / 2:.1f}" y="{y - SIZE * 0.8:.1f}" width="{wide:.1f}" height="{SIZE * 0.95:.1f}" fill="#fff"/>'
        + _label(x, y, text)
    )


def description(chart: Chart) -> str:
    """The chart in words, for those who do not see it: every value with its unit."""
    parts = []
    for series in chart.series:
        values = "，".join(
            f"{category}{_number(value, chart.decimals)}{chart.unit}"
            for category, value in zip(chart.categories, series.values, strict=True)
        )
        parts.append(f"{series.name}：{values}" if series.name else values)
    return f"{chart.title}。{'；'.join(parts)}。"


def svg(
    chart: Chart, *, family: str = "", attributes: str = "", link: Callable[[str], str | None] | None = None
) -> str:
    """The drawing, 442 × 200 units. ``family`` names the faces (paper); without it the page's own face is used
    (screen), where ``link`` gives the address of the list a value counts."""
    stacked = chart.kind == "stacked"
    columns = zip(*(series.values for series in chart.series), strict=True)
    top = _ceiling(max((sum(values) if stacked else max(values)) for values in columns))
    scale = (BASE - TOP) / top
    face = f' font-family="{html.escape(family)}"' if family else ""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"{attributes}>',
        f"<title>{html.escape(description(chart))}</title>",
        f'<g font-size="{SIZE}" fill="#000"{face}>',
    ]
    # As many decimals as the steps of the axis need, so that no two lines bear the same number.
    axis = next((digits for digits in range(4) if math.isclose(round(top / 4, digits), top / 4, rel_tol=1e-6)), 2)
    for step in range(5):
        y = BASE - step * (BASE - TOP) / 4
        shade, width = ("#000", 0.8) if step == 0 else ("#bbb", 0.3)
        out.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{shade}" stroke-width="{width}"/>'
        )
        out.append(_label(LEFT - 6, y + 3.5, _number(top * step / 4, axis), "end"))
    if chart.unit:
        out.append(_label(LEFT - 6, 11, chart.unit, "end"))
    pitch = (RIGHT - LEFT) / len(chart.categories)
    size = max(4, min(SIZE, pitch / max(len(category) for category in chart.categories) * 0.95))
    bars = 1 if stacked else len(chart.series)
    width = min(40.0, pitch * 0.7 / bars)
    for number, category in enumerate(chart.categories):
        middle = LEFT + pitch * (number + 0.5)
        level = 0.0
        for index, series in enumerate(chart.series):
            value = series.values[number]
            x = middle - width * bars / 2 + (0 if stacked else width * index)
            height = value * scale
            y = BASE - level * scale - height
            shade = SHADES[index % len(SHADES)]
            if value:
                out.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
                    f' fill="{shade}" stroke="#000" stroke-width=".4"/>'
                )
            if not stacked and width >= 14:
                label = _on_white(x + width / 2, y - 4, _number(value, chart.decimals))
                address = link(series.figures[number]) if link and series.figures else None
                out.append(f'<a href="{html.escape(address)}" class="figure">{label}</a>' if address else label)
            level += value if stacked else 0
        if stacked:
            out.append(_label(middle, BASE - level * scale - 4, _number(level, chart.decimals)))
        out.append(f'<g font-size="{size:.1f}">{_label(middle, BASE + 15, category)}</g>')
    out.append(_legend(chart))
    out.append("</g></svg>")
    return "".join(out)


def _legend(chart: Chart) -> str:
    """Names of the series under the chart; nothing where there is only one."""
    if len(chart.series) < 2:
        return ""
    widths = [24 + SIZE * len(series.name) for series in chart.series]
    x = LEFT + max(0.0, (RIGHT - LEFT - sum(widths)) / 2)
    out = []
    for index, (series, width) in enumerate(zip(chart.series, widths, strict=True)):
        shade = SHADES[index % len(SHADES)]
        out.append(
            f'<rect x="{x:.1f}" y="{HEIGHT - 12}" width="9" height="9" fill="{shade}" stroke="#000" stroke-width=".4"/>'
        )
        out.append(_label(x + 13, HEIGHT - 4, series.name, "start"))
        x += width
    return "".join(out)
