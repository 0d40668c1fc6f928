"""The limit of the machine: the same rows read by plain SQL, joined into a page by f-strings, under the same server.

No framework, no login, no session, no checks: what no page can do without. One connection per thread, statements
prepared once. ``gunicorn tests.benchmarks.pages.bare:application`` with ``BENCH_DSN``.
"""

import os
import threading
from html import escape
from urllib.parse import parse_qs

import psycopg

HERE = threading.local()
MOST = 10_001
ROW = """
SELECT t.number, t.order_number, m.name, c.name, t.problem, t.urgency, t.status, t.is_returned, t.round_no,
       to_char(t.due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), t.was_late,
       to_char(t.created_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
       to_char(t.handled_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), a.name, o.consignee, o.phone
"""
TABLES = """
tickets_ticket t JOIN merchants_merchant m ON m.id = t.merchant_id JOIN tickets_category c ON c.id = t.category_id
JOIN orders_order o ON o.id = t.order_id LEFT JOIN merchants_user a ON a.id = t.assignee_id
"""
# Counted among the open ones, through their partial index; of all no more than anybody reads.
COUNTS = f"""
SELECT count(*) FILTER (WHERE status = 'waiting_merchant'),
       count(*) FILTER (WHERE status = 'waiting_merchant' AND warn_at <= now() AND due_at > now()),
       count(*) FILTER (WHERE status = 'waiting_merchant' AND due_at <= now()),
       count(*) FILTER (WHERE status = 'waiting_merchant' AND is_returned),
       (SELECT count(*) FROM (SELECT FROM tickets_ticket LIMIT {MOST}) capped)
FROM tickets_ticket WHERE is_open
"""
LIST = (
    f"SELECT p.*, counted.* FROM ({ROW} FROM {TABLES}"
    f" ORDER BY t.created_at DESC, t.id DESC LIMIT 50) p, ({COUNTS}) counted"
)
DEEP = (
    f"SELECT p.*, counted.* FROM ({ROW} FROM {TABLES}"
    " WHERE t.created_at <= %s AND (t.created_at < %s OR t.id < %s)"
    f" ORDER BY t.created_at DESC, t.id DESC LIMIT 50) p, ({COUNTS}) counted"
)
PERSON = "u.username, u.name, u.role, m.name"
PEOPLE = "LEFT JOIN merchants_user u ON u.id = {by} LEFT JOIN merchants_merchant m ON m.id = u.merchant_id"
OF_ROUNDS = "JOIN tickets_round r ON r.id = x.round_id WHERE r.ticket_id = %(ticket)s"
OTHERS = (
    "SELECT o.number, o.status, c.name, m.name, o.created_at FROM tickets_ticket t JOIN tickets_ticket o ON {fit}"
    " JOIN tickets_category c ON c.id = o.category_id JOIN merchants_merchant m ON m.id = o.merchant_id"
    " WHERE t.id = %(ticket)s AND o.id <> t.id ORDER BY o.created_at DESC, o.id DESC LIMIT {most}"
)
ATTACHMENT = (
    "x.key, x.purpose, x.result_id, x.message_id, x.name, x.caption, x.media_type, x.size, x.bound_at"
)
# What a ticket's page reads, each kind of row by a statement: the same kinds as ``tickets/reading/page.py``.
READS = [
    f"{ROW}, s.facts, o.address, o.buyer_remark, o.seller_remark, cu.account, cu.name"
    f" FROM {TABLES} JOIN tickets_ordersnapshot s ON s.ticket_id = t.id"
    " LEFT JOIN orders_customer cu ON cu.id = t.customer_id WHERE t.id = %(ticket)s",
    "SELECT l.title, l.spec, l.quantity, l.unit_price, l.amount FROM orders_orderline l"
    " JOIN tickets_ticket t ON t.order_id = l.order_id WHERE t.id = %(ticket)s ORDER BY l.position",
    "SELECT s.carrier, s.tracking_number, s.status, s.shipped_at, s.delivered_at FROM orders_shipment s"
    " JOIN tickets_ticket t ON t.order_id = s.order_id WHERE t.id = %(ticket)s ORDER BY s.id",
    "SELECT r.number, r.started_at, r.due_at, r.submitted_at, r.took, r.overdue_at, m.name, k.name FROM tickets_round r"
    " JOIN merchants_merchant m ON m.id = r.merchant_id LEFT JOIN tickets_calendar k ON k.id = r.calendar_id"
    " WHERE r.ticket_id = %(ticket)s ORDER BY r.number",
    f"SELECT x.outcome, x.text, x.reason_name, x.submitted_at, {PERSON} FROM tickets_result x"
    f" {PEOPLE.format(by='x.submitted_by_id')} {OF_ROUNDS}",
    "SELECT kind, actor_name, actor_role, text, occurred_at, from_status, to_status FROM tickets_event"
    " WHERE ticket_id = %(ticket)s ORDER BY occurred_at, id",
    "SELECT audience, author_name, author_role, text, at FROM tickets_message WHERE ticket_id = %(ticket)s"
    " ORDER BY at, id",
    f"SELECT x.reason, x.started_at, x.until, x.ended_at FROM tickets_pause x {OF_ROUNDS} ORDER BY x.started_at",
    f"SELECT x.reason, x.due_before, x.due_wanted, x.answer, x.answered_at FROM tickets_extension x {OF_ROUNDS}",
    f"SELECT x.round_id FROM tickets_exemption x {OF_ROUNDS} AND x.revoked_at IS NULL",
    f"SELECT x.level, x.occurred_at FROM tickets_alert x {OF_ROUNDS} AND x.level <> 3 ORDER BY x.occurred_at",
    f"SELECT x.stars, x.words, x.at, {PERSON} FROM tickets_rating x {PEOPLE.format(by='x.by_id')}"
    " WHERE x.stars IS NOT NULL AND x.ticket_id = %(ticket)s",
    f"SELECT {ATTACHMENT}, {PERSON} FROM tickets_attachment x {PEOPLE.format(by='x.uploaded_by_id')}"
    " WHERE x.bound_at IS NOT NULL AND x.ticket_id = %(ticket)s",
    f"SELECT {ATTACHMENT} FROM tickets_attachment x"
    " WHERE x.bound_at IS NULL AND x.ticket_id = %(ticket)s AND x.uploaded_by_id = %(person)s",
    "SELECT verb, round_no, fields, saved_at FROM tickets_draft"
    " WHERE person_id = %(person)s AND ticket_id = %(ticket)s",
    "SELECT p.is_typing, u.username, u.name FROM tickets_presence p JOIN merchants_user u ON u.id = p.person_id"
    " WHERE p.seen_at > now() - interval '45 s' AND p.ticket_id = %(ticket)s AND p.person_id <> %(person)s",
    "SELECT title, text FROM tickets_phrase WHERE owner_id = %(person)s OR (merchant_id IS NULL AND owner_id IS NULL)"
    " ORDER BY position",
    OTHERS.format(fit="o.merged_into_id = t.id", most=20),
    OTHERS.format(fit="o.order_id = t.order_id", most=6),
    OTHERS.format(fit="o.customer_id = t.customer_id AND o.order_id <> t.order_id", most=6),
    "SELECT id, username, name, role FROM merchants_user"
    " WHERE is_active AND role IN ('manager', 'support') AND id <> %(person)s ORDER BY name",
]
# What an answer writes: the result, the round, the ticket, the event, what the search finds, the outbox, the form that
# was sent.
LOCKS = [
    "SELECT status, round_no, opened_by_id FROM tickets_ticket WHERE id = %s FOR NO KEY UPDATE",
    "SELECT id, started_at FROM tickets_round WHERE ticket_id = %s AND is_open FOR NO KEY UPDATE",
]
RESULT = (
    "INSERT INTO tickets_result (round_id, outcome, text, reason_name, submitted_by_id, submitted_at)"
    " VALUES (%s, 'solved', %s, '', %s, now()) RETURNING id"
)
ROUND = (
    "UPDATE tickets_round SET submitted_at = now(), took = now() - started_at, responded_after = now() - started_at,"
    " is_running = false, next_alert_at = NULL WHERE id = %s"
)
TICKET = (
    "UPDATE tickets_ticket SET status = 'waiting_review', handled_at = now(), stopped_at = now(), result_id = %s"
    " WHERE id = %s"
)
EVENT = (
    "INSERT INTO tickets_event (ticket_id, round_id, kind, actor_id, actor_name, actor_role, from_status, to_status,"
    " text, reason_name, occurred_at, recorded_at) VALUES (%s, %s, 'submitted', %s, '店员', '商户',"
    " 'waiting_merchant', 'waiting_review', %s, '', now(), now()) RETURNING id"
)
# A row that changes is written anew, and with it every entry of its index; which numbers are added does not matter.
DOCUMENT = "UPDATE tickets_searchdocument SET text = text || %s, tokens = tokens || 0 WHERE ticket_id = %s"
NOTICE = (
    "INSERT INTO tickets_notice (recipient_id, key, kind, ticket_id, round_no, text, created_at)"
    " VALUES (%s, 'event:' || %s, 'submitted', %s, 1, '【商家已提交】工单', now())"
)
FORM = (
    "INSERT INTO tickets_submission (person_id, key, content, location, told, created_at)"
    " VALUES (%s, 'bench-' || %s, 'bench', '/', '[]', now())"
)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    name, _, rest = path.strip("/").partition("/")
    status, body = PAGES.get(name, not_found)(environ, rest)
    body = body.encode()
    head = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, head)
    return [body]


