"""Chromium without a window, which tells what it asks the network for."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from tools.build.chromium import chromium

_FLAGS = (
    "--headless",
    "--no-sandbox",  # it runs as root, and only our own page
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Browser:
    """One page at a time, at a size and in a scheme."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def open(
        self,
        path: Path,
        *,
        width: int = 1100,
        height: int = 800,
        scheme: Literal["light", "dark"] = "light",
    ) -> None:
        """Show a file; what an earlier page asked for is forgotten."""
        self._driver.get_log("performance")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        prefers = [{"name": "prefers-color-scheme", "value": scheme}]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": prefers})
        self._driver.get(path.as_uri())

    def asked(self) -> list[str]:
        """Return the addresses that were asked for since the page was opened."""
        events = [
            json.loads(it["message"])["message"] for it in self._driver.get_log("performance")
        ]
        return [
            it["params"]["request"]["url"]
            for it in events
            if it["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """Return what the console says, such as a refusal by the page's own policy."""
        return [it["message"] for it in self._driver.get_log("browser")]

    def run(self, script: str) -> Any:
        """Return the value of an expression of JavaScript on the page."""
        return self._driver.execute_script(f"return ({script})")

    def picture(self) -> bytes:
        """Return what is seen as PNG."""
        return self._driver.get_screenshot_as_png()

    def pdf(self) -> bytes:
        """Return the page as it is printed on A4."""
        options = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        made = self._driver.execute_cdp_cmd("Page.printToPDF", options)
        return base64.b64decode(made["data"])


@contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium; install it where it is missing."""
    program, driver, _ = chromium()
    options = ChromeOptions()
    options.binary_location = str(program)
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with Chrome(options, ChromeService(str(driver))) as opened:
        yield Browser(opened)
