from django.apps import AppConfig


class QinqinConfig(AppConfig):
    name = "qinqin"
    verbose_name = "亲亲宝贝工单系统"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)
