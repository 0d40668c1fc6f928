from django.urls import include, path

from . import views

staff = (
    [
        path("", views.staff_list, name="list"),
        path("new/", views.staff_new, name="new"),
        path("<int:pk>/", views.staff_edit, name="edit"),
    ],
    "staff",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password_change, name="password_change"),
    path("password/done/", views.password_changed, name="password_changed"),
    path("staff/", include(staff)),
]
