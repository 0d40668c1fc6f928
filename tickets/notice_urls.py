from django.urls import path

from .views import fresh, inbox, notice_settings, robots, undelivered

app_name = "notices"

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("fresh/", fresh.fresh, name="fresh"),
    path("read/", inbox.read_all, name="read_all"),
    path("<int:pk>/read/", inbox.read, name="read"),
    path("of/<str:number>/read/", inbox.read_of_ticket, name="read_of_ticket"),
    path("settings/", notice_settings.notice_settings, name="settings"),
    path("robots/", robots.robot_list, name="robots"),
    path("robots/new/", robots.robot_new, name="robot_new"),
    path("robots/<int:pk>/", robots.robot_edit, name="robot_edit"),
    path("robots/<int:pk>/test/", robots.robot_test, name="robot_test"),
    path("robots/<int:pk>/delete/", robots.robot_delete, name="robot_delete"),
    path("undelivered/", undelivered.undelivered, name="undelivered"),
    path("undelivered/retry/", undelivered.retry_shown, name="retry_shown"),
    path("undelivered/<int:pk>/retry/", undelivered.retry, name="retry"),
]
