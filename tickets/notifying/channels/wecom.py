"""企业微信 group robots: https://developer.work.weixin.qq.com/document/path/91770. They know no signature."""

# At most 20 messages a minute; the text at most 2048 bytes.
GAP_SECONDS = 3.2
LIMIT_BYTES = 2_000
TOO_FAST = 45009
REASONS = {
    40008: "消息格式不被接受",
    40058: "消息格式不被接受",
    93000: "机器人不存在或 Webhook 地址有误",
    93008: "机器人不在群里",
    93017: "机器人已停用",
}


def request(url: str, secret: str, text: str, at: float) -> tuple[str, dict]:
    """The address and the body of a message."""
    return url, {"msgtype": "text", "text": {"content": text}}


def code(answer: dict) -> object:
    """What the platform made of it; 0 is success."""
    return answer.get("errcode")
