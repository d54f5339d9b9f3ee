"""The start refuses nonsense in words, and never repeats a secret."""

from pathlib import Path

import pytest

from miniapp.config import BadSettings, load

WHOLE = {
    "secret_key": "k" * 32,
    "data_key": f"{'n' * 32}, {'o' * 32}",
    "voucher_signing_key": f"{'n' * 32}, {'o' * 32}",
    "public_url": "https://lounge.example/",
    "invoicebox_token": "token",
    "invoicebox_merchant_id": "0192c0de-0000-7000-8000-0000000000ff",
    "invoicebox_notification_key": "old-key, new-key",
    "smtp_url": "smtp://mail.example:25",
    "mail_from": "Lounge <voucher@lounge.example>",
}


@pytest.fixture(autouse=True)
def _nothing_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env of this folder and no variable of this machine takes part."""
    monkeypatch.chdir(tmp_path)


def test_whole_settings_are_taken():
    settings = load(**WHOLE)

    assert settings.public_url == "https://lounge.example"
    keys = [key.get_secret_value() for key in settings.invoicebox_notification_key]
    assert keys == ["old-key", "new-key"]
    assert settings.database.startswith("sqlite:///")


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_setting_is_named(name):
    with pytest.raises(BadSettings) as stopped:
        load(**{other: value for other, value in WHOLE.items() if other != name})

    assert str(stopped.value) == f"MINIAPP_{name.upper()} is not set"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("secret_key", "short", "MINIAPP_SECRET_KEY: "),
        ("data_key", "short", "MINIAPP_DATA_KEY: each key needs at least 32"),
        ("data_key", f"{'n' * 32},", "MINIAPP_DATA_KEY: each key needs at least 32"),
        ("voucher_signing_key", "short", "MINIAPP_VOUCHER_SIGNING_KEY: each key needs"),
        ("public_url", "lounge.example", "MINIAPP_PUBLIC_URL: must be a web address"),
        ("public_url", "http://lounge.example", "MINIAPP_PUBLIC_URL must begin with https://"),
        ("invoicebox_notification_key", " , ", "MINIAPP_INVOICEBOX_NOTIFICATION_KEY: is empty"),
        ("invoicebox_signature_algorithm", "md5", "MINIAPP_INVOICEBOX_SIGNATURE_ALGORITHM: "),
        ("frame_ancestors", "'self' *; script-src *", "MINIAPP_FRAME_ANCESTORS: "),
        ("frame_ancestors", " ", "MINIAPP_FRAME_ANCESTORS: is empty"),
        ("smtp_url", "mail.example:25", "MINIAPP_SMTP_URL: must look like"),
        ("mail_from", "nobody", "MINIAPP_MAIL_FROM: "),
        ("trusted_proxies", "-1", "MINIAPP_TRUSTED_PROXIES: "),
    ],
)
def test_nonsense_is_named_in_one_sentence(name, value, sentence):
    with pytest.raises(BadSettings) as stopped:
        load(**WHOLE | {name: value})

    assert str(stopped.value).startswith(sentence)
    assert "\n" not in str(stopped.value)


def test_all_faults_are_told_at_once_and_no_secret_is_repeated():
    with pytest.raises(BadSettings) as stopped:
        load(**WHOLE | {"secret_key": "hunter2", "smtp_url": "http://user:hunter3@mail.example"})

    assert len(str(stopped.value).splitlines()) == 2
    assert "hunter" not in str(stopped.value)
