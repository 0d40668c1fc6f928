"""The words of the malls: headings of their order exports, and the states they write into cells."""

from ..models import OrderStatus, ShipmentStatus
from .headings import field, fold

# Headings as in the exports of 天猫/淘宝, 京东, 拼多多, 微信小店, 抖店 and 有赞, and their usual English. Some are
# missing on purpose: 订单备注 (the buyer's at one mall, the seller's at another), 成交时间, 商品总价 and 应付货款
# (goods without freight), 商家实收 (what the merchant receives), 店铺ID (the mall's own).
ORDER_FIELDS = [
    field("number", "订单号", """
        主订单编号, 主订单号, 订单编号, 订单号, 平台订单号, 订单ID, 订单号码, order number, order no,
        order id, order, order sn, main order id"""),
    field("sub_number", "子订单号", """
        子订单编号, 子订单号, 子订单ID, sub order id, sub order number, order item id, line id"""),
    field("merchant", "商户", """
        商户编码, 店铺编码, 商户代码, 商户, 商户名称, 店铺, 店铺名称, 店铺名, 商家, 商家名称, 所属商户,
        所属店铺, merchant code, shop code, store code, merchant, merchant name, shop, shop name, store,
        store name, seller"""),
    field("status", "订单状态", "订单状态, 交易状态, 状态, order status, order state, status"),
    field("total_amount", "总金额", """
        总金额, 订单总金额, 订单总额, 订单总价, 订单金额, 应付金额, 订单应付金额, 应付总额, 应付款,
        应付, 买家应付, 买家应付金额, total, total amount, order amount, order total, total price,
        amount payable"""),
    field("paid_amount", "实付金额", """
        买家实际支付金额, 买家实付金额, 用户实付金额, 订单实付金额, 订单实际支付金额, 实际支付金额,
        实付金额, 实付款, 实付, 买家实付, 实际支付, 支付金额, 已付金额, 付款金额, paid amount,
        amount paid, paid, actual payment, payment amount"""),
    field("discount_amount", "优惠金额", """
        优惠总金额, 优惠总额, 订单优惠金额, 订单优惠, 优惠金额, 优惠, 总优惠, 折扣金额, 折扣,
        discount amount, discount, total discount"""),
    field("freight_amount", "运费", """
        运费, 运费金额, 邮费, 买家应付邮费, 快递费, 配送费, freight, freight amount, shipping fee,
        shipping cost, postage"""),
    field("refund_amount", "退款金额", """
        退款金额, 已退款金额, 实际退款金额, 退款总额, 退款总金额, 退款, refund amount, refund,
        refunded amount"""),
    field("ordered_at", "下单时间", """
        订单创建时间, 下单时间, 订单提交时间, 买家下单时间, 订单下单时间, 订单生成时间, 拍下时间,
        创建时间, 提交时间, ordered at, order time, order date, order created time, created at,
        create time, created time"""),
    field("paid_at", "付款时间", """
        订单付款时间, 付款时间, 买家付款时间, 支付时间, 订单支付时间, 支付完成时间, 支付成功时间,
        付款确认时间, paid at, pay time, paid time, payment time, payment date"""),
    field("shipped_at", "发货时间", """
        发货时间, 订单发货时间, 卖家发货时间, 商家发货时间, shipped at, ship time, shipped time,
        shipping time, shipping date"""),
    field("completed_at", "完成时间", """
        订单完成时间, 完成时间, 交易完成时间, 交易成功时间, 确认收货时间, 收货时间, completed at,
        complete time, completed time, completion time, finish time, finished at"""),
    field("account", "会员名", """
        买家会员名, 会员名, 会员账号, 会员帐号, 会员昵称, 买家会员, 买家账号, 买家昵称, 用户昵称,
        客户昵称, 下单账号, 下单帐号, 会员, buyer account, buyer nick, buyer nickname, member,
        member name, account, username, user name, nickname, buyer"""),
    field("consignee", "收货人", """
        收货人姓名, 收货人, 收货人名称, 收件人姓名, 收件人, 收货人/提货人, 客户姓名, 联系人姓名, 联系人,
        consignee, consignee name, receiver, receiver name, recipient, recipient name"""),
    field("phone", "联系电话", """
        联系手机, 收货人手机号, 收货人手机, 收货人手机号码, 收件人手机号, 收件人手机,
        收货人手机号/提货人手机号, 手机号, 手机号码, 手机, 收货手机, 联系电话, 收货人电话,
        收货人联系电话, 收件人电话, 收货电话, 收件人联系电话, 电话, 电话号码, 联系方式, phone,
        phone number, mobile, mobile phone, mobile number, consignee phone, receiver phone,
        receiver mobile, recipient phone, tel, telephone, contact phone"""),
    field("address", "收货地址", """
        修改后的收货地址, 收货地址, 收件地址, 收货人地址, 收件人地址, 客户地址, 完整地址, 地址, address,
        full address, shipping address, consignee address, receiver address, recipient address,
        delivery address"""),
    field("province", "省", """
        省, 省份, 收货省, 收货省份, 收货人省份, 收件省, 收件人省份, 所在省, 省/直辖市, province, state"""),
    field("city", "市", "市, 城市, 收货市, 收货城市, 收货人城市, 收件市, 收件人城市, 所在市, city"),
    field("district", "区", """
        区, 县, 区县, 区/县, 收货区, 收货区县, 收货人区县, 收件区, 收件人区县, 所在区, district, county"""),
    field("town", "街道", "街道, 镇, 乡镇, 街道/乡镇, 收货街道, 收货镇, 收件街道, town, street"),
    field("detail", "详细地址", """
        详细地址, 收货详细地址, 详细收货地址, 详细收货地址/提货地址, 收货人详细地址, 收件详细地址,
        街道地址, detail address, address detail, detailed address, street address, address line,
        address line 1"""),
    field("buyer_remark", "买家留言", """
        买家留言, 客户留言, 用户留言, 买家备注, 留言, buyer remark, buyer message, buyer note,
        buyer memo, customer note, customer message"""),
    field("seller_remark", "商家备注", """
        商家备注, 卖家备注, 商户备注, 店铺备注, 客服备注, seller remark, seller memo, seller note,
        merchant remark, merchant note, shop note"""),
    field("title", "商品标题", """
        商品标题, 宝贝标题, 商品名称, 宝贝名称, 商品名, 选购商品, 货品名称, 货品标题, 全部商品名称,
        商品, 标题, 品名, title, item title, product title, product name, item name, product, item,
        goods name"""),
    field("sku", "商品编码", """
        SKU编码, 商家编码-规格维度, SKU, SKU ID, 商家SKU, 规格编码, 商家编码, 货号, 商品编码,
        外部系统编号, 商品编号, 商品ID, sku code, sku number, item code, product code, article number,
        product id"""),
    field("spec", "规格", """
        规格, 商品规格, 宝贝规格, 规格名称, 商品属性, 销售属性, SKU名称, SKU规格, SKU属性, spec,
        specification, variant, variation, option, sku name"""),
    field("quantity", "数量", """
        数量, 商品数量, 购买数量, 订购数量, 购买件数, 商品件数, 件数, 宝贝总数量, quantity, qty"""),
    field("unit_price", "单价", """
        单价, 商品单价, 商品价格, 销售单价, 宝贝单价, 京东价, 价格, unit price, price, item price"""),
    field("amount", "小计", """
        小计, 商品小计, 小计金额, 行金额, subtotal, line total, line amount, item total"""),
    field("carrier", "物流公司", """
        物流公司, 快递公司, 物流公司名称, 快递公司名称, 物流名称, 快递名称, 物流承运商, 承运商,
        配送公司, carrier, courier, express, express company, logistics company, shipping company,
        tracking carrier"""),
    field("tracking_number", "运单号", """
        运单号, 物流单号, 快递单号, 运单编号, 运单号码, 物流运单号, 快递运单号, 物流编号, 包裹单号,
        tracking number, tracking no, tracking, waybill, waybill number, waybill no, express number"""),
    field("shipment_status", "物流状态", """
        物流状态, 快递状态, 包裹状态, 配送状态, shipment status, shipping status, logistics status,
        tracking status, delivery status"""),
    field("delivered_at", "签收时间", "签收时间, 妥投时间, delivered at, delivered time, sign time"),
]  # fmt: skip

