from .customer import Customer
from .order import Order, OrderLine, OrderStatus
from .shipment import Shipment, ShipmentStatus

__all__ = ["Customer", "Order", "OrderLine", "OrderStatus", "Shipment", "ShipmentStatus"]
