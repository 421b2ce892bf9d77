"""SmtpSender against real mail servers: what arrives, what is refused, and what each failure is called."""

import email
import email.policy
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mail_server import Authority, mail_server, scripted_server, tls_server

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("LAKEFERRY_BUILD", "build/release")
PASSWORD = "tiger & lily 7=\u00e4"


def send(port, *, to=("ops@lake.example",), subject="group orders failed", body="Why.\n", **options):
    """Runs send_mail; gives (code, where, text), all empty but the code "sent" when the server took the mail."""
    values = {"host": "localhost", "port": str(port), "security": "plain", "from": "dr@lake.example",
              "helo": "lakeferry.test", "subject": subject, "body": body} | options
    pairs = [*values.items(), *(("to", address) for address in to)]
    arguments = [f"{key}={value.encode('utf-8', 'surrogateescape').hex()}" for key, value in pairs]
    answer = subprocess.run([BUILD / "tests/notify/send_mail", *arguments], capture_output=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.decode().splitlines()
    assert len(lines) in (1, 3), lines
    return tuple(lines) if len(lines) == 3 else (lines[0], "", "")


def secured(authority, security="starttls"):
    return {"security": security, "ca_file": str(authority.ca_file), "username": "dr", "password": PASSWORD}


def parse(envelope):
    return email.message_from_bytes(envelope.original_content, policy=email.policy.default)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def test_plain_mail_arrives_whole():
    body = "Gruppe: Größe ✓\n.\n..two dots\nFrom here\n" + "x" * 2000 + "\ntrailing blank \nlast line without end"
    with mail_server() as (port, received):
        to = ["ops@lake.example", "owner@lake.example"]
        assert send(port, to=to, subject="orders: Größe ✓", body=body)[0] == "sent"
    (envelope,) = received.envelopes
    assert envelope.mail_from == "dr@lake.example"
    assert envelope.rcpt_tos == ["ops@lake.example", "owner@lake.example"]
    mail = parse(envelope)
    assert mail["Subject"] == "orders: Größe ✓"
    assert mail["To"] == "ops@lake.example, owner@lake.example"
    assert mail["From"] == "lakeferry <dr@lake.example>"
    assert mail["Date"] == "Sat, 21 Nov 2026 07:39:39 +0000"
    assert mail["Message-ID"] == "<1795246779000.0000000000000007@lake.example>"
    assert mail.get_content() == body.replace("\n", "\r\n") + "\r\n"
    assert not mail.defects and max(map(len, envelope.original_content.split(b"\r\n"))) <= 78


def test_an_empty_body_is_still_a_mail():
    with mail_server() as (port, received):
        assert send(port, body="")[0] == "sent"
    assert parse(received.envelopes[0]).get_content().strip() == ""


def test_starttls_mail_arrives_over_tls(authority):
    with mail_server(starttls=authority.server_context()) as (port, received):
        assert send(port, security="starttls", ca_file=str(authority.ca_file))[0] == "sent"
    assert received.tls_versions[0] in ("TLSv1.2", "TLSv1.3")


def test_implicit_tls_mail_arrives_over_tls(authority):
    with mail_server(tls=authority.server_context()) as (port, received):
        assert send(port, security="tls", ca_file=str(authority.ca_file))[0] == "sent"
    assert received.tls_versions[0] in ("TLSv1.2", "TLSv1.3")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_login_reaches_the_server_as_given(authority, security):
    kind = {security: authority.server_context()}
    login = {"login": (b"dr", PASSWORD.encode()), "require_tls_for_login": security == "starttls"}
    with mail_server(**login, **kind) as (port, got):
        assert send(port, **secured(authority, security))[0] == "sent"
    assert len(got.envelopes) == 1 and got.logins == [(b"dr", PASSWORD.encode())]


def test_wrong_password_is_unauthorized_and_not_told(authority):
    with mail_server(login=(b"dr", b"right"), starttls=authority.server_context()) as (port, received):
        code, where, text = send(port, **secured(authority))
    assert code == "unauthorized" and where == f"localhost:{port}" and "535" in text
    assert PASSWORD not in text and not received.envelopes


def test_missing_login_is_unauthorized(authority):
    with mail_server(login=(b"dr", b"right"), starttls=authority.server_context()) as (port, received):
        code, _, text = send(port, security="starttls", ca_file=str(authority.ca_file))
    assert code == "unauthorized" and "530" in text and not received.envelopes


def test_server_without_login_is_unauthorized(authority):
    with mail_server(starttls=authority.server_context()) as (port, received):
        code, where, _ = send(port, **secured(authority))
    assert code == "unauthorized" and where == f"localhost:{port}" and not received.envelopes


def test_password_never_goes_out_without_tls():
    with scripted_server([b"220 hello\r\n"]) as (port, heard):
        code, _, text = send(port, username="dr", password=PASSWORD)
    assert code == "invalid_argument" and "without TLS" in text and PASSWORD not in text and not heard


def test_starttls_is_required_not_tried(authority):
    with mail_server() as (port, received):
        code, where, text = send(port, security="starttls", ca_file=str(authority.ca_file))
    assert code == "invalid_argument" and "STARTTLS" in text and where == f"localhost:{port}" and not received.envelopes


def test_stripped_starttls_gets_neither_login_nor_mail():
    script = [b"220 hello\r\n", b"250-me\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000\r\n", b"454 not now\r\n"]
    with scripted_server(script) as (port, heard):
        code, _, text = send(port, security="starttls", username="dr", password=PASSWORD, total_timeout_ms="3000")
    assert code in ("invalid_argument", "unavailable") and "STARTTLS" in text
    said = b"".join(heard)
    assert b"AUTH" not in said and b"MAIL" not in said


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_of_an_unknown_ca_is_refused(authority, tmp_path, security):
    other = Authority(tmp_path, "other")
    with mail_server(**{security: authority.server_context()}) as (port, received):
        code, where, text = send(port, security=security, ca_file=str(other.ca_file))
    assert code == "invalid_argument" and "certificate" in text and where == f"localhost:{port}"
    assert not received.envelopes


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_of_another_host_is_refused(tmp_path, security):
    elsewhere = Authority(tmp_path, "elsewhere", host="mail.elsewhere.example")
    with mail_server(**{security: elsewhere.server_context()}) as (port, received):
        code, _, text = send(port, security=security, ca_file=str(elsewhere.ca_file))
    assert code == "invalid_argument" and "certificate" in text and not received.envelopes


def test_system_authorities_do_not_know_a_private_ca(authority):
    with mail_server(tls=authority.server_context()) as (port, received):
        code, _, text = send(port, security="tls")
    assert code == "invalid_argument" and "certificate" in text and not received.envelopes


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_tls_older_than_1_2_is_refused(authority):
    old = ssl.TLSVersion.TLSv1_1
    trusting = ssl.create_default_context(cafile=authority.ca_file)
    trusting.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    trusting.set_ciphers("ALL:@SECLEVEL=0")
    with tls_server(authority.server_context(newest=old)) as (port, versions):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            with trusting.wrap_socket(plain, server_hostname="localhost") as secured:
                secured.recv(1)
        assert versions == ["TLSv1.1"], "the server must speak it, or the test proves nothing"
        code, _, _ = send(port, security="tls", ca_file=str(authority.ca_file))
    assert code == "unavailable" and versions == ["TLSv1.1"]


def test_missing_ca_file_is_named(authority):
    with mail_server(tls=authority.server_context()) as (port, received):
        code, where, text = send(port, security="tls", ca_file="/nowhere/ca.pem")
    assert code == "invalid_argument" and "/nowhere/ca.pem" in text and where == f"localhost:{port}"


def test_tls_against_a_server_without_it_ends_in_time():
    with scripted_server([b"220 hello\r\n"]) as (port, _):
        code, _, text = send(port, security="tls", total_timeout_ms="3000")
    assert code == "unavailable" and "TLS" in text


def test_no_server_is_unavailable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        code, where, text = send(port, host="127.0.0.1")
    assert code == "unavailable" and where == f"127.0.0.1:{port}" and f"127.0.0.1:{port}" in text


def test_unknown_host_is_unavailable():
    code, where, _ = send(25, host="no-such-host.invalid", total_timeout_ms="5000")
    assert code == "unavailable" and where == "no-such-host.invalid:25"


@pytest.mark.parametrize("script", [[], [b"220 hello\r\n"], [b"220 hello\r\n", b"250 me\r\n"],
                                    [b"220 hello\r\n", b"250 me\r\n", b"250 a\r\n", b"250 b\r\n", b"354 go\r\n"]])
def test_silent_server_costs_no_more_than_the_limit(script):
    with scripted_server(script) as (port, _):
        start = time.monotonic()
        code, _, _ = send(port, connect_timeout_ms="1500", total_timeout_ms="1500")
        assert code == "unavailable" and time.monotonic() - start < 6


def test_a_stop_reaches_the_connection_that_waits():
    with scripted_server([b"220 hello\r\n"]) as (port, _):
        start = time.monotonic()
        code, _, _ = send(port, connect_timeout_ms="20000", total_timeout_ms="20000", stop_after_ms="300")
        assert code == "cancelled" and time.monotonic() - start < 6


def test_the_time_of_the_call_counts_where_it_is_less_than_the_servers():
    with scripted_server([b"220 hello\r\n"]) as (port, _):
        start = time.monotonic()
        code, _, _ = send(port, connect_timeout_ms="20000", total_timeout_ms="20000", within_ms="1500")
        assert code == "unavailable" and time.monotonic() - start < 6


def test_lost_connection_is_unavailable():
    with scripted_server([b"220 hello\r\n", b"250 me\r\n", b"250 a\r\n"], then="close") as (port, _):
        assert send(port)[0] == "unavailable"


def test_goodbye_is_said_but_not_waited_for():
    script = [b"220 hello\r\n", b"250 me\r\n", b"250 a\r\n", b"250 b\r\n", b"354 go\r\n", b"250 taken\r\n"]
    with scripted_server(script) as (port, heard):
        start = time.monotonic()
        assert send(port)[0] == "sent" and time.monotonic() - start < 6
    assert heard[-1] == b"QUIT\r\n"


def test_greylisting_is_unavailable():
    with mail_server(replies={"RCPT": {"ops@lake.example": "450 4.7.1 greylisted"}}) as (port, received):
        code, _, text = send(port)
    assert code == "unavailable" and "450 4.7.1 greylisted" in text and not received.envelopes


def test_unknown_recipient_is_named():
    with mail_server(replies={"RCPT": {"ops@lake.example": "550 5.1.1 no such user"}}) as (port, received):
        code, where, text = send(port)
    assert code == "invalid_argument" and where == f"localhost:{port}"
    assert "RCPT TO:<ops@lake.example>" in text and "550 5.1.1 no such user" in text and not received.envelopes


def test_one_bad_recipient_keeps_the_mail_from_nobody_else_and_is_told():
    with mail_server(replies={"RCPT": {"gone@lake.example": "550 5.1.1 left"}}) as (port, received):
        code, _, text = send(port, to=["gone@lake.example", "ops@lake.example"])
    assert code == "refused" and "gone@lake.example" in text and "part of its recipients" in text
    assert received.envelopes[0].rcpt_tos == ["ops@lake.example"]


def test_refused_sender_is_named():
    with mail_server(replies={"MAIL": "553 5.7.1 not yours"}) as (port, received):
        code, _, text = send(port)
    assert code == "invalid_argument" and "MAIL FROM:<dr@lake.example>" in text and not received.envelopes


@pytest.mark.parametrize(("reply", "expected"), [("452 4.3.1 disk full", "unavailable"),
                                                 ("554 5.7.1 spam", "invalid_argument")])
def test_refused_content_tells_passing_from_lasting(reply, expected):
    with mail_server(replies={"DATA": reply}) as (port, _):
        code, _, text = send(port)
    assert code == expected and reply in text


def test_busy_server_is_unavailable():
    with scripted_server([b"421 4.3.2 too many connections\r\n"], then="close") as (port, _):
        code, _, text = send(port)
    assert code == "unavailable" and "421 4.3.2" in text


def test_probe_logs_in_and_leaves_without_a_mail(authority):
    probe = secured(authority) | {"probe": ""}
    with mail_server(login=(b"dr", b"right"), starttls=authority.server_context()) as (port, received):
        assert send(port, **probe | {"password": "right"})[0] == "sent"
        code, where, text = send(port, **probe | {"password": "wrong one"})
    assert code == "unauthorized" and where == f"localhost:{port}" and "wrong one" not in text
    assert [user for user, _ in received.logins] == [b"dr", b"dr"] and not received.envelopes


def test_probe_finds_a_server_that_is_not_there():
    with mail_server() as (port, _):
        pass
    assert send(port, probe="")[0] == "unavailable"


def hostile_texts():
    ends = ["\r\n", "\n", "\r", "\r\n\r\n", "\0\r\n", "\r\n ", "\r\n\t", "\x0b", "\x0c", "\x85", "\u2028",
            "\u560a\u560d", "\udcc0\udc8a", "\\r\\n", "%0d%0a", "\r\n.\r\n"]
    fields = ["Bcc: evil@evil.example", "RCPT TO:<evil@evil.example>", "Content-Type: text/html",
              "MAIL FROM:<evil@evil.example>"]
    return [f"x{end}{field}{end}y" for end in ends for field in fields]


def test_hostile_texts_change_neither_envelope_nor_header():
    """Every payload as subject and body, and as part of an address, in one run against one server."""
    expected = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding"]
    texts = hostile_texts()
    with mail_server() as (port, received):
        for text in texts:
            assert send(port, subject=text, body=text)[0] == "sent"
            assert send(port, to=[f"ops@lake.example{text}"])[0] == "invalid_argument"
    assert len(received.envelopes) == len(texts)
    for envelope in received.envelopes:
        mail = parse(envelope)
        headers = [name for name in mail.keys() if name != "X-Peer"]
        assert headers == expected and mail.get_content_type() == "text/plain"
        assert envelope.rcpt_tos == ["ops@lake.example"] and envelope.mail_from == "dr@lake.example"
