"""Settings from the environment: what cannot be understood stops the start with a sentence that names it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as ours
from django.core.exceptions import ImproperlyConfigured

from qinqin import settings


@pytest.fixture
def environment(monkeypatch):
    """Sets variables, or takes them away (``None``)."""

    def set_variables(**values: str | None) -> None:
        for name, value in values.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)

    return set_variables


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("1", True), (" YES ", True), ("on", True),
        ("False", False), ("0", False), ("no", False), ("off", False), ("", None),
    ],
)  # fmt: skip
def test_a_flag_is_yes_or_no_or_its_default(text, value, environment):
    environment(DEBUG=text)
    defaults = [True, False] if value is None else [value, value]
    assert [settings.read_flag("DEBUG", default) for default in (True, False)] == defaults


@pytest.mark.parametrize("text", ["ja", "2", "ture", "None", "真"])
def test_a_flag_that_is_neither_is_an_error(text, environment):
    environment(DEBUG=text)
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be true or false"):
        settings.read_flag("DEBUG", default=False)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8000.0", "8e3", "eight", "８０００", ""])
def test_a_number_out_of_its_bounds_is_an_error(text, environment):
    environment(PORT=text)
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        settings.read_number("PORT", 8000, 1, 65_535)


def test_both_bounds_of_a_number_belong_to_it(environment):
    for text in ("1", " 65535 "):
        environment(PORT=text)
        assert settings.read_number("PORT", 8000, 1, 65_535) == int(text)
    environment(PORT=None)
    assert settings.read_number("PORT", 8000, 1, 65_535) == 8000


def test_there_is_no_default_for_the_secret(environment):
    for empty in (None, "", "  "):
        environment(SECRET_KEY=empty, SECRET_KEY_FILE=None)
        with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
            settings.read_secret_key()


def test_the_secret_may_be_in_a_file(environment, tmp_path):
    file = tmp_path / "secret"
    environment(SECRET_KEY=None, SECRET_KEY_FILE=str(file))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE cannot be read"):
        settings.read_secret_key()
    file.write_text(" \n")
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        settings.read_secret_key()
    file.write_text("a secret\n")
    assert settings.read_secret_key() == "a secret"


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://tickets.example.com", "https://tickets.example.com"),
        (" https://tickets.example.com/ ", "https://tickets.example.com"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_address_of_the_site(url, read, environment):
    environment(SITE_URL=url)
    assert settings.read_site_url() == read


@pytest.mark.parametrize(
    "url",
    [
        "", "tickets.example.com", "ftp://example.com", "https://", "//a", "https://a/b", "https://a?b=c",
        "https://a#b", "https://a:port", "https://a:0", "https://[a",
    ],
)  # fmt: skip
def test_an_address_that_links_could_not_begin_with_is_an_error(url, environment):
    environment(SITE_URL=url)
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must look like https://host"):
        settings.read_site_url()


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.com", "mail.example.com", 25, False, False),
        ("smtp+tls://me%40example.com:p%2Fw@mail.example.com", "mail.example.com", 587, True, False),
        ("smtp+ssl://mail.example.com:2465", "mail.example.com", 2465, False, True),
    ],
)
def test_the_mail_server(url, host, port, tls, ssl, environment):
    environment(EMAIL_URL=url)
    options = settings.read_mailer()["OPTIONS"]
    assert (options["host"], options["port"], options["use_tls"], options["use_ssl"]) == (
        host,
        port,
        tls,
        ssl,
    )
    if "@" in url:
        assert (options["username"], options["password"]) == ("me@example.com", "p/w")


@pytest.mark.parametrize(
    "url", ["mail.example.com", "imap://mail.example.com", "smtp://", "", "smtp://host:port", "consolemail"]
)
def test_a_mail_server_that_is_none_is_an_error(url, environment):
    environment(EMAIL_URL=url)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must"):
        settings.read_mailer()


def test_mails_come_from_nobody_at_the_sites_own_host_unless_somebody_says_otherwise(environment):
    environment(EMAIL_FROM=None)
    assert settings.read_sender() == "noreply@localhost"
    for sender in ("kefu@example.com", "客服 <kefu@example.com>"):
        environment(EMAIL_FROM=sender)
        assert settings.read_sender() == sender


@pytest.mark.parametrize(
    "sender", ["kefu", "@example.com", "a b@example.com", "a@example.com\nBcc: b@example.com"]
)
def test_a_sender_that_is_no_address_is_an_error(sender, environment):
    environment(EMAIL_FROM=sender)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM must be an e-mail address"):
        settings.read_sender()


def test_robots_live_with_their_platforms_unless_somebody_says_otherwise(environment):
    environment(ROBOT_ORIGINS=None)
    assert settings.read_robot_origins() == [
        "https://oapi.dingtalk.com",
        "https://qyapi.weixin.qq.com",
        "https://open.feishu.cn",
        "https://open.larksuite.com",
    ]
    environment(ROBOT_ORIGINS="https://Gateway.example.com/, http://127.0.0.1:9000")
    assert settings.read_robot_origins() == ["https://gateway.example.com", "http://127.0.0.1:9000"]


@pytest.mark.parametrize(
    "origins",
    [
        "oapi.dingtalk.com", "http://oapi.dingtalk.com", "https://", "https://a/b", "ftp://a",
        "http://127.0.0.1.evil.example.com",
    ],
)  # fmt: skip
def test_a_robots_origin_that_is_none_is_an_error(origins, environment):
    environment(ROBOT_ORIGINS=origins)
    with pytest.raises(ImproperlyConfigured, match="ROBOT_ORIGINS must be addresses like https://host"):
        settings.read_robot_origins()


def test_sqlite_waits_at_begin_and_writes_ahead(environment, tmp_path):
    environment(DATABASE_URL=f"sqlite:///{tmp_path / 'new' / 'it.sqlite3'}")
    options = settings.read_database()["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 10
    assert "journal_mode=WAL" in options["init_command"]
    assert (tmp_path / "new").is_dir()


def test_without_a_database_url_it_is_the_file_in_var(environment):
    environment(DATABASE_URL=None)
    database = settings.read_database()
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(ours.BASE_DIR / "var" / "qinqin.sqlite3")


def test_postgresql_has_a_pool_health_checks_and_time_limits(environment):
    environment(
        DATABASE_URL="postgres://me:p%40ss@db.example.com:5433/qinqin?sslmode=require",
        DATABASE_STATEMENT_TIMEOUT="30",
        DATABASE_POOL="20",
    )
    database = settings.read_database()
    options = database["OPTIONS"]
    assert (database["HOST"], database["PORT"], database["USER"], database["PASSWORD"]) == (
        "db.example.com", 5433, "me", "p@ss",
    )  # fmt: skip
    assert database["CONN_HEALTH_CHECKS"]
    assert (options["sslmode"], options["pool"]["max_size"]) == ("require", 20)
    assert "statement_timeout=30s" in options["options"]
    assert "lock_timeout=5s" in options["options"]


@pytest.mark.filterwarnings("ignore:Engine not recognized:UserWarning")
@pytest.mark.parametrize(
    "url", ["mysql://me@host/db", "qinqin.sqlite3", "postgresql", "http://example.com", "oracle://x/y"]
)
def test_a_database_that_is_none_of_the_two_is_an_error(url, environment):
    environment(DATABASE_URL=url)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must begin with"):
        settings.read_database()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "postgres://host:port/db"}, "DATABASE_URL cannot be read"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY (or SECRET_KEY_FILE)"),
        ({"DEBUG": "ja"}, "DEBUG must be true or false, not 'ja'."),
        ({"DATABASE_URL": "mysql://h/db"}, "DATABASE_URL must begin with sqlite:/// or postgres://."),
        (
            {"DATABASE_URL": "sqlite:////dev/null/x/it.sqlite3"},
            "DATABASE_URL names a place that cannot be made",
        ),
    ],
)
def test_a_start_with_a_wrong_setting_ends_with_its_name(variables, sentence):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ours.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert sentence in done.stderr.strip().splitlines()[-1]