# A word that is not here leaves the state unknown; nothing is derived from amounts or times.
ORDER_STATUSES = {
    OrderStatus.UNPAID: """
        等待买家付款, 等待付款, 待付款, 待支付, 未付款, 未支付, 等待支付, pending payment,
        awaiting payment""",
    OrderStatus.PAID: """
        买家已付款等待卖家发货, 等待卖家发货, 买家已付款, 已付款, 已支付, 待发货, 等待发货, 未发货,
        等待出库, 待出库, 备货中, 已付款待发货, 付款成功, awaiting shipment, pending shipment""",
    OrderStatus.SHIPPED: """
        卖家已发货等待买家确认, 等待买家确认收货, 等待买家确认, 卖家已发货, 已发货, 已发货待收货,
        待收货, 等待收货, 等待确认收货, 待确认收货, 已发货待签收, 已出库, 配送中, 运输中""",
    OrderStatus.COMPLETED: """
        交易成功, 交易完成, 已完成, 完成, 订单完成, 已收货, 已签收, 确认收货, 已确认收货, success,
        finished, done""",
    OrderStatus.REFUNDING: """
        退款中, 退款处理中, 待退款, 申请退款, 退货中, 退货退款中, 售后中, 售后处理中""",
    OrderStatus.CLOSED: """
        交易关闭, 已关闭, 关闭, 订单关闭, 已取消, 取消, 订单取消, 交易取消, 退款成功, 已退款, 全额退款,
        未发货退款成功, 已发货退款成功, 已收货退款成功, 付款以前卖家或买家主动关闭交易,
        付款以后用户退款成功交易自动关闭, cancelled, canceled, refunded""",
}
SHIPMENT_STATUSES = {
    ShipmentStatus.PENDING: """
        待揽收, 等待揽收, 未揽收, 待取件, 已下单, 待发出""",
    ShipmentStatus.IN_TRANSIT: """
        运输中, 在途, 在途中, 已揽收, 揽收, 已揽件, 已发出, 转运中, 已到达, in transit, shipped""",
    ShipmentStatus.DELIVERING: """
        派送中, 派件中, 派件, 正在派送, 配送中, 待自提, out for delivery""",
    ShipmentStatus.DELIVERED: """
        已签收, 签收, 妥投, 已妥投, 已收货, 已送达, signed""",
    ShipmentStatus.RETURNED: """
        已退回, 退回, 退件, 退回中, 退签, return, returned to sender""",
    ShipmentStatus.PROBLEM: """
        异常, 疑难, 疑难件, 问题件, 拒收, 派送失败, 丢失, 破损, exception, failed""",
}  # fmt: skip


def by_word(words: dict) -> dict[str, str]:
    """The state for each of its words, folded as headings are; its own key and label count as words, too."""
    return {
        fold(word): str(state.value)
        for state, synonyms in words.items()
        for word in [state.value, state.label, *synonyms.split(",")]
    }


ORDER_STATUS_BY_WORD = by_word(ORDER_STATUSES)
SHIPMENT_STATUS_BY_WORD = by_word(SHIPMENT_STATUSES)
