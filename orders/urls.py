from django.urls import path

from . import views

app_name = "orders"

urlpatterns = [
    path("", views.order_list, name="list"),
    path("lookup/", views.lookup, name="lookup"),
    path("<str:number>/", views.order_detail, name="detail"),
]
