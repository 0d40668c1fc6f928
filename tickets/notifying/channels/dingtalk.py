"""钉钉 group robots: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages."""

import base64
import hashlib
import hmac
from urllib.parse import quote_plus

# At most 20 messages a minute; a message of about 20 KB.
GAP_SECONDS = 3.2
LIMIT_BYTES = 18_000
TOO_FAST = 130101
REASONS = {
    300001: "机器人不存在或 Webhook 地址有误",
    300005: "机器人不存在或 Webhook 地址有误",
    310000: "不符合机器人的安全设置（加签、关键词或 IP 地址）",
    400101: "Webhook 地址有误",
    400102: "机器人已停用",
}


def request(url: str, secret: str, text: str, at: float) -> tuple[str, dict]:
    """The address and the body of a message sent at ``at`` (seconds since 1970)."""
    if secret:
        timestamp = round(at * 1000)
        url += f"{'&' if '?' in url else '?'}timestamp={timestamp}&sign={sign(secret, timestamp)}"
    return url, {"msgtype": "text", "text": {"content": text}}


def sign(secret: str, timestamp: int) -> str:
    """The signature for a time in milliseconds, as it stands in the address."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return quote_plus(base64.b64encode(digest))


def code(answer: dict) -> object:
    """What the platform made of it; 0 is success."""
    return answer.get("errcode")
