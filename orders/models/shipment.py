from django.db import models

from .order import Order


class ShipmentStatus(models.TextChoices):
    PENDING = "pending", "待揽收"
    IN_TRANSIT = "in_transit", "运输中"
    DELIVERING = "delivering", "派送中"
    DELIVERED = "delivered", "已签收"
    RETURNED = "returned", "已退回"
    PROBLEM = "problem", "异常"


class Shipment(models.Model):
    """A parcel of an order."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name="订单", related_name="shipments")
    carrier = models.CharField("物流公司", max_length=80, blank=True)
    tracking_number = models.CharField("物流单号", max_length=80)
    status = models.CharField("物流状态", max_length=20, choices=ShipmentStatus, blank=True)
    shipped_at = models.DateTimeField("发货时间", null=True, blank=True)
    delivered_at = models.DateTimeField("签收时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "物流"
        ordering = ["id"]
        indexes = [models.Index(fields=["tracking_number"], name="shipment_tracking")]
        constraints = [
            models.UniqueConstraint(fields=["order", "tracking_number"], name="shipment_once_per_order"),
            models.CheckConstraint(condition=~models.Q(tracking_number=""), name="shipment_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip()
