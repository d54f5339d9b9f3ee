"""Only the provider's own bytes pass (Invoicebox API reference, section 15.2)."""

import json

import pytest

from miniapp.invoicebox.signature import sign, verify

KEY = "lounge-demo-key"
BODY = (
    r'{"id":"0192c0de-0000-7000-8000-00000000a001","status":"completed",'
    r'"merchantId":"0192c0de-0000-7000-8000-0000000000ff","merchantOrderId":"LNG-000417",'
    r'"amount":4500.00,"currencyId":"RUB","description":"Бизнес-зал",'
    r'"paymentUrl":"https:\/\/pay.invoicebox.ru\/order\/0192c0de-0000-7000-8000-00000000c001"}'
).encode()
SHA1 = "77ed4f4c46692f8800564e69f11384ea428ace49"
SHA256 = "01c23708f9f157d389915b575f3cd8f21dbbbe0b5db61c715f29bcc14b106722"


def test_published_vector_is_reproduced():
    assert len(BODY) == 309
    assert sign(BODY, KEY, "sha1") == SHA1
    assert sign(BODY, KEY, "sha256") == SHA256
    assert len(sign(BODY, KEY, "sha512")) == 128


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_own_signature_passes_in_any_case_and_with_spaces_around(algorithm):
    signature = sign(BODY, KEY, algorithm)
    assert verify(BODY, signature, [KEY], algorithm)
    assert verify(BODY, f"  {signature.upper()}\t", [KEY], algorithm)


def test_old_and_new_key_pass_while_keys_change():
    assert verify(BODY, SHA1, ["new-key", KEY], "sha1")
    assert verify(BODY, SHA1, [KEY, "new-key"], "sha1")


@pytest.mark.parametrize(
    ("body", "header", "keys", "algorithm"),
    [
        pytest.param(BODY[:-1] + b" ", SHA1, [KEY], "sha1", id="body"),
        pytest.param(BODY + b"\n", SHA1, [KEY], "sha1", id="newline added"),
        pytest.param(BODY, SHA1, ["lounge-demo-kez"], "sha1", id="key"),
        pytest.param(BODY, SHA1[:-1] + "8", [KEY], "sha1", id="last digit"),
        pytest.param(BODY, SHA1[:-1], [KEY], "sha1", id="digit missing"),
        pytest.param(BODY, SHA1, [KEY], "sha256", id="algorithm"),
        pytest.param(BODY, None, [KEY], "sha1", id="no header"),
        pytest.param(BODY, "", [KEY], "sha1", id="empty header"),
        pytest.param(BODY, "Ж" * 40, [KEY], "sha1", id="not ASCII"),
        pytest.param(BODY, "\udcff" * 40, [KEY], "sha1", id="not even text"),
    ],
)
def test_anything_spoilt_is_refused(body, header, keys, algorithm):
    assert verify(body, header, keys, algorithm) is False


def test_body_written_anew_by_a_json_library_is_refused():
    anew = json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode()
    assert verify(anew, SHA1, [KEY], "sha1") is False


@pytest.mark.parametrize("algorithm", ["md5", "SHA1", "hash", ""])
def test_other_algorithms_are_an_error_of_ours(algorithm):
    with pytest.raises(ValueError, match="algorithm"):
        verify(BODY, SHA1, [KEY], algorithm)


@pytest.mark.parametrize("keys", [[], [""], [KEY, ""], KEY])
def test_missing_keys_never_let_an_unsigned_message_through(keys):
    with pytest.raises(ValueError, match="key"):
        verify(BODY, SHA1, keys, "sha1")
