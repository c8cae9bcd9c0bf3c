"""The page in a real Chromium: wide and narrow, in the dark, as time goes on; skipped where there is no browser."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from page_scenery import STATIONS, Scenery

from benchmarks.page.browser import BROWSERS, Tab, browser_path, chromium
from benchmarks.page.made_up_home import write_forecasts
from tasks.orchestration import free_port

pytestmark = pytest.mark.slow

PHONE, DESK = 360, 1280
START_SECONDS = 120

CUT_OFF = """
[...document.querySelectorAll('.scroll')].filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.textContent.slice(0, 60))
"""

CONTRASTS = """
(() => {
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(c => c / 255)
      .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const found = {};
  const texts = 'p, a, h1, h2, dt, dd, th, td, small, summary, .state, .yours, svg text';
  for (const each of document.querySelectorAll(texts)) {
    if (!each.textContent.trim() || !each.getClientRects().length) continue;
    if (each.closest('svg') && each.tagName !== 'text') continue;
    const style = getComputedStyle(each), ink = light(each.closest('svg') ? style.fill : style.color);
    const ratio = (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
    if (ratio < 4.5) found[each.tagName + '.' + each.getAttribute('class')] = ratio;
  }
  return found;
})()
"""


class Served:
    """The page as a process of its own, with the home that it reads."""

    def __init__(self, folder) -> None:
        # The page goes by the machine's clock.
        self.scenery = Scenery(folder, now=datetime.now(UTC))
        self.address = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "page.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        stations = [part for each in STATIONS for part in ("--station", str(self.scenery.home / f"{each.name}.yaml"))]
        command = ["page", *stations, "--source", "simulated", "--port", self.address.rpartition(":")[2]]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.command_line", *command, "--set", "page.follow_seconds=0.3"],
                env=os.environ | {"JENA_HOME": str(self.scenery.home)},
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                if httpx.get(f"{self.address}/api/stations").json()["unread"] == 0:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> str:
    path = browser_path()
    if path is None:
        pytest.skip(f"no browser is installed; looked for {', '.join(BROWSERS)}")
    return path


@pytest.fixture(scope="module")
def served(browser, module_home):
    page = Served(module_home())
    page.start()
    yield page
    if page.process and page.process.poll() is None:
        page.process.kill()


@pytest.fixture(scope="module")
def tab(browser, served):
    with chromium(browser) as found:
        yield found


@pytest.fixture
def quiet(tab: Tab, served: Served):
    """A tab that must not complain, nor ask anybody but the page."""
    tab.complaints.clear()
    tab.asked.clear()
    yield tab
    assert tab.complaints == []
    assert {address for address in tab.asked if not address.startswith(f"{served.address}/")} == set()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", ["/", "/stations/jena", "/api"])
def test_nothing_is_cut_off_or_hard_to_read(quiet: Tab, served: Served, path, width, dark):
    quiet.look_from(width, 900, dark=dark, zone="America/New_York")
    quiet.go(served.address + path)

    assert quiet.ask("document.documentElement.scrollWidth") <= width
    assert path == "/api" or quiet.ask(CUT_OFF) == []
    assert quiet.ask(CONTRASTS) == {}
    letters = "Math.min(...[...document.querySelectorAll('svg.narrow text, svg.wide text')]"
    shown = ".filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().height))"
    assert path == "/api" or quiet.ask(letters + shown) >= 9


@pytest.mark.parametrize("width", [PHONE, 800])
@pytest.mark.parametrize("path", ["/", "/stations/jena"])
def test_a_long_name_and_a_wide_table_do_not_make_the_page_wider(quiet: Tab, served: Served, path, width):
    quiet.look_from(width, 900)
    quiet.go(served.address + path)

    names = "document.querySelectorAll('h1, tbody th a')"
    quiet.ask(f"{names}.forEach(each => each.textContent = 'Llanfairpwll'.repeat(9))")

    assert quiet.ask("document.documentElement.scrollWidth") <= width


def test_the_longest_state_beside_every_figure_cuts_no_column_off(quiet: Tab, served: Served):
    quiet.look_from(DESK, 900)
    quiet.go(served.address)

    states = "document.querySelectorAll('.stations .state')"
    quiet.ask(f"{states}.forEach(each => each.lastChild.textContent = 'no forecast')")
    quiet.ask("document.querySelectorAll('.stations time').forEach(each => each.textContent = '39 min')")
    quiet.ask("document.querySelectorAll('.stations td:nth-child(8)').forEach(each => each.textContent = '−127 %')")

    assert quiet.ask(CUT_OFF) == []


def test_a_long_name_cuts_no_column_off(quiet: Tab, served: Served):
    quiet.look_from(DESK, 900)
    quiet.go(served.address)

    quiet.ask("document.querySelectorAll('tbody th a').forEach(each => each.textContent = 'Llanfairpwll'.repeat(9))")

    assert quiet.ask(CUT_OFF) == []


def test_the_list_finds_a_station_and_leads_to_it(quiet: Tab, served: Served):
    quiet.look_from(DESK, 900, zone="Europe/Berlin")
    quiet.go(served.address)
    titles = quiet.ask("[...document.querySelectorAll('tbody th a')].map(link => link.innerText)")
    assert titles == ["Kraków <Balice>", "Zugspitze", "Jena, Beutenberg"]
    assert quiet.ask("document.querySelectorAll('svg.map.wide a').length") == len(STATIONS)

    quiet.ask("document.querySelector('tbody a[href=\"stations/jena\"]').click()")

    quiet.wait_for("location.pathname === '/stations/jena' && document.readyState === 'complete'")
    assert quiet.ask("document.querySelector('h1').innerText") == "Jena, Beutenberg"


def test_a_screen_reader_is_given_names_and_tables(quiet: Tab, served: Served):
    quiet.go(f"{served.address}/stations/jena")
    tree = quiet.call("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if "role" in node}

    pictures = [name for role, name in named if role == "image"]
    assert any("highest" in name and "table below" in name for name in pictures)
    assert ("main", "") in named
    assert ("region", "The next day") in named
    assert ("heading", "The last week") in named
    assert quiet.ask("document.querySelectorAll('#next-rows tr th[scope=row]').length") == 24


def test_times_are_shown_in_both_clocks(quiet: Tab, served: Served):
    issued = served.scenery.watch.last.stations["jena"].facts.reading_time
    quiet.look_from(DESK, 900, zone="Asia/Tehran")
    quiet.go(f"{served.address}/stations/jena")
    text = quiet.wait_for("document.querySelector('.figures').innerText")

    assert f"{issued + timedelta(hours=1):%H:%M} (yours" in text
    assert f"{issued + timedelta(hours=3.5):%H:%M})" in text
    assert "Asia/Tehran" in quiet.ask("document.querySelector('header').innerText")
    ticks = quiet.ask("[...document.querySelectorAll('svg.wide text.yours')].map(each => each.textContent)")
    assert all(tick.endswith(":30") for tick in ticks)

    quiet.call("Emulation.setTimezoneOverride", timezoneId="Africa/Lagos")  # an hour ahead of UTC, as the station is
    quiet.go(f"{served.address}/stations/jena")
    assert quiet.ask("document.querySelectorAll('span.yours').length") == 0


def test_a_clock_that_is_a_whole_day_ahead_is_another_one(quiet: Tab, served: Served):
    """As in Samoa, seen from New Zealand."""
    a_day_behind = """
    document.addEventListener('readystatechange', () => {
      for (const each of document.querySelectorAll('.figures time[data-yours]')) {
        const then = new Date(each.dateTime);
        then.setDate(then.getDate() - 1);
        each.textContent = `Fri ${then.getDate()}, ${then.toTimeString().slice(0, 5)}`;
      }
    }, {once: true});
    """
    script = quiet.call("Page.addScriptToEvaluateOnNewDocument", source=a_day_behind)["identifier"]
    quiet.look_from(DESK, 900, zone="Pacific/Auckland")
    quiet.go(f"{served.address}/stations/jena")
    quiet.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)

    assert "(yours " in quiet.ask("document.querySelector('.figures').innerText")


def test_a_chart_tells_what_is_under_the_pointer(quiet: Tab, served: Served):
    quiet.look_from(DESK, 1200)
    quiet.go(f"{served.address}/stations/jena")
    box = quiet.ask("(b => [b.x, b.y, b.width, b.height])(document.querySelector('svg.wide').getBoundingClientRect())")
    quiet.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + box[2] * 0.8, y=box[1] + box[3] / 2)

    told = quiet.wait_for("document.querySelector('.read').textContent.trim()")
    assert "forecast" in told
    assert "interval" in told


def test_a_new_forecast_appears_by_itself_and_what_was_open_stays_open(quiet: Tab, served: Served):
    quiet.go(f"{served.address}/stations/zugspitze")
    quiet.ask("document.getElementById('next-table').open = true; window.before = document.querySelector('nav')")
    first = quiet.ask("document.querySelector('#next-rows tr').dataset.time")

    later = served.scenery.now + timedelta(hours=1)
    write_forecasts(served.scenery.home, STATIONS[2], 2, later, served.scenery.days)

    quiet.wait_for(f"document.querySelector('#next-rows tr').dataset.time > '{first}'")
    assert quiet.ask("document.getElementById('next-table').open && window.before.isConnected")


def test_an_outage_of_the_readings_is_seen(quiet: Tab, served: Served):
    quiet.go(f"{served.address}/stations/krakow")

    assert "readings or forecasts have stopped" in quiet.ask("document.querySelector('.verdict').innerText")
    assert quiet.ask("document.querySelector('.figures dt').innerText") == "Last measured"


def test_an_outage_of_the_page_is_seen_and_so_is_its_end(tab: Tab, served: Served):
    tab.go(f"{served.address}/stations/jena")
    tab.wait_for("!document.getElementById('live').hidden")

    ended = served.stop()
    tab.wait_for("!document.getElementById('away').hidden && document.getElementById('live').hidden")
    told = tab.ask("document.getElementById('away').innerText")
    served.start()
    tab.wait_for("document.getElementById('away').hidden && !document.getElementById('live').hidden")

    assert "has not reached its server since" in told
    assert ended == 0
