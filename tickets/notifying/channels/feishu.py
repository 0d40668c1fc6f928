"""飞书 group robots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

import base64
import hashlib
import hmac

# At most 100 messages a minute and 5 a second; a body of at most 20 KB.
GAP_SECONDS = 0.7
LIMIT_BYTES = 18_000
TOO_FAST = 11232
REASONS = {
    9499: "消息格式不被接受",
    19001: "机器人不存在或 Webhook 地址有误",
    19021: "签名不符，请核对加签密钥",
    19022: "不符合机器人的安全设置（IP 地址）",
    19024: "不符合机器人的安全设置（关键词）",
}


def request(url: str, secret: str, text: str, at: float) -> tuple[str, dict]:
    """The address and the body of a message sent at ``at`` (seconds since 1970)."""
    # A tag in the text would call everybody in the group.
    body = {"msg_type": "text", "content": {"text": text.replace("<", "＜")}}
    if secret:
        timestamp = round(at)
        body |= {"timestamp": str(timestamp), "sign": sign(secret, timestamp)}
    return url, body


def sign(secret: str, timestamp: int) -> str:
    """The signature for a time in seconds: time and secret are the key, and nothing is signed."""
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def code(answer: dict) -> object:
    """What the platform made of it; 0 is success. Older hosts say ``StatusCode``."""
    return answer.get("code", answer.get("StatusCode"))
