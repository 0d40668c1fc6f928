"""Who may use which address, decided route by route; tests/test_role_matrix.py asks every one of them."""

PEOPLE = ["kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "sysadmin"]

# One word per person and method. The things asked for are merchant A's: shangjia and dianyuan own them, shangjia2
# is the outsider. "page" 200, "go" a redirect to where the person works, "form" 422 (an empty form came back),
# "late" 409 (nothing to press in this state), "no" 403, "none" 404, "never" 405.
STATUS = {"page": 200, "go": 302, "form": 422, "late": 409, "no": 403, "none": 404, "never": 405}


def table(get: str, post: str) -> dict[str, tuple[str, str]]:
    """The words for kefu, zhuguan, shangjia, dianyuan, shangjia2, sysadmin, in this order."""
    return dict(zip(PEOPLE, zip(get.split(), post.split(), strict=True), strict=True))


SERVICE_ONLY = "page page no no no no"
MANAGER_ONLY = "no page no no no no"
MANAGER_GOES = "no go no no no no"
MANAGER_NEVER = "no never no no no no"
OWNERS_TOO = "no page page no page no"
OWNERS_NEVER = "no never never no never no"
EVERYBODY = "page page page page page page"
EVERYBODY_GOES = "go go go go go go"
NEVER = "never never never never never never"
WORKERS_NEVER = "never never never never never no"
SERVICE_NEVER = "never never no no no no"

ROUTES: dict[str, dict[str, tuple[str, str]]] = {
    "": table(EVERYBODY_GOES, NEVER),
    "login/": table(EVERYBODY_GOES, EVERYBODY_GOES),
    "logout/": table(NEVER, EVERYBODY_GOES),
    "password/": table(EVERYBODY, EVERYBODY),
    "password/done/": table(EVERYBODY_GOES, NEVER),
    "staff/": table("no no page no page no", "no no never no never no"),
    "staff/new/": table("no no page no page no", "no no form no form no"),
    "staff/<int:pk>/": table("no no page no none no", "no no form no none no"),
    "orders/": table(SERVICE_ONLY, SERVICE_NEVER),
    "orders/lookup/": table(SERVICE_ONLY, SERVICE_NEVER),
    "orders/<str:number>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/": table("page page page page page no", WORKERS_NEVER),
    "tickets/new/": table(SERVICE_ONLY, "form form no no no no"),
    "tickets/bulk/": table("go go go go go no", "form form form form form no"),
    "tickets/new/draft/": table("never never no no no no", "form form no no no no"),
    "tickets/new/draft/clear/": table("never never no no no no", "go go no no no no"),
    "tickets/sent/": table("page page page page page no", WORKERS_NEVER),
    "tickets/next/": table("go go go go go no", WORKERS_NEVER),
    "tickets/review/": table(SERVICE_ONLY, SERVICE_NEVER),
    "tickets/overdue/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/overdue/export/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/overdue/acknowledge/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/": table(MANAGER_ONLY, MANAGER_NEVER),
    # The round of the table is not late: there is nothing to say to it.
    "tickets/overdue/<int:pk>/acknowledge/": table(MANAGER_GOES, "no late no no no no"),
    "tickets/overdue/<int:pk>/exempt/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/unexempt/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/incident/": table(MANAGER_GOES, "no late no no no no"),
    "tickets/incidents/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/incidents/<int:pk>/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/incidents/<int:pk>/step/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/timeliness/": table(OWNERS_TOO, OWNERS_NEVER),
    "tickets/timeliness/list/": table(OWNERS_TOO, OWNERS_NEVER),
    "tickets/deadlines/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/deadlines/policies/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/policies/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/policies/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/deadlines/calendars/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/calendars/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/calendars/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/deadlines/holidays/add/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/library/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/upload/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/template/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/deadlines/holidays/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/sensitive/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/sensitive/export/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/<str:number>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/": table(WORKERS_NEVER, "form form form form none no"),
    "tickets/<str:number>/files/<uuid:key>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/<uuid:key>/thumb/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/<uuid:key>/caption/": table(WORKERS_NEVER, "none none none none none no"),
    "tickets/<str:number>/files/<uuid:key>/discard/": table(WORKERS_NEVER, "none none none none none no"),
    "tickets/<str:number>/evidence/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/draft/": table(WORKERS_NEVER, "form form form form none no"),
    "tickets/<str:number>/draft/clear/": table(WORKERS_NEVER, "go go go go none no"),
    "tickets/<str:number>/presence/": table(WORKERS_NEVER, "page page page page none no"),
    "tickets/<str:number>/submit/": table("no no go go none no", "no no form form none no"),
    "tickets/<str:number>/approve/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/return/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/cancel/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/reopen/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/hold/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/resume/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/remind/": table("go go no no no no", "go go no no no no"),
    "tickets/<str:number>/extend/": table("no no go go none no", "no no form form none no"),
    "tickets/<str:number>/grant/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/decline/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/rate/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/invite/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/reveal/": table("go go go go none no", "form form form form none no"),
    "notices/": table("page page page page page no", WORKERS_NEVER),
    "notices/fresh/": table("page page page page page no", WORKERS_NEVER),
    "notices/read/": table(WORKERS_NEVER, "go go go go go no"),
    "notices/<int:pk>/read/": table(WORKERS_NEVER, "none none none go none no"),
    "notices/of/<str:number>/read/": table(WORKERS_NEVER, "page page page page none no"),
    "notices/settings/": table("page page page page page no", "go go go go go no"),
    "notices/robots/": table("no page page no page no", "no never never no never no"),
    "notices/robots/new/": table("no page page no page no", "no form form no form no"),
    "notices/robots/<int:pk>/": table("no page page no none no", "no form form no none no"),
    "notices/robots/<int:pk>/test/": table("no never never no never no", "no go go no none no"),
    "notices/robots/<int:pk>/delete/": table("no never never no never no", "no go go no none no"),
    "notices/undelivered/": table(MANAGER_ONLY, "no never no no no no"),
    "notices/undelivered/retry/": table("no never no no no no", "no go no no no no"),
    "notices/undelivered/<int:pk>/retry/": table("no never no no no no", "no go no no no no"),
    "tickets/<str:number>/claim/": table("no no go go none no", "no no go go none no"),
    "tickets/<str:number>/release/": table("no no go go none no", "no no late late none no"),
    "tickets/<str:number>/assign/": table("go go go go none no", "form form form form none no"),
    "tickets/<str:number>/transfer/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/merge/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/note/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/message/": table("go go go go none no", "form form form form none no"),
    "tickets/categories/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/categories/<int:pk>/": table(MANAGER_ONLY, "no go no no no no"),
    "tickets/reasons/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/reasons/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/phrases/": table("page page page page page no", WORKERS_NEVER),
    "tickets/phrases/new/": table("page page page page page no", "form form form form form no"),
    # Shared by merchant A: its owner keeps it, its staff only use it.
    "tickets/phrases/<int:pk>/": table("none none page none none no", "none none form none none no"),
    "tickets/phrases/<int:pk>/delete/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/": table("page page page page page no", WORKERS_NEVER),
    "tickets/views/new/": table("page page page page page no", "form form form form form no"),
    # Shared by merchant A: its owner keeps it, its staff only use it.
    "tickets/views/<int:pk>/": table("none none page none none no", "none none form none none no"),
    "tickets/views/<int:pk>/delete/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/<int:pk>/move/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/<int:pk>/start/": table(WORKERS_NEVER, "none none go go none no"),
    "tickets/columns/": table("page page page page page no", "go go go go go no"),
    "exports/tickets/": table("page page page page page no", "form form form form form no"),
    "exports/orders/": table(SERVICE_ONLY, "form form no no no no"),
    "exports/records/": table(MANAGER_ONLY, MANAGER_NEVER),
    "imports/tickets/": table(SERVICE_ONLY, "form form no no no no"),
    "imports/tickets/template/<str:file_format>/": table(SERVICE_ONLY, SERVICE_NEVER),
    "imports/orders/": table(SERVICE_ONLY, "form form no no no no"),
    "imports/orders/template/<str:file_format>/": table(SERVICE_ONLY, SERVICE_NEVER),
    "jobs/": table("page page page page page no", WORKERS_NEVER),
    # A job is its person's alone, whoever else works for the same merchant: here dianyuan's, waiting for a worker.
    "jobs/<int:pk>/": table("none none none page none no", WORKERS_NEVER),
    "jobs/<int:pk>/confirm/": table(WORKERS_NEVER, "none none none late none no"),
    "jobs/<int:pk>/cancel/": table(WORKERS_NEVER, "none none none go none no"),
    "jobs/<int:pk>/file/": table("none none none none none no", WORKERS_NEVER),
    "jobs/<int:pk>/errors/": table("none none none none none no", WORKERS_NEVER),
    # The key that stands in the address is nobody's: the answer is the same 404 for all.
    "r/<str:token>/": table("none none none none none none", "none none none none none none"),
    "healthz": table(EVERYBODY, NEVER),
}
# Its answer says how the deadline scan is doing, the same for everybody; tests/qinqin/test_health.py knows it.
ELSEWHERE = {"readyz"}
PUBLIC = {"login/", "r/<str:token>/", "healthz"}
