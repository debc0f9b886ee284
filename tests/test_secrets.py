"""Secrets are built when the tests run, so that no scanner of repositories trips over them."""

from __future__ import annotations

import base64
import json
import random
import string
import time
import zlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.records import Record, Segment, named
from copassist.secret_values import is_password, is_random
from copassist.secrets import masked, masked_record

_RANDOM = random.Random(20241124)
HEX, LETTERS, URL = (
    "0123456789abcdef",
    string.ascii_letters + string.digits,
    string.ascii_letters + "0123456789-_",
)


def some(length: int, of: str = LETTERS) -> str:
    return "".join(_RANDOM.choice(of) for _ in range(length))


def github(prefix: str) -> str:
    """A token with the checksum that GitHub's have: CRC-32 of its 30 characters, base 62."""
    body, digits = some(30), string.digits + string.ascii_uppercase + string.ascii_lowercase
    crc, check = zlib.crc32(body.encode()), ""
    while crc:
        crc, rest = divmod(crc, 62)
        check = digits[rest] + check
    return f"{prefix}_{body}{check.rjust(6, '0')}"


def part(of: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(of, separators=(",", ":")).encode()).decode().rstrip("=")


def armoured(kind: str, lines: int = 8) -> str:
    body = "\n".join(base64.b64encode(_RANDOM.randbytes(48)).decode() for _ in range(lines))
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


AZURE = base64.b64encode(_RANDOM.randbytes(64)).decode()
SERVICES = {
    "aws id": "AK" + "IA" + some(16, string.ascii_uppercase + "234567"),
    "github classic": github("gh" + "p"),
    "github app": github("gh" + "s"),
    "github fine-grained": "github" + "_pat_" + some(22) + "_" + some(59),
    "gitlab": "gl" + "pat-" + some(20, URL),
    "slack bot": "xo" + "xb-" + some(12, string.digits) + "-" + some(12, string.digits) + "-" + some(24),
    "slack user": "xo" + "xp-" + "-".join(some(12, string.digits) for _ in range(3)) + "-" + some(32, HEX),
    "google": "AI" + "za" + some(35, URL),
    "google oauth": "GOC" + "SPX-" + some(28, URL),
    "openai": "sk" + "-proj-" + some(74, URL) + "T3Blbk" + "FJ" + some(74, URL),
    "anthropic": "sk" + "-ant-api03-" + some(93, URL) + "AA",
    "hugging face": "h" + "f_" + some(34, string.ascii_letters),
    "stripe": "sk" + "_live_" + some(24),
    "stripe test": "sk" + "_test_" + some(24),
    "twilio": "S" + "K" + some(32, HEX),
    "sendgrid": "S" + "G." + some(22, URL) + "." + some(43, URL),
    "npm": github("np" + "m"),
    "pypi": "py" + "pi-AgEIcHlwaS5vcmc" + some(150, URL),
    "docker": "dck" + "r_pat_" + some(27, URL),
    "telegram": some(10, "123456789") + ":A" + "A" + some(33, URL),
    "jwt": part({"alg": "HS256", "typ": "JWT"})
    + "."
    + part({"sub": "ines", "iat": 1700000000})
    + "."
    + some(43, URL),
    "sentry": "sn"
    + "trys_"
    + part(
        {"iat": 1700000000.1, "url": "https://sentry.io", "region_url": "https://us.sentry.io", "org": "acme"}
    )
    + "_"
    + some(43),
    "twilio, longer than its rule": "S" + "K" + some(40, HEX),
    "cardano key": "root_" + "xsk1" + some(160, "023456789acdefghjklmnpqrstuvwxyz"),
}
WALLET = "test walk nut penalty hip pave soap entry language right filter choice"
PASSWORDS = [
    "hunter" + "2",
    "Tr0ub4dor" + "&3",
    "correct-horse-battery-" + "9",
    "S3cr" + "3t!Pa55",
    "p@ss" + "phrase",
]
KEYS = [some(32, HEX), some(40), some(24, HEX), "7f3e9c1a-22b4-4d0e-9a77-0c1d2e3f4a5b", some(43, URL) + "="]