def session() -> psycopg.Connection:
    if not hasattr(HERE, "session"):
        HERE.session = connected(os.environ["BENCH_DSN"])
    return HERE.session


def connected(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn, autocommit=True, prepare_threshold=0)


def first_page(environ, rest):
    return listed(session().execute(LIST).fetchall())


def deep_page(environ, rest):
    """``rest``: moment~key of the row before the page."""
    moment, _, key = rest.partition("~")
    return listed(session().execute(DEEP, [moment, moment, int(key)]).fetchall())


def listed(rows):
    counts = rows[0][-5:] if rows else [0] * 5
    lines = [
        f'<tr id="{number}"><td>{number}</td><td>{order}</td><td>{escape(merchant)}</td><td>{escape(category)}</td>'
        f"<td>{escape(problem)}</td><td>{urgency}</td><td>{status}{'被退回' if returned else ''}</td><td>{due}</td>"
        f"<td>{created}</td><td>{handled}</td><td>{holder or ''}</td>"
        f'<td><a href="/tickets/{number}/">查看</a></td></tr>'
        for number, order, merchant, category, problem, urgency, status, returned, _, due, _, created, handled, holder,
        *_ in rows
    ]  # fmt: skip
    return "200 OK", (
        f"<!doctype html><title>工单</title><p>{' '.join(map(str, counts))}</p><table>{''.join(lines)}</table>"
    )


