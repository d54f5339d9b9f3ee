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
# Made with ``openssl dgst -hmac``; the first two are printed in the reference as well.
SIGNED = {
    "sha1": "77ed4f4c46692f8800564e69f11384ea428ace49",
    "sha256": "01c23708f9f157d389915b575f3cd8f21dbbbe0b5db61c715f29bcc14b106722",
    "sha512": "c8ed6e3da3445cbf922126fb1a024b1032d29fda9c839ec8c3b113cb8acc80fb"
    "f98e0b594046ace51041df474ece2b98d2701a83180d5baa139734171fb2f0a0",
}
SHA1 = SIGNED["sha1"]
OTHER_KEY = "lounge-demo-kez"
BY_OTHER_KEY = "0144a3d1507e831e3226ebcd6407b8403a197be7"
WITHOUT_KEY = "078a09b1070320651476d060de219d7beffc25eb"  # the plain hash of the bytes

every_algorithm = pytest.mark.parametrize("algorithm", SIGNED)


@every_algorithm
def test_published_vector_is_reproduced(algorithm):
    assert len(BODY) == 309
    assert sign(BODY, KEY, algorithm) == SIGNED[algorithm]


@pytest.mark.parametrize(
    ("body", "key", "signature"),
    [
        (b"", KEY, "fca3f1188130a15149f14ed133d27ecd9db63d00"),
        (BODY, "ключ", "8556916afce37306a86fba168b7184bfad1c990a"),
    ],
    ids=["no bytes", "Cyrillic key"],
)
def test_any_bytes_and_any_key_can_be_signed(body, key, signature):
    assert sign(body, key, "sha1") == signature
    assert verify(body, signature, [key], "sha1") is True


@every_algorithm
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda signature: signature, id="as it is"),
        pytest.param(str.upper, id="upper case"),
        pytest.param(str.title, id="mixed case"),
        pytest.param(lambda signature: f" {signature}", id="space before"),
        pytest.param(lambda signature: f"{signature} ", id="space after"),
        pytest.param(lambda signature: f"\t {signature.upper()}\t ", id="tabs and spaces"),
    ],
)
def test_own_signature_passes_however_it_is_written(algorithm, written):
    assert verify(BODY, written(SIGNED[algorithm]), [KEY], algorithm) is True


@pytest.mark.parametrize(
    "keys", [[KEY], [KEY, OTHER_KEY], [OTHER_KEY, KEY], ["a", KEY, "b"], (KEY, OTHER_KEY)]
)
def test_any_of_the_keys_will_do_while_keys_change(keys):
    assert verify(BODY, SHA1, keys, "sha1") is True


def test_signature_by_a_key_that_is_not_ours_any_more_is_refused():
    assert verify(BODY, BY_OTHER_KEY, [KEY, OTHER_KEY], "sha1") is True
    assert verify(BODY, BY_OTHER_KEY, [KEY], "sha1") is False


def test_notification_is_checked_over_its_raw_bytes(sample):
    body = sample("notification_completed.json")
    assert verify(body, "39f225b41b5faada13a6ed3cfb9423ecf0b4f02a", [KEY], "sha1") is True


@pytest.mark.parametrize(
    ("body", "header", "algorithm"),
    [
        pytest.param(BODY[:-1] + b" ", SHA1, "sha1", id="last byte"),
        pytest.param(b" " + BODY[1:], SHA1, "sha1", id="first byte"),
        pytest.param(BODY + b"\n", SHA1, "sha1", id="newline added"),
        pytest.param(b"", SHA1, "sha1", id="no body"),
        pytest.param(BODY, "87" + SHA1[2:], "sha1", id="first digit"),
        pytest.param(BODY, SHA1[:-1] + "8", "sha1", id="last digit"),
        pytest.param(BODY, SHA1[:-1], "sha1", id="digit missing"),
        pytest.param(BODY, SHA1[1:], "sha1", id="first digit missing"),
        pytest.param(BODY, SHA1 + "0", "sha1", id="digit too many"),
        pytest.param(BODY, SHA1 + SHA1, "sha1", id="twice"),
        pytest.param(BODY, SHA1[:20] + " " + SHA1[20:], "sha1", id="space within"),
        pytest.param(BODY, "sha1=" + SHA1, "sha1", id="prefix"),
        pytest.param(BODY, "XX" + SHA1 + "XX", "sha1", id="letters around"),
        pytest.param(BODY, SHA1, "sha256", id="another algorithm"),
        pytest.param(BODY, SHA1, "sha512", id="yet another algorithm"),
        pytest.param(BODY, SIGNED["sha256"], "sha1", id="stronger algorithm"),
        pytest.param(BODY, WITHOUT_KEY, "sha1", id="plain hash without the key"),
        pytest.param(BODY, BY_OTHER_KEY, "sha1", id="another key"),
        pytest.param(BODY, None, "sha1", id="no header"),
        pytest.param(BODY, "", "sha1", id="empty header"),
        pytest.param(BODY, " \t", "sha1", id="blank header"),
        pytest.param(BODY, "\u00a0" + SHA1, "sha1", id="space that is not ASCII"),
        pytest.param(BODY, "Ж" * 40, "sha1", id="not ASCII"),
        pytest.param(BODY, SHA1.translate({ord("7"): "７"}), "sha1", id="fullwidth digits"),
        pytest.param(BODY, "\udcff" * 40, "sha1", id="not even text"),
        pytest.param(BODY, "\x00" * 40, "sha1", id="zeros"),
    ],
)
def test_anything_spoilt_is_refused(body, header, algorithm):
    assert verify(body, header, [KEY], algorithm) is False


def test_body_written_anew_by_a_json_library_is_refused():
    anew = json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode()
    assert sign(anew, KEY, "sha1").startswith("161ef56d")
    assert verify(anew, SHA1, [KEY], "sha1") is False


@pytest.mark.parametrize("algorithm", ["md5", "SHA1", "sha", "hash", "", "sha3_256"])
def test_other_algorithms_are_an_error_of_ours(algorithm):
    sentence = "^signature algorithm must be one of sha1, sha256, sha512$"
    with pytest.raises(ValueError, match=sentence):
        sign(BODY, KEY, algorithm)
    with pytest.raises(ValueError, match=sentence):
        verify(BODY, SHA1, [KEY], algorithm)


@pytest.mark.parametrize("keys", [[""], [KEY, ""], ["", KEY]])
def test_empty_key_is_an_error_even_beside_one_that_fits(keys):
    with pytest.raises(ValueError, match=r"^the notification key is empty$"):
        verify(BODY, SHA1, keys, "sha1")


@pytest.mark.parametrize("keys", [[], (), "", KEY])
@pytest.mark.parametrize("header", [SHA1, None])
def test_missing_keys_never_let_an_unsigned_message_through(keys, header):
    with pytest.raises(
        ValueError, match=r"^notifications cannot be checked without a list of keys$"
    ):
        verify(BODY, header, keys, "sha1")
