"""The page as a browser shows it; skipped where there is none."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from study_page import study_report

from jena_models.report.page import page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000"),
)
PHONE, DESK = 390, 1300

# The page is looked at from a frame, since a window cannot be as narrow as a phone.
LOOK = """
<!doctype html><body>%s<pre id="seen"></pre><script>
onload = () => {
  const seen = [...document.querySelectorAll('iframe')].map(frame => {
    const inside = frame.contentDocument, root = inside.documentElement;
    const shown = element => getComputedStyle(element).display !== 'none' && element.getClientRects().length > 0;
    const svgs = [...inside.querySelectorAll('svg')].filter(shown);
    return {
      width: root.clientWidth,
      needed: root.scrollWidth,
      sections: [...inside.querySelectorAll('section')].map(section => section.id),
      resources: frame.contentWindow.performance.getEntriesByType('resource').map(entry => entry.name),
      empty: svgs.filter(svg => svg.getBoundingClientRect().height < 10).length,
      svgs: svgs.length,
      letters: Math.min(...svgs.filter(svg => svg.querySelector('text')).map(
        svg => 11.5 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)),
      cut: [...inside.querySelectorAll('.scroll')].filter(e => shown(e) && e.scrollWidth > e.clientWidth + 1)
        .map(e => e.textContent.slice(0, 60)),
    };
  });
  document.getElementById('seen').textContent = JSON.stringify(seen);
};
</script></body>
"""


@pytest.fixture(scope="module", params=[9, 12], ids="{} architectures".format)
def seen(tmp_path_factory, request) -> tuple[dict, dict, str]:
    """What the browser says of the page at the width of a phone and of a desk, and what it wrote to its console."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser is installed; looked for {', '.join(BROWSERS)}")
    folder: Path = tmp_path_factory.mktemp("browser")
    content = html.escape(page(study_report(others=request.param - 3)))
    frames = "".join(
        f'<iframe srcdoc="{content}" style="width:{w}px;height:900px;border:0"></iframe>' for w in (PHONE, DESK)
    )
    (folder / "look.html").write_text(LOOK.replace("%s", frames), encoding="utf-8")
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "look.html").as_uri()]
    looked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="seen">(.+?)</pre>', looked.stdout, re.DOTALL)
    assert found, looked.stderr
    phone, desk = json.loads(html.unescape(found[1]))
    return phone, desk, looked.stderr


def test_the_page_is_shown_whole_without_a_complaint(seen):
    phone, desk, said = seen

    assert "CONSOLE" not in said
    for view in (phone, desk):
        assert {"leaderboard", "significance", "errors", "weeks", "intervals", "importance"} <= set(view["sections"])
        assert view["svgs"] > 12
        assert view["empty"] == 0


def test_the_page_asks_nobody_for_anything(seen):
    assert [view["resources"] for view in seen[:2]] == [[], []]


def test_nothing_is_wider_than_a_phone_or_cut_off_on_a_desk(seen):
    for view, width in zip(seen, (PHONE, DESK), strict=False):
        assert view["width"] == width
        assert view["needed"] <= width
        assert view["cut"] == []


def test_drawings_can_be_read_on_a_phone(seen):
    assert seen[0]["letters"] >= 8
