/*
 * The pages of somebody who is signed in: visits, settings, devices, the record. Whatever says who the owner
 * is asks for the password once more.
 */
#ifndef UNKNOT_ACCOUNTS_SELF_H
#define UNKNOT_ACCOUNTS_SELF_H

#include "web/web.h"

void account_get(struct request *r); /* GET /account: visits to come and past, waiting lists */
void account_visit_get(
    struct request *r); /* GET /account/visits/{id}?page=answers: on to the booking's page */
void account_waiting_get(struct request *r); /* GET /account/waiting/{id}: on to the entry's page */
void account_settings_get(struct request *r);
void account_name_get(struct request *r);
void account_name_post(struct request *r); /* name */
void account_password_get(struct request *r);
void account_password_post(struct request *r); /* current, password */
void account_email_get(struct request *r);
void account_email_post(struct request *r); /* email, current */
void account_devices_get(struct request *r);
void account_device_end_post(struct request *r);  /* POST /account/devices/{id}/end */
void account_devices_end_post(struct request *r); /* POST /account/devices/end: all but this one */
void account_activity_get(struct request *r);     /* GET /account/activity?before= */

void account_export_get(struct request *r);
void account_export_post(struct request *r); /* current, form=json|html: all data, health answers opened */
void account_close_get(struct request *r);
void account_close_post(struct request *r); /* current, visits=cancel|keep */

/* The field `current` of a form that has been read: whether it is the caller's password. False with the fault
 * in the form, or after having replied (reply_status). *email, *hash: the account's (hash may be NULL). */
#define CURRENT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "current", .kind = FIELD_SECRET, .required = true, .min = 1, .max = 128,                     \
        .missing = "Enter your password", .wrong = "Enter your password: at most 128 characters"             \
    }
bool account_prove(struct request *r, struct form *f, const char **email, const char **hash);

#endif
