"""Where robots may live: the origins of ``ROBOT_ORIGINS``, each platform's only for its own kind."""

from urllib.parse import urlsplit

from django.conf import settings

from .outcome import Undelivered

# Which of the known origins belongs to whom; an origin of the setting that is nobody's (a gateway, a test) is for all.
OWN_ORIGINS = {
    "dingtalk": {"https://oapi.dingtalk.com"},
    "wecom": {"https://qyapi.weixin.qq.com"},
    "feishu": {"https://open.feishu.cn", "https://open.larksuite.com"},
}
URL_LIMIT = 500


def check_origin(kind: str, url: str) -> None:
    """Raises ``Undelivered`` (for good) when a robot of this kind may not live at ``url``.

    The origin has to be there letter for letter, so that no trick with user names, dots or backslashes helps.
    """
    origin = origin_of(url)
    if origin is None or origin not in settings.ROBOT_ORIGINS:
        raise Undelivered("Webhook 地址不在允许的平台之内", for_good=True)
    if any(origin in origins for other, origins in OWN_ORIGINS.items() if other != kind):
        raise Undelivered("Webhook 地址属于另一个平台", for_good=True)


def origin_of(url: str) -> str | None:
    """``https://host`` in small letters; ``None`` for what could not be sent as it stands."""
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > URL_LIMIT:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()
