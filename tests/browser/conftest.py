"""A real browser and a real JupyterLab; a test without them is skipped and says what is missing."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from scripts.environment import PROJECT, child_settings

SETTINGS = {
    # Nothing asks the network for news; cells off screen are drawn too.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
BROWSER_OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars"
)
AXE = PROJECT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PANEL = "(window.jupyterapp && [...jupyterapp.shell.widgets('main')].find(w => w.sessionContext))"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A headless Chromium of the system, steered by its own driver."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("no Chromium with its driver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    profile = tmp_path_factory.mktemp("profile")
    for option in [*BROWSER_OPTIONS.split(), f"--user-data-dir={profile}"]:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chromium = webdriver.Chrome(options, webdriver.ChromeService(driver))
    chromium.set_script_timeout(60)
    chromium.set_window_size(1300, 1500)
    yield chromium
    chromium.quit()


@pytest.fixture(scope="session")
def audit(browser) -> Callable[..., list[str]]:
    """One line per serious or critical finding of axe-core on the page, or within one part."""
    axe = Path(os.environ.get("COVID_POLICY_AXE") or AXE)
    if not axe.is_file():
        pytest.skip(f"no axe-core: npm install --prefix {AXE.parents[2]} axe-core")
    source = axe.read_text(encoding="utf-8")

    def run(within: str = "html") -> list[str]:
        browser.execute_script(source)
        findings, n_passed = browser.execute_async_script(
            "const [within, done] = arguments;"
            "axe.run(within).then(r => done([r.violations.map(v => [v.impact, v.id, "
            "v.nodes[0].html.slice(0, 200)]), r.passes.length]));",
            within,
        )
        assert n_passed > 10, "axe-core looked at nothing"
        return [" ".join(f) for f in findings if f[0] in ("serious", "critical")]

    return run


@pytest.fixture()
def requests(browser) -> Callable[[], list[str]]:
    """The addresses the browser has asked for since the test began, files and data left out."""
    # What an earlier page still wants to say is not this test's.
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")

    def asked() -> list[str]:
        messages = [json.loads(row["message"])["message"] for row in browser.get_log("performance")]
        sent = [m for m in messages if m["method"] == "Network.requestWillBeSent"]
        urls = [m["params"]["request"]["url"] for m in sent]
        assert urls, "the browser's log is empty"
        return [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]

    return asked


class Lab:
    """A JupyterLab over a copy of the project, so that no test touches the notebooks."""

    def __init__(self, browser, folder: Path, address: str) -> None:
        self.browser, self.folder, self.address = browser, folder, address

    def open(self, notebook: str) -> None:
        """Open a notebook and wait until its kernel is ready."""
        self.browser.get(f"{self.address}/lab/tree/{notebook}?token=test&reset")
        # A page without focus has no current widget until one is made it.
        self._wait(f"return !!{PANEL}", 90, f"JupyterLab did not open {notebook}")
        self._call(
            f"const panel = {PANEL}; jupyterapp.shell.activateById(panel.id);"
            "await panel.context.ready; await panel.sessionContext.ready; return true"
        )

    def run_all(self, *, seconds: float = 150) -> None:
        """Run every cell and wait until the kernel rests."""
        # Not waited for within the call: a driver gives up on a call after two minutes. The
        # prompts of an earlier run are cleared, so that none of them is taken for a new one.
        self._call(
            "await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');"
            "jupyterapp.commands.execute('notebook:run-all-cells'); return true"
        )
        # The kernel is idle for a moment between two cells: only the last prompt tells.
        self._wait(
            "const p=[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]"
            ".filter(c=>c.querySelector('.cm-content').innerText.trim())"
            ".map(c=>c.querySelector('.jp-InputPrompt').innerText);"
            "return p.length>0 && p.every(t=>/\\[\\d+\\]/.test(t))",
            seconds, "not every cell was run",
        )  # fmt: skip

    def errors(self) -> list[str]:
        """Return the error outputs that stand in the notebook."""
        return self.browser.execute_script(
            "return [...document.querySelectorAll("
            "'[data-mime-type=\"application/vnd.jupyter.error\"]')].map(e=>e.innerText)"
        )

    def text(self) -> str:
        """Return all that can be read in the notebook."""
        return self.browser.execute_script(
            "return document.querySelector('.jp-Notebook').innerText"
        )

    def wait_for_text(self, text: str, seconds: float = 20) -> None:
        """Wait until the notebook shows `text`."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < deadline, f"{text!r} did not appear"
            time.sleep(0.1)

    def _wait(self, script: str, seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not self.browser.execute_script(script):
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.2)

    def _call(self, body: str) -> object:
        found = self.browser.execute_async_script(
            "const done=arguments[arguments.length-1];"
            f"(async()=>{{{body}}})().then(done, e=>done('failed: '+e))"
        )
        assert not str(found).startswith("failed"), found
        return found


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user needs of the project, in a folder of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("helpers", "data", "notebooks", "scripts"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROJECT / "pyproject.toml", folder / "pyproject.toml")
    (folder / "figures").mkdir()
    return folder


@pytest.fixture(scope="session")
def start_lab(
    browser, project_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Lab]]:
    """Start a JupyterLab with settings of its own; the same settings give the same one."""
    started: list[subprocess.Popen] = []

    def start(**settings: dict) -> Lab:
        configuration = tmp_path_factory.mktemp("jupyter")
        overrides = configuration / "data" / "lab" / "settings" / "overrides.json"
        overrides.parent.mkdir(parents=True)
        overrides.write_text(json.dumps(SETTINGS | settings), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
            f"--port={port}", "--port-retries=0", "--IdentityProvider.token=test",
            f"--ServerApp.root_dir={project_copy}", "--LabApp.expose_app_in_browser=True",
            f"--LabApp.app_settings_dir={overrides.parent}",
        ]  # fmt: skip
        variables = child_settings(PROJECT) | {
            "JUPYTER_CONFIG_DIR": str(configuration / "config"),
            "JUPYTER_DATA_DIR": str(configuration / "data"),
            "JUPYTER_RUNTIME_DIR": str(configuration / "runtime"),
            "JUPYTERLAB_WORKSPACES_DIR": str(configuration / "workspaces"),
        }
        with (configuration / "log.txt").open("wb") as log:
            process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        started.append(process)
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address, process, configuration / "log.txt")
        return Lab(browser, project_copy, address)

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def lab(start_lab: Callable[..., Lab]) -> Lab:
    """A JupyterLab in English."""
    return start_lab()


def _wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{address}/api", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start: {log.read_text(encoding='utf-8')[-1500:]}")
