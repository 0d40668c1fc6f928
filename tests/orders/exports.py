"""A mall's export, and what has come of it."""

from django.forms.models import model_to_dict

from orders.models import Order

HEADINGS = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"


ROWS = """\
A1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0
A2,21.0,21.0,浙江省,2020-02-20 23:59:54,2020-02-21 00:00:02,0.0
"""


def orders() -> dict[str, dict]:
    """Every order by number, with every column, and what hangs on it."""
    return {
        order.number: {
            **{field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields},
            "lines": [model_to_dict(line) for line in order.lines.all()],
            "shipments": [model_to_dict(parcel) for parcel in order.shipments.all()],
        }
        for order in Order.objects.all()
    }
