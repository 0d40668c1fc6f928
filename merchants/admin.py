"""Accounts and merchants, for the system administrator."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group

from .models import Merchant, User

admin.site.unregister(Group)  # a person has one role; groups would be a second answer to the same question


@admin.register(Merchant)
class MerchantAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ["username", "name", "role", "merchant", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["merchant"]
    search_fields = ["username", "name"]
    autocomplete_fields = ["merchant"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("身份", {"fields": ["name", "email", "role", "merchant"]}),
        ("登录", {"fields": ["is_active"]}),
        ("时间", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (
            None,
            {"fields": ["username", "name", "role", "merchant", "usable_password", "password1", "password2"]},
        ),
    ]
