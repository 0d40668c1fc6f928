"""Who may act, and for whom."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .access import MERCHANT_ROLES, SERVICE_ROLES, Role, ScopedQuerySet


class Merchant(models.Model):
    """A shop that sells on the mall and answers for its own orders."""

    code = models.SlugField("商户编码", max_length=40, unique=True)
    name = models.CharField("商户名称", max_length=80)
    is_active = models.BooleanField("启用", default=True, help_text="停用后，该商户的账号立即无法登录。")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "商户"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(ScopedQuerySet):
    def staff_of(self, owner: "User") -> "UserQuerySet":
        """The accounts that this merchant owner manages: its own staff, nobody else."""
        if owner.role != Role.MERCHANT_OWNER:
            return self.none()
        return self.filter(merchant=owner.merchant_id, role=Role.MERCHANT_STAFF)

    def working_for(self, *merchants: int) -> "UserQuerySet":
        """The people who can work for these merchants (keys) now."""
        return self.filter(merchant__in=merchants, is_active=True)

    def side_of(self, user: "User") -> "UserQuerySet":
        """The people who work on this person's side and can sign in: customer service, or one merchant's."""
        active = self.filter(is_active=True)
        if user.is_service:
            return active.filter(role__in=SERVICE_ROLES)
        return active.filter(merchant=user.merchant_id) if user.is_merchant else self.none()


class People(UserManager.from_queryset(UserQuerySet)):
    def create_superuser(self, username, email=None, password=None, **extra):
        extra.setdefault("role", Role.ADMIN)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """A person with one role; a merchant's person belongs to exactly one merchant."""

    first_name = last_name = None
    name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role, default=Role.SUPPORT)
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="商户", null=True, blank=True, related_name="people"
    )
    # With the person, who is read for every page anyway: no list may cost a statement more for it.
    list_columns = models.JSONField("工单列表的列", default=list, blank=True, editable=False)

    REQUIRED_FIELDS = ["name"]
    objects = People()

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_merchant_fits_role",
                condition=Q(role__in=[Role.MERCHANT_STAFF, Role.MERCHANT_OWNER], merchant__isnull=False)
                | Q(role__in=[Role.SUPPORT, Role.MANAGER, Role.ADMIN], merchant__isnull=True),
                violation_error_message="商户员工和商户管理员必须选择商户，其他角色不能选择商户。",
            ),
            models.CheckConstraint(
                name="user_only_admins_reach_the_admin",
                condition=Q(role=Role.ADMIN) | Q(is_staff=False, is_superuser=False),
                violation_error_message="只有系统管理员可以登录后台管理。",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args, **kwargs) -> None:
        self._follow_role()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self._follow_role()
        if self.is_merchant and not self.merchant_id:
            raise ValidationError({"merchant": "请选择商户"})

    def _follow_role(self) -> None:
        """Administrators, and nobody else, reach the Django admin: the role says it, not boxes that one can forget."""
        self.is_staff = self.is_superuser = self.role == Role.ADMIN

    def choose_columns(self, keys: list[str]) -> None:
        """Keep which columns this person's ticket list has (tickets/columns.py); none: the usual ones."""
        self.list_columns = keys
        self.save(update_fields=["list_columns"])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_merchant(self) -> bool:
        """Works for a merchant (either role)."""
        return self.role in MERCHANT_ROLES

    @property
    def is_service(self) -> bool:
        """Works for the mall's customer service (support or manager)."""
        return self.role in SERVICE_ROLES

    @property
    def affiliation(self) -> str:
        """How this person is introduced in a ticket's history: 客服, 主管, or the merchant's name."""
        return self.merchant.name if self.is_merchant else self.get_role_display()


class Session(AbstractBaseSession):
    """A login, as Django keeps it, and beside it whose it is, so that both are read at once (merchants/sessions.py)."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="账号", null=True, related_name="sessions")

    class Meta:
        verbose_name = verbose_name_plural = "登录"

    @classmethod
    def get_session_store_class(cls):
        from .sessions import SessionStore

        return SessionStore
