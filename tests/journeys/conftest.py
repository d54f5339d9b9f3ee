"""One running demo for a session, and the people in front of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.host_page import OwnHost, serving
from tests.journeys.roles import Host, Mailbox, Traveller, Watch
from tests.journeys.stage import Stage, playing

_STAGE = pytest.StashKey[Stage]()
_LINES_SHOWN = 80


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo, started once."""
    with playing(tmp_path_factory.mktemp("demo")) as stage:
        pytestconfig.stash[_STAGE] = stage
        yield stage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed journey shows what the programs said."""
    report = yield
    if report.failed and _STAGE in item.config.stash and "stage" in getattr(item, "funcargs", {}):
        lines = item.config.stash[_STAGE].said[-_LINES_SHOWN:]
        report.sections.append(("the demo's last words", "".join(lines)))
    return report


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], request: pytest.FixtureRequest
) -> dict[str, Any]:
    """A phone in Russian; a test may change it."""
    ours = {"locale": "ru-RU", "viewport": {"width": 360, "height": 740}}
    return browser_context_args | ours | getattr(request, "param", {})


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> None:
    """All programs stand on this machine: what does not come soon does not come."""
    if "page" in request.fixturenames:
        request.getfixturevalue("page").set_default_timeout(8_000)


@pytest.fixture
def host(page: Page, stage: Stage) -> Host:
    """A payment page in the buyer's browser."""
    return Host(page, stage.sandbox)


@pytest.fixture
def mailbox(stage: Stage) -> Mailbox:
    return Mailbox(stage.sandbox)


@pytest.fixture
def direct(page: Page) -> Traveller:
    """A traveller who opens the mini-app by itself."""
    return Traveller(page)


@pytest.fixture
def watch(page: Page, stage: Stage) -> Iterator[Watch]:
    """Nothing may go wrong in the browser during the test, and no stranger be asked."""
    watch = Watch(stage.hosts)
    watch.over(page)
    yield watch
    assert watch.faults == []


@pytest.fixture
def pictures(pytestconfig: pytest.Config) -> Path:
    """Where screenshots are kept."""
    return Path(pytestconfig.getoption("--output")) / "journeys"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where pages of other hosts are served."""
    with serving() as port:
        yield port


@pytest.fixture
def own_host(page: Page, stage: Stage, port: int) -> Iterator[OwnHost]:
    """A host of ours; no script may fail in its window or in the frame."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield OwnHost(page, stage.app, f"http://localhost:{port}/")
    assert faults == []


@pytest.fixture
def suggestions_asked(page: Page) -> list[str]:
    """The tickets that were sent to our server."""
    asked: list[str] = []
    page.on(
        "request",
        lambda one: asked.append(one.post_data or "") if "/suggestion" in one.url else None,
    )
    return asked