def without(text: str, secret: str, kind: str) -> str:
    return text.replace(secret, f"[secret removed: {kind}]")


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    "text",
    [
        "@@",
        "I used @@ and it worked.",
        "I used @@, then (@@). It was @@.",
        'token = "@@"  # old',
        "see:\n\n@@\n",
        "|a|@@|",
    ],
)
def test_a_service_s_token_gives_way_to_a_mark_and_nothing_else_does(name: str, text: str) -> None:
    secret = SERVICES[name]
    result, counts = masked(text.replace("@@", secret))
    (kind,) = counts
    assert result == without(text.replace("@@", secret), secret, kind)
    assert counts == {kind: text.count("@@")}


@pytest.mark.parametrize("secret", PASSWORDS)
@pytest.mark.parametrize(
    "text",
    [
        "password: @@",
        "The password is @@",
        "The wifi password is `@@`.",
        'Password for staging: "@@"',
        "**Password:** @@",
        "**Password: @@**",
        "Passwort: @@",
        "user: admin / password: @@ (since May)",
        "log in as user demo and password @@",
        "the admin password changed to @@",
        "PASSWORD → @@",
        "login admin, pw @@",
        "credentials: admin / @@",
        "| password | @@ |",
        "DB_PASSWORD=@@",
        "  password: @@\n  user: x",
        '{"user": "a", "password": "@@", "port": 1}',
        "const dbPassword = '@@';",
        "Server=db;User Id=sa;Password=@@;Encrypt=no",
        "define('DB_PASSWORD', '@@');",
        '<add key="Password" value="@@" />',
        "<password>@@</password>",
        "sshpass -p @@ ssh root@host",
        "mysql -u root -p@@",
        "curl -u admin:@@ https://example.org",
        "deploy --password @@ now",
        "machine example.org login ines password @@",
    ],
)
def test_a_password_under_its_name_is_swallowed_whole(secret: str, text: str) -> None:
    said = text.replace("@@", secret)
    assert masked(said) == (without(said, secret, "password"), {"password": 1})


@pytest.mark.parametrize("secret", ["hunter" + "2", "blaubeere", some(16), "a-b" + "!9"])
@pytest.mark.parametrize(
    "address",
    [
        "postgres://admin:@@@db.example.org:5432/app",
        "see mysql+pymysql://root:@@@10.0.0.5/prod.",
        "git clone https://ines:@@@git.example.org/x.git",
        "redis://:@@@cache:6379/0",
        "mongodb+srv://app:@@@cluster0.ab1cd.mongodb.net/test",
    ],
)
def test_of_an_address_the_password_alone_goes(secret: str, address: str) -> None:
    assert masked(address.replace("@@", secret, 1))[0] == address.replace(
        "@@", "[secret removed: password]", 1
    )


