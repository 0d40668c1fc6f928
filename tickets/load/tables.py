"""The columns that the load fills, by table; what it leaves out has a default or may be empty."""

from merchants.models import Merchant, User
from orders.models import Customer, Order, OrderLine, Shipment
from tickets.models import (
    Alert,
    Event,
    Message,
    Notice,
    OrderSnapshot,
    Pause,
    Rating,
    Result,
    Round,
    Ticket,
)
from tickets.models.numbering import DailyNumber

# In the order in which rows may be written: what is pointed at comes first, but for a ticket's result.
COLUMNS = {
    Merchant: "id code name is_active created_at",
    User: "id password is_superuser username email is_staff is_active date_joined name role merchant_id"
    " list_columns",
    DailyNumber: "day last",
    Customer: "id account name phone created_at",
    Order: "id number merchant_id customer_id status total_amount paid_amount refund_amount discount_amount"
    " freight_amount ordered_at paid_at shipped_at completed_at consignee phone address buyer_remark seller_remark"
    " imported_at updated_at",
    OrderLine: "id order_id position sku title spec quantity unit_price amount",
    Shipment: "id order_id carrier tracking_number status shipped_at delivered_at",
    Ticket: "id number order_id order_number merchant_id customer_id category_id urgency problem status is_open"
    " opened_by_id assignee_id created_at handled_at completed_at archived_at result_id round_no is_returned warn_at"
    " critical_at due_at stopped_at was_late",
    Round: "id ticket_id merchant_id number urgency policy_id started_at calendar_id warn_at critical_at due_at"
    " is_open is_running submitted_at closed_at overdue_at overdue_recorded_at alert_level told_level next_alert_at"
    " paused_at skipped took responded_after",
    Result: "id round_id outcome text reason_code_id reason_name submitted_by_id submitted_at",
    Event: "id ticket_id round_id kind actor_id actor_name actor_role from_status to_status text reason_code_id"
    " reason_name occurred_at recorded_at",
    Alert: "id ticket_id round_id level occurred_at recorded_at",
    Pause: "id round_id reason started_at until ended_at by_id",
    Message: "id ticket_id round_id audience author_id author_name author_role merchant_id text at",
    OrderSnapshot: "ticket_id facts taken_at",
    Rating: "id ticket_id round_id stars words by_id at token_digest",
    Notice: "id recipient_id key kind ticket_id round_no text created_at read_at",
}
# Lengths of time: rows hold seconds.
SPANS = {Round: ("took", "responded_after")}
MODELS = list(COLUMNS)
# What chunks write; the rest is written before them.
OF_CHUNKS = MODELS[3:]

Rows = dict[type, list[tuple]]


def columns_of(model) -> list[str]:
    return COLUMNS[model].split()
