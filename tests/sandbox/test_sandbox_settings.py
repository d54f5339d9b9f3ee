"""The settings of the sandbox that its API reads."""

import pytest

from miniapp.sandbox import SandboxSettings


def test_limits_and_refund_time_come_from_the_environment() -> None:
    default = SandboxSettings.from_environment({})
    assert (default.limits, default.refund_seconds) == (True, 5.0)
    environment = {"SANDBOX_LIMITS": "off", "SANDBOX_REFUND_SECONDS": "0.5"}
    changed = SandboxSettings.from_environment(environment)
    assert (changed.limits, changed.refund_seconds) == (False, 0.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_LIMITS", "no"),
        ("SANDBOX_REFUND_SECONDS", "soon"),
        ("SANDBOX_REFUND_SECONDS", "-1"),
    ],
)
def test_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        SandboxSettings.from_environment({name: value})
