#include "accounts/self.h"

#include "accounts/accounts.h"
#include "booking/booking.h"

#include <string.h>

#define PAST     "20"
#define ALL_PAST "500"

void account_get(struct request *r)
{
    bool all = query_value(r, "all") != NULL;
    const char *doc = ask(r, Q_accounts_page, all ? ALL_PAST : PAST);
    if (doc == NULL)
        return;
    page_value(r, "all", all ? "yes" : NULL);
    page(r, "accounts/account", doc);
}

/* The account stands for the secret link: the browser gets the cookie that the link would give it. */
void account_visit_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id != NULL ? ask(r, Q_accounts_visit_key, id) : NULL;
    const char *to = query_value(r, "page");
    if (doc == NULL)
        return;
    bool answers = to != NULL && strcmp(to, "answers") == 0;
    cookie_set_booking(r, id, booking_token(r->arena, app_of(r)->key, doc_text(r, doc, "key")), -1);
    reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s%s", id, answers ? "/answers" : ""));
}

void account_waiting_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id != NULL ? ask(r, Q_accounts_waiting_key, id) : NULL;
    if (doc == NULL)
        return;
    const char *token = booking_token(r->arena, app_of(r)->key, doc_text(r, doc, "key"));
    reply_redirect(r, 303, token != NULL ? arena_printf(r->arena, "/waiting/%s", token) : NULL);
}

void account_settings_get(struct request *r)
{
    page_with_saved(r, "accounts/settings", ask(r, Q_accounts_settings));
}

/* --- The name */

static const struct field name_field = {.name = "name",
                                        .kind = FIELD_LINE,
                                        .required = true,
                                        .max = 120,
                                        .missing = "Enter your name",
                                        .wrong = "Enter your name in 120 characters or fewer"};

void account_name_get(struct request *r)
{
    const char *doc = ask(r, Q_accounts_settings);
    if (doc != NULL)
        page(r, "accounts/name", doc);
}

void account_name_post(struct request *r)
{
    struct form f;
    form_read(&f, r, &name_field, 1);
    if (f.errors > 0) {
        const char *doc = ask(r, Q_accounts_settings);
        if (doc != NULL)
            page_form(r, "accounts/name", doc, &f);
        return;
    }
    page_saved(r, ask(r, Q_accounts_rename, form_get(&f, "name")), "/account/settings?saved=name");
}

/* --- Devices */

void account_devices_get(struct request *r)
{
    page_with_saved(r, "accounts/devices", ask(r, Q_accounts_sessions));
}

void account_device_end_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        page_saved(r, ask(r, Q_accounts_session_end, id), "/account/devices?saved=1");
}

void account_devices_end_post(struct request *r)
{
    const char *doc = ask(r, Q_accounts_session_end, NULL);
    page_saved(r, doc, "/account/devices?saved=1");
}

/* --- The record */

void account_activity_get(struct request *r)
{
    const char *before = query_value(r, "before");
    int64_t n;
    if (before != NULL && !text_int(str_of(before), 1, INT64_MAX, &n)) {
        reply_error(r, 404, NULL);
        return;
    }
    const char *doc = ask(r, Q_accounts_activity, before);
    if (doc != NULL)
        page(r, "accounts/activity", doc);
}
