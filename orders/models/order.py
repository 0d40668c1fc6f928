from django.db import models
from django.urls import reverse

from merchants.access import ScopedQuerySet
from merchants.models import Merchant

from .. import phones
from ..phone_places import MobileEnd, PhoneEnd
from .customer import Customer

# What says who somebody is, and what they said; emptied once it is not needed any more.
PERSONAL_FACTS = ("consignee", "phone", "address", "buyer_remark", "seller_remark")
NOT_VISIBLE = "订单不存在或无权查看"

# No order's number is longer, and a pattern of any length is more than SQLite takes.
LONGEST_NUMBER = 64


class OrderQuerySet(ScopedQuerySet):
    def with_phone(self, text: str) -> "OrderQuerySet":
        """Orders whose consignee has this number: whole, its last four digits, or a mark of ``orders.phones``."""
        text = text.strip()
        if phones.is_mark(text):
            return self.filter(phone__in=phones.phones_of(text, self))
        number = phones.normal_phone(text)
        if phones.LAST_DIGITS.match(number):
            return self.alias(phone_end=PhoneEnd("phone")).filter(phone_end=number)
        return self.filter(phone=number) if number else self.none()

    def matching(self, text: str) -> "OrderQuerySet":
        """What 订单查询 finds: the orders of a phone's mark, or those whose number begins so; all for no text."""
        if phones.is_mark(text):
            return self.with_phone(text)
        if len(text) > LONGEST_NUMBER:
            return self.none()
        return self.filter(number__startswith=text) if text else self


class OrderStatus(models.TextChoices):
    UNPAID = "unpaid", "待付款"
    PAID = "paid", "待发货"
    SHIPPED = "shipped", "已发货"
    COMPLETED = "completed", "交易成功"
    REFUNDING = "refunding", "退款中"
    CLOSED = "closed", "交易关闭"


class Order(models.Model):
    """An order as the mall exported it. An empty text or NULL means that nobody told us, never a guess."""

    number = models.CharField("订单号", max_length=LONGEST_NUMBER, unique=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name="商户", related_name="orders")
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name="消费者", null=True, blank=True, related_name="orders"
    )
    status = models.CharField("订单状态", max_length=20, choices=OrderStatus, blank=True)
    total_amount = models.DecimalField("订单总额", max_digits=12, decimal_places=2, null=True, blank=True)
    paid_amount = models.DecimalField("实付金额", max_digits=12, decimal_places=2, null=True, blank=True)
    refund_amount = models.DecimalField("退款金额", max_digits=12, decimal_places=2, null=True, blank=True)
    discount_amount = models.DecimalField("优惠金额", max_digits=12, decimal_places=2, null=True, blank=True)
    freight_amount = models.DecimalField("运费", max_digits=12, decimal_places=2, null=True, blank=True)
    ordered_at = models.DateTimeField("下单时间", null=True, blank=True)
    paid_at = models.DateTimeField("付款时间", null=True, blank=True)
    shipped_at = models.DateTimeField("发货时间", null=True, blank=True)
    completed_at = models.DateTimeField("完成时间", null=True, blank=True)
    consignee = models.CharField("收货人", max_length=80, blank=True)
    phone = models.CharField("收货电话", max_length=40, blank=True)
    address = models.CharField("收货地址", max_length=300, blank=True)
    buyer_remark = models.TextField("买家留言", blank=True)
    seller_remark = models.TextField("商家备注", blank=True)
    anonymised_at = models.DateTimeField("匿名时间", null=True, blank=True)
    imported_at = models.DateTimeField("导入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "订单"
        indexes = [
            models.Index(fields=["-imported_at", "-id"], name="order_imported"),
            models.Index(fields=["-ordered_at", "-id"], name="order_newest"),
            models.Index(fields=["merchant", "-ordered_at", "-id"], name="order_merchant_newest"),
            models.Index(fields=["phone"], name="order_phone"),
            models.Index(PhoneEnd("phone"), name="order_phone_end"),
            models.Index(MobileEnd("phone"), name="order_mobile_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(number=""), name="order_has_a_number"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:detail", args=[self.number])


class OrderLine(models.Model):
    """One article of an order."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name="订单", related_name="lines")
    position = models.PositiveIntegerField("行号")
    sku = models.CharField("商品编码", max_length=80, blank=True)
    title = models.CharField("商品名称", max_length=300, blank=True)
    spec = models.CharField("规格", max_length=200, blank=True)
    quantity = models.PositiveIntegerField("数量", null=True, blank=True)
    unit_price = models.DecimalField("单价", max_digits=12, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("小计", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "订单商品"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once")]

    def __str__(self) -> str:
        return self.title or self.sku
