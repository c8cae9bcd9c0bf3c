"""A real Chromium without a window, told what to do over its DevTools protocol: pipes, and no package beside it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS: Final = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-pipe"),
)
WITH_PIPES: Final = """
import fcntl, os, sys
given = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for number, wanted in zip(given, (3, 4)):
    os.dup2(number, wanted)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads from descriptor 3 and writes to 4, whatever they were before."""
STEP_SECONDS: Final = 0.05
LONGEST_SECONDS: Final = 20.0


class BrowserError(Exception):
    """The browser did not do what it was told."""


def browser_path() -> str | None:
    """Give the browser of this machine; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


class Tab:
    """One page that is open."""

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = read
        self._left = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []
        """What the page wrote to its console, what it threw, and what its policy refused."""
        self.asked: list[str] = []
        """Every address that was asked for."""

    def open_tab(self) -> None:
        """Open an empty page, and listen to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Tell the browser something and give its answer.

        Raises:
            BrowserError: where it refuses, or is gone.
        """
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error'].get('message')}")
                found: dict[str, Any] = answer["result"]
                return found
            self._hear(answer)

    def look_from(self, width: int, height: int, *, dark: bool = False, zone: str = "") -> None:
        """Be a screen of so many points, in the dark or not, where a clock shows the time of a zone."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1.0,
            mobile=width < 500,  # noqa: PLR2004
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        if zone:
            self.call("Emulation.setTimezoneOverride", timezoneId=zone)

    def go(self, address: str) -> None:
        """Open an address and wait until it is there."""
        self.call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def ask(self, script: str) -> Any:
        """Give what an expression comes to in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """Wait until an expression comes to something in the page, and give that.

        Raises:
            BrowserError: where it does not in time.
        """
        deadline = time.monotonic() + LONGEST_SECONDS
        while True:
            try:
                if found := self.ask(script):
                    return found
            except BrowserError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise BrowserError(
                    f"This never came to be: {script}; the page is {self.ask('document.body.innerText')}"
                )
            time.sleep(STEP_SECONDS)

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Write a picture of what is shown; the whole page where asked for."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            more = os.read(self._read, 1 << 16)
            if not more:
                raise BrowserError("the browser has ended")
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _hear(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        if event.get("method") == "Runtime.consoleAPICalled":
            self.complaints.append(" ".join(str(each.get("value", "")) for each in told["args"]))
        elif event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif event.get("method") == "Log.entryAdded":
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif event.get("method") == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])


@contextmanager
def chromium(path: str) -> Iterator[Tab]:
    """Give a page of a browser that ends with the block."""
    to_browser, from_us = os.pipe()
    from_browser, to_us = os.pipe()
    with tempfile.TemporaryDirectory(prefix="jena-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(  # noqa: S603  (a browser that was looked for by name, and our own flags)
            [sys.executable, "-c", WITH_PIPES, str(to_browser), str(to_us), path, *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(to_browser, to_us),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(to_us)
        tab = Tab(from_us, from_browser)
        try:
            tab.open_tab()
            yield tab
        finally:
            os.close(from_us)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
            os.close(from_browser)
