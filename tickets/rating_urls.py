"""Addresses that the consumer opens, without a login."""

from django.urls import path

from .views import rating

app_name = "ratings"

urlpatterns = [path("<str:token>/", rating.rate, name="rate")]