def detail(environ, rest):
    """``rest``: ticket~person."""
    ticket, _, person = rest.partition("~")
    asked = {"ticket": int(ticket), "person": int(person)}
    cursor, parts = session().cursor(), []
    for read in READS:
        rows = cursor.execute(read, asked).fetchall()
        cells = [
            f"<tr>{''.join([f'<td>{escape(str(value))}</td>' for value in row if value is not None])}</tr>"
            for row in rows
        ]
        parts.append(f"<table>{''.join(cells)}</table>")
    return "200 OK", f"<!doctype html><title>工单</title>{''.join(parts)}"


def submit(environ, rest):
    """``rest``: ticket~person. The form's text comes as ``result``."""
    key, _, person = rest.partition("~")
    form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode())
    write_answer(session(), int(key), int(person), form["result"][0])
    return "200 OK", "<!doctype html><title>已提交</title>"


def write_answer(connection: psycopg.Connection, key: int, person: int, text: str) -> None:
    """The bare transaction: what submitting an answer writes."""
    with connection.transaction():
        cursor = connection.cursor()
        cursor.execute(FORM, [person, str(key)])
        status, _, opener = cursor.execute(LOCKS[0], [key]).fetchone()
        if status != "waiting_merchant":
            raise ValueError(status)
        round_, _ = cursor.execute(LOCKS[1], [key]).fetchone()
        (result,) = cursor.execute(RESULT, [round_, text, person]).fetchone()
        cursor.execute(ROUND, [round_])
        cursor.execute(TICKET, [result, key])
        (event,) = cursor.execute(EVENT, [key, round_, person, text]).fetchone()
        cursor.execute(DOCUMENT, [text, key])
        cursor.execute(NOTICE, [opener, str(event), key])


def not_found(environ, rest):
    return "404 Not Found", ""


PAGES = {"list": first_page, "deep": deep_page, "detail": detail, "submit": submit}