@pytest.mark.parametrize("secret", KEYS)
@pytest.mark.parametrize(
    "text",
    [
        "API_KEY=@@",
        'api_key = "@@"',
        "The API key is @@.",
        "our api key `@@`, keep it",
        '"client_secret": "@@",',
        "SECRET_KEY_BASE=@@",
        "token: @@",
        "my access token (for CI): @@",
        "https://example.org/x?access_token=@@&y=1",
        "cli --token @@",
        'set_token("@@")',
        "PrivateKey = @@",
        "//registry.example.org/:_authToken=@@",
        "SharedAccessKey=@@",
    ],
)
def test_a_key_under_its_name_is_swallowed_whole(secret: str, text: str) -> None:
    said = text.replace("@@", secret)
    result, counts = masked(said)
    (kind,) = counts
    assert result == without(said, secret, kind)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer @@", some(24)),
        ("authorization: token @@", some(40, HEX)),
        ("curl -H 'Authorization: Basic @@' x", base64.b64encode(b"admin:" + b"hunter2").decode()),
        ("_auth=@@", base64.b64encode(b"admin:" + b"sekrit-123").decode()),
        ("AccountName=acme;AccountKey=@@;EndpointSuffix=core.windows.net", AZURE),
        ("https://acme.blob.core.windows.net/c?sv=2022-11-02&sp=rl&sig=@@", some(43) + "%3D"),
        (
            "otpauth://totp/Acme:ines@example.org?secret=@@&issuer=Acme",
            some(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        ),
        ('{"type": "PaymentSigningKeyShelley_ed25519", "cborHex": "@@"}', "5820" + some(64, HEX)),
        ("my seed phrase: @@", WALLET),
        ('["@@"]', WALLET.replace(" ", '", "')),
        ("Meeting passcode: @@", "398213"),
        ("https://x.org/?user=a&password=@@&x=1", "hunter" + "2"),
    ],
)
def test_what_is_secret_by_where_it_stands(text: str, secret: str) -> None:
    said = text.replace("@@", secret)
    result, counts = masked(said)
    (kind,) = counts
    assert (result, counts[kind]) == (without(said, secret, kind), 1)


@pytest.mark.parametrize(
    "kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
)
@pytest.mark.parametrize(
    "shown", ["@@", "key: |\n  @@\nother: 1", '{"private_key": "@@\\n", "x": 1}', "> @@\n\nok", "see @@ ok"]
)
def test_a_private_key_is_swallowed_from_begin_to_end(kind: str, shown: str) -> None:
    key = armoured(kind)
    if "{" in shown:
        key = key.replace("\n", "\\n")
    elif shown.startswith((">", "key")):
        key = key.replace("\n", "\n> " if shown[0] == ">" else "\n  ")
    elif shown.startswith("see"):
        key = key.replace("\n", " ")
    expected = shown.replace("@@", "[secret removed: private key]")
    assert masked(shown.replace("@@", key)) == (expected, {"private key": 1})


def test_a_private_key_that_is_cut_off_goes_as_far_as_its_lines() -> None:
    key = armoured("RSA PRIVATE KEY")
    cut = key[: key.index("-----END")].rstrip()
    assert (
        masked(f"Look:\n{cut}\n\nThat was it.")[0] == "Look:\n[secret removed: private key]\n\nThat was it."
    )


