"""Acts are counted over a moving window, in one process or in all of them."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import structlog

from miniapp.base.limits import Limiter, LocalLimiter, SharedLimiter


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> LocalLimiter:
    return LocalLimiter(window=30, clock=clock)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this module's own, gone with it."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("no Redis server: apt-get install -y redis-server", pytrace=False)
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("Redis did not start")


Share = Callable[..., SharedLimiter]


@pytest.fixture
def share(redis_url: str, request: pytest.FixtureRequest) -> Iterator[Share]:
    """Limiters as different processes have them: each its own, all of one name."""
    made: list[SharedLimiter] = []

    def share(url: str = redis_url, window: int = 1) -> SharedLimiter:
        made.append(SharedLimiter(url=url, name=request.node.name, window=window))
        return made[-1]

    yield share
    for limiter in made:
        limiter.close()


def test_window_moves_with_time(limiter: LocalLimiter, clock: Clock) -> None:
    assert [limiter.count(most=2) for _ in range(2)] == [0, 0]
    clock.now += 10
    assert limiter.count(most=2) == 20
    assert limiter.count(most=3) == 0
    clock.now += 19.5
    assert limiter.count(most=3) == 0.5
    clock.now += 0.5
    assert [limiter.count(most=3) for _ in range(3)] == [0, 0, 10]


def test_who_asks_with_less_leaves_the_rest_to_others(limiter: LocalLimiter, clock: Clock) -> None:
    assert [limiter.count(most=2) for _ in range(3)] == [0, 0, 30]
    clock.now += 5
    assert [limiter.count(most=4) for _ in range(3)] == [0, 0, 25]
    # Two of the four must leave the window before the modest one has its turn.
    assert limiter.count(most=2) == 30
    clock.now += 25
    assert limiter.count(most=2) == 5


def test_rest_stops_everybody_and_a_shorter_one_does_not_end_it(
    limiter: LocalLimiter, clock: Clock
) -> None:
    limiter.rest(5)
    limiter.rest(1)
    assert limiter.count(most=60) == 5
    clock.now += 5
    assert limiter.count(most=60) == 0


def _count_at_once(limiters: list[Limiter], *, most: int) -> int:
    counted: list[float] = []
    start = threading.Barrier(len(limiters), timeout=20)

    def act(limiter: Limiter) -> None:
        start.wait()
        counted.extend(limiter.count(most=most) for _ in range(20))

    threads = [threading.Thread(target=act, args=(limiter,)) for limiter in limiters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counted.count(0)


def test_threads_never_count_more_than_the_most(limiter: LocalLimiter) -> None:
    assert _count_at_once([limiter] * 8, most=50) == 50


def test_processes_never_count_more_than_the_most_together(share: Share) -> None:
    assert _count_at_once([share(window=30) for _ in range(8)], most=50) == 50


def test_shared_window_moves_and_leaves_room(share: Share) -> None:
    web, worker = share(), share()
    assert [web.count(most=3), worker.count(most=2)] == [0, 0]
    wait = worker.count(most=2)
    assert 0 < wait <= 1
    assert web.count(most=3) == 0
    time.sleep(1.05)
    assert worker.count(most=2) == 0


def test_rest_is_shared_and_a_shorter_one_does_not_end_it(share: Share) -> None:
    web, worker = share(), share()
    web.rest(0.4)
    worker.rest(0.1)
    assert 0.2 < worker.count(most=60) <= 0.4
    time.sleep(0.45)
    assert worker.count(most=60) == 0


def test_dead_redis_stops_nobody_and_is_told_once(share: Share) -> None:
    limiter = share(url=f"redis://127.0.0.1:{free_port()}/0", window=30)
    with structlog.testing.capture_logs() as told:
        limiter.rest(0)
        assert [limiter.count(most=2) for _ in range(2)] == [0, 0]
        assert 29 < limiter.count(most=2) <= 30
    assert [line["event"] for line in told] == ["limits.alone"]


def test_silent_redis_costs_a_moment_once(share: Share) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        limiter = share(url=f"redis://127.0.0.1:{mute.getsockname()[1]}/0")
        started = time.monotonic()
        assert [limiter.count(most=9) for _ in range(5)] == [0] * 5
        assert time.monotonic() - started < 3
