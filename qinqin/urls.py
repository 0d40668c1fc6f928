"""Addresses: includes only, each app knows its own."""

from django.contrib import admin
from django.urls import include, path

from . import health

admin.site.site_title = admin.site.site_header = "亲亲宝贝商城 · 系统管理"
admin.site.index_title = "账号、商户与基础资料"

urlpatterns = [
    path("", include("merchants.urls")),
    path("orders/", include("orders.urls")),
    path("tickets/", include("tickets.urls")),
    path("", include("tickets.exchange_urls")),
    path("notices/", include("tickets.notice_urls")),
    path("r/", include("tickets.rating_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]

handler400 = "qinqin.errors.bad_request"
handler403 = "qinqin.errors.forbidden"
handler404 = "qinqin.errors.not_found"
handler500 = "qinqin.errors.server_error"