HARMLESS = [
    "Fixed in 3f2a9c1, see https://github.com/a/b/commit/" + some(40, HEX),
    f'name = "serde"\nchecksum = "{some(64, HEX)}"',
    "id: 7f3e9c1a-22b4-4d0e-9a77-0c1d2e3f4a5b",
    "sha256:" + some(64, HEX),
    '<img src="data:image/png;base64,' + base64.b64encode(_RANDOM.randbytes(300)).decode() + '">',
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" + base64.b64encode(_RANDOM.randbytes(32)).decode() + " ines@host",
    armoured("CERTIFICATE"),
    armoured("PUBLIC KEY"),
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "password: <your password>",
    "password: ${DB_PASSWORD}",
    "token: {{ secrets.TOKEN }}",
    "PASSWORD=your_password1_here",
    "password: ********",
    "password=changeme1",
    "password: see the vault",
    "Passwords: how to choose",
    "The password is stored in 1Password",
    "the password is hashed with sha256",
    "the password was reset at 10:30",
    "password: at least 12 characters",
    "password = getpass.getpass()",
    "api_key = os.environ['API_KEY1']",
    "password: String,",
    "password: config.db.password1",
    "let token: Token = parser.next();",
    "token.kind == TokenKind::Ident",
    "- Use `token::Lit` in `ast::ExprKind::Lit`. rust#102944",
    "token: rustc_hir_analysis_2024_edition",
    "pass: SimplifyCfg",
    "pass: 483 tests",
    "pwd=/home/ines2",
    "OLDPWD=/root/x1",
    "login at 10:30pm",
    "public_key: " + some(64, HEX),
    "cache key: " + some(64, HEX),
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN",
    "postgres://user:password@host/db",
    "postgres://user:${PASS1}@host/db",
    "amqp://guest:guest@localhost/",
    "https://example.org:443/@user/1234",
    "http://localhost:8080/x@y",
    "https://zoom.us/j/95637970280?pwd=" + some(32),
    "AKIA" + "IOSFODNN7EXAMPLE",
    "gh" + "p_" + "x" * 36,
    "Message-ID: <CAF" + some(40, URL) + "@mail.gmail.com>",
    "https://docs.google.com/document/d/1" + some(43, URL) + "/edit",
    "pool1" + some(51, "023456789acdefghjklmnpqrstuvwxyz"),
    "addr1" + some(98, "023456789acdefghjklmnpqrstuvwxyz"),
    '{"type": "PaymentVerificationKeyShelley_ed25519", "cborHex": "5820' + some(64, HEX) + '"}',
    WALLET.rpartition(" ")[0],
    f"{WALLET.rpartition(' ')[0]} boxes and {WALLET.rpartition(' ')[0]}",
    "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY----- (1)",
    "curl -H 'Authorization: Bearer YOUR_TOKEN_1234567' x",
    'https://example.org/scl/fo/2024: dropbox_folder = "rdoizrlnkuha23r"',
    "1. secret: xkcd-qwrt-zpsd-fghj",
    "all tests pass: 48392",
    "token: v1.2.3-beta.20241112",
    "password=$DB_PASS1",
    "password: %PASS1%",
    "token=0a0a0a0a0a0a0a0a0a0a",
    "password: a1b2",
    "secret: xkcdqwrtzpsdfghjklmn",
    "we walk to the test, and the right entry in that language is a choice of filter for soap",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    result, counts = masked(text)
    assert (result, counts) == (text, Counter())
    assert result is text


def test_each_secret_is_counted_by_kind() -> None:
    text = f"pw: {PASSWORDS[0]}\npassword={PASSWORDS[1]}\napi key: {KEYS[0]}"
    expected = (
        "pw: [secret removed: password]\npassword=[secret removed: password]\napi key: [secret removed: key]"
    )
    assert masked(text) == (expected, {"password": 2, "key": 1})


def test_what_follows_a_mark_is_read_by_itself_the_second_time_too() -> None:
    once, _ = masked(f"password: {PASSWORDS[0]}: {PASSWORDS[0]}")
    assert masked(once) == (once, Counter())


def test_what_shows_after_a_mark_alone_goes_the_first_time() -> None:
    addresses = f"ftp://u:{PASSWORDS[0]}@ab://v:{PASSWORDS[2]}@c"
    marked = "ftp://u:[secret removed: password]@ab://v:[secret removed: password]@c"
    assert masked(addresses) == (marked, {"password": 2})


def test_secrets_that_overlap_go_as_one() -> None:
    text = f"password: y7{armoured('PRIVATE KEY')}."
    assert masked(text) == ("password: [secret removed: password].", {"password": 1})


def test_a_text_with_nuls_is_not_taken_for_another_encoding() -> None:
    secret = SERVICES["gitlab"]
    assert masked("a\0" * 200 + f" {secret} ")[0] == "a\0" * 200 + " [secret removed: gitlab pat] "


def test_a_mark_that_somebody_wrote_hides_no_token() -> None:
    secret = SERVICES["aws id"]
    assert secret not in masked(f"[secret removed: {secret}]")[0]


def test_a_record_without_secrets_is_the_same_object() -> None:
    record = Record("a.md", "document", "Notes", (Segment("Nothing here."),))
    result, counts = masked_record(record)
    assert result is record
    assert counts == Counter()


def test_of_a_record_title_sections_and_texts_are_read_and_all_else_stays() -> None:
    secret = f"password: {PASSWORDS[0]}"
    mark = "password: [secret removed: password]"
    ines = named("Ines")
    segments = (Segment("Fine."), Segment(secret, ines, section=f"Login > {secret}", key="7"))
    record = Record("a.md", "document", secret, segments, roles=((ines, "author"),), link="https://x.org/1")
    expected = Record(
        "a.md",
        "document",
        mark,
        (Segment("Fine."), Segment(mark, ines, section=f"Login > {mark}", key="7")),
        roles=((ines, "author"),),
        link="https://x.org/1",
    )
    assert masked_record(record) == (expected, {"password": 3})


def test_a_password_has_a_digit_or_a_sign_inside() -> None:
    assert [is_password(v) for v in ("hunter2", "a!b-cd", "swordfish", "abc", "12345")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert is_password("398213", digits_will_do=True)


def test_random_is_what_words_dont_make_up() -> None:
    assert is_random("9f86d081884c7d659a2feaa0c55ad015")
    assert is_random("83726351-4421-4d0e-9a77-0c1d2e3f4a5b")
    assert not is_random("2024-11-12-design-meeting-notes")
    assert not is_random("2024-11-12T10:31:45.123+01:00CET")


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "A1",
        "password=",
        "token=a1B2",
        "password: ",
        "://a:",
        "https://a:b1@",
        "Bearer ",
        "1-",
        "a.",
        "zoo ",
        "\ud800",
        "[secret removed: a ",
        "-----BEGIN PRIVATE KEY-----",
        "curl -u a:b1 ",
        "cookie: a=b",
        "eyJ0eXAiOiJKV1Qi.",
        "key ",
    ],
)
def test_a_line_without_end_takes_time_in_proportion(unit: str) -> None:
    masked(SERVICES["gitlab"])  # the rules are loaded
    started = time.process_time()
    masked(unit * (400_000 // len(unit)))
    assert time.process_time() - started < 4  # a tenth of it measured; a quadratic one takes minutes


SPACED = st.sampled_from(
    [" ", "\n", "\t", "(", ")", '"', "'", ", ", ". ", "` ", "> ", "|", "“", "”", "…", "\u00a0"]
)
ANYTHING = st.text(max_size=60) | st.sampled_from(
    ["password: ", "[secret removed: ", "token=", "> ", "Bearer ", "x\n"]
)


@given(
    before=ANYTHING,
    left=SPACED,
    secret=st.sampled_from(sorted(SERVICES.values())),
    right=SPACED,
    after=ANYTHING,
)
@settings(deadline=None)
def test_a_token_survives_nowhere(before: str, left: str, secret: str, right: str, after: str) -> None:
    result, counts = masked(before + left + secret + right + after)
    assert secret not in result
    assert counts


PIECES = st.sampled_from(
    [
        *SERVICES.values(),
        *PASSWORDS,
        *KEYS,
        WALLET,
        "password",
        "pw",
        ": ",
        "=",
        " is ",
        "token",
        "api key",
        '"',
        "'",
        "://u:",
        "@",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "[secret removed: ",
        "]",
        "\n",
        " ",
        "&",
        "Authorization: ",
        "Bearer ",
        "--",
        "x",
        "1",
        "é",
        "\x00",
        "\ud800",
        "\ufeff",
        "𝄞",
        "zoom.us/j/1?pwd=",
    ]
)


@given(st.lists(PIECES | st.text(max_size=12), max_size=25).map("".join))
@settings(deadline=None)
def test_masking_again_changes_nothing(text: str) -> None:
    once, _ = masked(text)
    assert masked(once) == (once, Counter())


@given(st.text(alphabet="abcdefghijklmnop .,:=-\n", max_size=400))
def test_words_without_a_digit_or_sign_come_back_as_they_are(text: str) -> None:
    assert masked(text)[0] is text
