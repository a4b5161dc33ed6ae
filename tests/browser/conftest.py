"""A browser without a window, without a network, and the pages that it is shown."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.bank.location import default_location, location_at
from grader.cli import main
from grader.report.feedback_page import feedback_page
from grader.sheets.loading import select
from grader.sheets.selection import Wanted
from tests.sheets.conftest import SAMPLES
from tests.sheets.test_feedback_page import EVIL, report

AXE = Path(__file__).parent / "axe" / "axe.min.js"
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1200,900",
)  # fmt: skip


@dataclass
class Browser:
    """Chromium with what the tests ask of it."""

    driver: Any

    def open(self, path: Path) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        self.emulate("light")
        self.resize(1200)
        self.driver.get(path.as_uri())

    def open_without_scripts(self, path: Path) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.driver.get(path.as_uri())

    def ask(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(f"return {script}", *arguments)

    def cdp(self, command: str, **parameters: object) -> Any:
        return self.driver.execute_cdp_cmd(command, parameters)

    def emulate(self, scheme: str) -> None:
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def resize(self, width: int) -> None:
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def requests(self) -> list[str]:
        """Return the addresses asked for since the last call."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [one["params"]["request"]["url"] for one in entries if one["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("chromium or chromedriver is missing (Debian: apt install chromium chromium-driver)")
    options = selenium.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)  # chromedriver answers on this machine
        driver = selenium.Chrome(options=options, service=selenium.ChromeService(chromedriver))
        try:
            yield Browser(driver)
        finally:
            driver.quit()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One page of each kind."""
    folder = tmp_path_factory.mktemp("pages")
    made = {name: folder / f"{name}.html" for name in ("sheet", "samples", "paper", "key", "choice", "feedback")}
    assert main(["sheet", "-o", str(made["sheet"])]) == 0
    assert main(["sheet", "--bank", str(SAMPLES), "-o", str(made["samples"])]) == 0
    assert main(["paper", "--asked", "2023-07", "-o", str(made["paper"]), "--key", str(made["key"])]) == 0
    assert main(["paper", "--space", "grid:1/2", "-o", str(made["choice"])]) == 0
    made["feedback"].write_text(feedback_page(report(EVIL), select(location_at(SAMPLES), Wanted())), encoding="utf-8")
    return made


@pytest.fixture(scope="session")
def questions() -> int:
    return len(select(default_location(), Wanted()).questions)
