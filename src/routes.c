/*
 * Every URL, one row each, grouped by subject. A row is all that is said about access before the database:
 * the tests call each row as each kind of caller, and `unknot routes` prints it.
 */
#include "routes.h"

#include "accounts/accounts.h"
#include "accounts/self.h"
#include "booking/booking.h"
#include "booking/feed.h"
#include "booking/reminders.h"
#include "booking/series.h"
#include "booking/waiting.h"
#include "care/care.h"
#include "clients/clients.h"
#include "directory/directory.h"
#include "finder/finder.h"
#include "home/home.h"
#include "intake/consent.h"
#include "intake/clearance.h"
#include "intake/intake.h"
#include "intake/today.h"
#include "intake/copy.h"
#include "intake/own.h"
#include "intake/reopen.h"
#include "intake/shape.h"
#include "intake/published.h"
#include "notify/dev.h"
#include "operator/operator.h"
#include "operator/questionnaire.h"
#include "outcome/outcome.h"
#include "practice/calendars.h"
#include "practice/numbers.h"
#include "practice/practice.h"
#include "practice/questions.h"
#include "practice/share.h"
#include "practice/start.h"
#include "reviews/reviews.h"

/* clang-format off */
const struct route routes[] = {
    /* home */
    {HTTP_GET,  "/",                    WHO_ANYONE, BODY_NONE, home_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/guides",              WHO_ANYONE, BODY_NONE, guides_get,     COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/guides/{slug}",       WHO_ANYONE, BODY_NONE, guide_get,      COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/safety-rules",        WHO_ANYONE, BODY_NONE, safety_rules_get, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_POST, "/theme",               WHO_ANYONE | NO_TOKEN | NO_KEY, BODY_FORM, theme_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/static/{file}",       WHO_ANYONE, BODY_NONE, static_get,     COST_INLINE, CACHE_STATIC},
    {HTTP_GET,  "/favicon.ico",         WHO_ANYONE, BODY_NONE, favicon_get,    COST_INLINE, CACHE_PUBLIC},
    {HTTP_GET,  "/robots.txt",          WHO_ANYONE, BODY_NONE, robots_get,     COST_INLINE, CACHE_PUBLIC},
    {HTTP_GET,  "/healthz",             WHO_ANYONE, BODY_NONE, healthz_get,    COST_INLINE, CACHE_NEVER},
    {HTTP_GET,  "/changes/{key}",       WHO_ANYONE, BODY_NONE, change_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/readyz",              WHO_ANYONE, BODY_NONE, readyz_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/styleguide",          WHO_ANYONE, BODY_NONE, styleguide_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/dev/mail",            WHO_ANYONE, BODY_NONE, dev_mails_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/dev/mail/{id}",       WHO_ANYONE, BODY_NONE, dev_mail_get,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/dev/mail/{id}/{part}", WHO_ANYONE, BODY_NONE, dev_mail_part_get, COST_NORMAL, CACHE_NEVER},

    /* directory */
    {HTTP_GET,  "/therapists",              WHO_ANYONE, BODY_NONE, therapists_get,      COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/filters",                 WHO_ANYONE, BODY_NONE, filters_get,         COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/therapists/{slug}",       WHO_ANYONE, BODY_NONE, therapist_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/therapists/{slug}/slots", WHO_ANYONE, BODY_NONE, therapist_slots_get, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/therapists/{slug}/book",  WHO_ANYONE, BODY_NONE, therapist_book_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/therapists/{slug}/series", WHO_ANYONE, BODY_NONE, series_plan_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/therapists/{slug}/series", WHO_ANYONE | NO_KEY, BODY_FORM, series_plan_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/compare",                 WHO_ANYONE, BODY_NONE, compare_get,         COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/saved",                   WHO_ANYONE, BODY_NONE, saved_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/saved",                   WHO_ANYONE | NO_TOKEN | NO_KEY, BODY_FORM, saved_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/places",                  WHO_ANYONE, BODY_NONE, places_get,          COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/massage",                 WHO_ANYONE, BODY_NONE, areas_get,           COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/massage/{area}",          WHO_ANYONE, BODY_NONE, area_get,            COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/massage/{area}/{town}",   WHO_ANYONE, BODY_NONE, town_get,            COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/techniques",              WHO_ANYONE, BODY_NONE, techniques_get,      COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/techniques/{slug}",       WHO_ANYONE, BODY_NONE, technique_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/complaints",              WHO_ANYONE, BODY_NONE, complaints_get,      COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/complaints/{slug}",       WHO_ANYONE, BODY_NONE, complaint_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/therapists/{slug}/reviews", WHO_ANYONE, BODY_NONE, reviews_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/therapists/{slug}/share", WHO_ANYONE, BODY_NONE, share_get,           COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/review-rules",            WHO_ANYONE, BODY_NONE, review_rules_get,    COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/how-ranking-works",       WHO_ANYONE, BODY_NONE, ranking_get,         COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/sitemap.xml",             WHO_ANYONE, BODY_NONE, sitemap_get,         COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/sitemap/{part}",          WHO_ANYONE, BODY_NONE, sitemap_part_get,    COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/map/{z}/{x}/{y}",         WHO_ANYONE, BODY_NONE, tile_get,            COST_FETCH,  CACHE_PUBLIC},

    /* finder: a form without a token, since nobody's authority is used and nothing is changed or kept */
    {HTTP_GET,  "/finder",              WHO_ANYONE, BODY_NONE, finder_get,     COST_NORMAL, CACHE_PUBLIC},
    {HTTP_POST, "/finder",              WHO_ANYONE | NO_TOKEN | NO_KEY, BODY_FORM, finder_post, COST_NORMAL, CACHE_NEVER},

    /* booking */
    {HTTP_POST, "/bookings",                    WHO_ANYONE, BODY_FORM, booking_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/therapists/{slug}/waiting",   WHO_ANYONE, BODY_NONE, waiting_asks_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/therapists/{slug}/waiting",   WHO_ANYONE, BODY_FORM, waiting_join_post,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/waiting",                     WHO_ANYONE, BODY_NONE, waiting_asks_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/waiting",                     WHO_ANYONE, BODY_FORM, waiting_join_post,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/waiting/{token}",             WHO_ANYONE, BODY_NONE, waiting_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/waiting/{token}/confirm",     WHO_ANYONE, BODY_FORM, waiting_confirm_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/waiting/{token}/leave",       WHO_ANYONE, BODY_FORM, waiting_leave_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/series",                      WHO_ANYONE, BODY_FORM, series_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/series",        WHO_BOOKING, BODY_NONE, series_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/series/calendar.ics", WHO_BOOKING, BODY_NONE, series_calendar_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/b/{token}",                   WHO_ANYONE, BODY_NONE, booking_link_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}",               WHO_BOOKING, BODY_NONE, booking_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/reminders",     WHO_BOOKING, BODY_NONE, booking_reminders_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/reminders",     WHO_BOOKING, BODY_FORM, booking_reminders_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/feed",          WHO_BOOKING, BODY_FORM, booking_feed_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/calendars/{file}",            WHO_ANYONE, BODY_NONE, calendar_feed_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/calendar.ics",  WHO_BOOKING, BODY_NONE, booking_calendar_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/extend",        WHO_BOOKING, BODY_FORM, booking_extend_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/details",       WHO_BOOKING, BODY_NONE, booking_details_get,   COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/details",       WHO_BOOKING, BODY_FORM, booking_details_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/check",         WHO_BOOKING, BODY_NONE, booking_check_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/confirm",       WHO_BOOKING, BODY_FORM, booking_confirm_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/email",         WHO_BOOKING, BODY_NONE, booking_email_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/email",         WHO_BOOKING, BODY_FORM, booking_email_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/move",          WHO_BOOKING, BODY_NONE, booking_move_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/move",          WHO_BOOKING, BODY_FORM, booking_move_post,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/cancel",        WHO_BOOKING, BODY_NONE, booking_cancel_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/cancel",        WHO_BOOKING, BODY_FORM, booking_cancel_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/answer",        WHO_BOOKING, BODY_FORM, booking_answer_post,   COST_NORMAL, CACHE_NEVER},

    /* reviews and recommendations, by a secret link */
    {HTTP_GET,  "/bookings/{id}/review",          WHO_BOOKING, BODY_NONE, review_get,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/review",          WHO_BOOKING, BODY_FORM, review_post,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/review/preview",  WHO_BOOKING | NO_KEY, BODY_FORM, review_preview_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/review/withdraw", WHO_BOOKING, BODY_FORM, review_withdraw_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/review/pain",     WHO_BOOKING, BODY_FORM, review_pain_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/recommend/{token}",             WHO_ANYONE, BODY_NONE, recommend_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/recommend/{token}",             WHO_ANYONE, BODY_FORM, recommend_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/recommend/{token}/withdraw",    WHO_ANYONE, BODY_FORM, recommend_withdraw_post, COST_NORMAL, CACHE_NEVER},

    /* intake */
    {HTTP_GET,  "/bookings/{id}/safety",        WHO_BOOKING, BODY_NONE, safety_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/safety",        WHO_BOOKING, BODY_FORM, safety_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/safety/{n}",    WHO_BOOKING, BODY_NONE, safety_page_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/safety/{n}",    WHO_BOOKING, BODY_FORM, safety_page_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/service",       WHO_BOOKING, BODY_FORM, safety_service_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/therapists",    WHO_BOOKING, BODY_NONE, safety_others_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/own",           WHO_BOOKING, BODY_NONE, own_get,               COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/own",           WHO_BOOKING, BODY_FORM, own_post,              COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/update",        WHO_BOOKING, BODY_NONE, update_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/update",        WHO_BOOKING, BODY_FORM, update_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/phone",         WHO_BOOKING, BODY_FORM, booking_phone_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/answers",       WHO_BOOKING, BODY_NONE, answers_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/answers/all",   WHO_BOOKING, BODY_NONE, answers_all_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/answers/fhir.json", WHO_BOOKING, BODY_NONE, answers_fhir_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/answers/withdraw", WHO_BOOKING, BODY_FORM, answers_withdraw_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/clearance",      WHO_BOOKING, BODY_NONE, clearance_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/clearance",      WHO_BOOKING, BODY_FORM, clearance_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/clearance/keep", WHO_BOOKING, BODY_FORM, clearance_keep_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/clearance/note", WHO_BOOKING, BODY_MULTIPART, clearance_note_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/clearance/letter", WHO_BOOKING, BODY_NONE, clearance_letter_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/papers/{item}",  WHO_BOOKING, BODY_NONE, clearance_paper_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/again",         WHO_BOOKING, BODY_NONE, safety_again_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/again",         WHO_BOOKING, BODY_FORM, safety_again_post,     COST_NORMAL, CACHE_NEVER},

    /* care, as the client sees it */
    {HTTP_GET,  "/bookings/{id}/today",         WHO_BOOKING, BODY_NONE, today_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/today",         WHO_BOOKING, BODY_FORM, today_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/messages",      WHO_BOOKING, BODY_FORM, care_answer_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/after",         WHO_BOOKING, BODY_NONE, outcome_after_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/after",         WHO_BOOKING, BODY_FORM, outcome_after_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/look-back",     WHO_BOOKING, BODY_NONE, outcome_look_back_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/look-back",     WHO_BOOKING, BODY_FORM, outcome_look_back_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/progress/fhir.json", WHO_BOOKING, BODY_NONE, outcome_fhir_get,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/statements",    WHO_BOOKING, BODY_NONE, outcome_statements_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/statements",    WHO_BOOKING, BODY_FORM, outcome_statements_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/progress",      WHO_BOOKING, BODY_NONE, outcome_progress_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/bookings/{id}/progress.csv",  WHO_BOOKING, BODY_NONE, outcome_table_get,     COST_NORMAL, CACHE_NEVER},

    /* accounts */
    {HTTP_GET,  "/sign-in",             WHO_ANYONE, BODY_NONE, sign_in_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/sign-in",             WHO_ANYONE | NO_KEY, BODY_FORM, sign_in_post,   COST_SLOW,   CACHE_NEVER},
    {HTTP_GET,  "/sign-up",             WHO_ANYONE, BODY_NONE, sign_up_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/sign-up",             WHO_ANYONE | NO_KEY, BODY_FORM, sign_up_post,   COST_SLOW,   CACHE_NEVER},
    {HTTP_GET,  "/sign-up/therapist",   WHO_ANYONE, BODY_NONE, sign_up_therapist_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/sign-up/therapist",   WHO_ANYONE | NO_KEY, BODY_FORM, sign_up_therapist_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/forgot",              WHO_ANYONE, BODY_NONE, forgot_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/forgot",              WHO_ANYONE | NO_KEY, BODY_FORM, forgot_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/links",               WHO_ANYONE, BODY_NONE, links_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/links",               WHO_ANYONE | NO_KEY, BODY_FORM, links_post,     COST_SLOW,   CACHE_NEVER},
    {HTTP_GET,  "/links/{token}",       WHO_ANYONE, BODY_NONE, link_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/links/{token}",       WHO_ANYONE | NO_KEY, BODY_FORM, link_post,      COST_SLOW,   CACHE_NEVER},
    {HTTP_POST, "/sign-out",            WHO_SIGNED_IN | NO_KEY, BODY_FORM, sign_out_post, COST_NORMAL, CACHE_NEVER},

    {HTTP_GET,  "/account",                     WHO_SIGNED_IN, BODY_NONE, account_get,              COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/visits/{id}",         WHO_SIGNED_IN, BODY_NONE, account_visit_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/waiting/{id}",        WHO_SIGNED_IN, BODY_NONE, account_waiting_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/settings",            WHO_SIGNED_IN, BODY_NONE, account_settings_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/name",                WHO_SIGNED_IN, BODY_NONE, account_name_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/name",                WHO_SIGNED_IN, BODY_FORM, account_name_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/password",            WHO_SIGNED_IN, BODY_NONE, account_password_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/password",            WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_password_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/account/email",               WHO_SIGNED_IN, BODY_NONE, account_email_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/email",               WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_email_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/account/devices",             WHO_SIGNED_IN, BODY_NONE, account_devices_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/devices/end",         WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_devices_end_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/devices/{id}/end",    WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_device_end_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/activity",            WHO_SIGNED_IN, BODY_NONE, account_activity_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/account/export",              WHO_SIGNED_IN, BODY_NONE, account_export_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/export",              WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_export_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/account/close",               WHO_SIGNED_IN, BODY_NONE, account_close_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/account/close",               WHO_SIGNED_IN | NO_KEY, BODY_FORM, account_close_post, COST_SLOW, CACHE_NEVER},

    /* practice */
    {HTTP_GET,  "/practice",                      WHO_THERAPIST, BODY_NONE, practice_week_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/new",         WHO_THERAPIST, BODY_NONE, practice_new_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/new",         WHO_THERAPIST, BODY_FORM, practice_new_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}",        WHO_THERAPIST, BODY_NONE, practice_booking_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/move",   WHO_THERAPIST, BODY_NONE, practice_move_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/move",   WHO_THERAPIST, BODY_FORM, practice_move_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}",        WHO_THERAPIST, BODY_FORM, practice_booking_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/answers", WHO_THERAPIST, BODY_FORM, practice_ask_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/intake", WHO_THERAPIST, BODY_NONE, care_before_get,              COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/questions", WHO_THERAPIST, BODY_FORM, care_question_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/fhir.json", WHO_THERAPIST, BODY_NONE, practice_answers_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/progress/fhir.json", WHO_THERAPIST, BODY_NONE, practice_outcome_fhir_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/update", WHO_THERAPIST, BODY_FORM, practice_update_post,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/today",  WHO_THERAPIST, BODY_NONE, practice_today_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/today",  WHO_THERAPIST, BODY_FORM, practice_today_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/note",   WHO_THERAPIST, BODY_NONE, care_note_get,                COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/note",   WHO_THERAPIST, BODY_FORM, care_note_post,               COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/plan",   WHO_THERAPIST, BODY_NONE, care_plan_get,                COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/plan",   WHO_THERAPIST, BODY_FORM, care_plan_post,               COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/incident", WHO_THERAPIST, BODY_NONE, practice_incident_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/incident", WHO_THERAPIST, BODY_FORM, practice_incident_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/plans",                WHO_THERAPIST, BODY_NONE, care_places_get,              COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/plans",                WHO_THERAPIST, BODY_FORM, care_places_post,             COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/clearance", WHO_THERAPIST, BODY_NONE, practice_clearance_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/clearance", WHO_THERAPIST, BODY_FORM, practice_clearance_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/bookings/{id}/papers/{item}", WHO_THERAPIST, BODY_NONE, practice_paper_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/clients",              WHO_THERAPIST, BODY_NONE, clients_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/clients",              WHO_THERAPIST | NO_KEY, BODY_FORM, clients_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/clients/{id}",         WHO_THERAPIST, BODY_NONE, client_get,                   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/clients/{id}/record",  WHO_THERAPIST, BODY_NONE, client_record_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/clients/{id}/block",   WHO_THERAPIST, BODY_NONE, client_block_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/clients/{id}/block",   WHO_THERAPIST, BODY_FORM, client_block_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/blocked",              WHO_THERAPIST, BODY_NONE, clients_blocked_get,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/blocked/{id}/remove",  WHO_THERAPIST, BODY_FORM, client_unblock_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/day",                  WHO_THERAPIST, BODY_NONE, practice_day_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/numbers",              WHO_THERAPIST, BODY_NONE, practice_numbers_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/numbers.csv",          WHO_THERAPIST, BODY_NONE, practice_numbers_table_get,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/share",                WHO_THERAPIST, BODY_NONE, practice_share_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/share/card",           WHO_THERAPIST, BODY_NONE, practice_card_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/blocks/new",           WHO_THERAPIST, BODY_NONE, practice_block_new_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/blocks/new",           WHO_THERAPIST, BODY_FORM, practice_block_new_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/blocks/{id}",          WHO_THERAPIST, BODY_NONE, practice_block_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/blocks/{id}",          WHO_THERAPIST, BODY_FORM, practice_block_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/blocks/{id}/remove",   WHO_THERAPIST, BODY_FORM, practice_block_remove_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/profile",              WHO_THERAPIST, BODY_NONE, practice_profile_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/profile/{topic}",      WHO_THERAPIST, BODY_NONE, practice_topic_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/profile/{topic}",      WHO_THERAPIST, BODY_FORM, practice_topic_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/profile/{topic}/preview", WHO_THERAPIST | NO_KEY, BODY_FORM, practice_words_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/start",                WHO_THERAPIST, BODY_NONE, practice_start_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/publish",              WHO_THERAPIST, BODY_FORM, practice_publish_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/versions",             WHO_THERAPIST, BODY_NONE, practice_versions_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/versions/{version}/undo", WHO_THERAPIST, BODY_FORM, practice_version_undo_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/places/new",           WHO_THERAPIST, BODY_NONE, practice_place_new_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/places/new",           WHO_THERAPIST, BODY_FORM, practice_place_new_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/places/{location}",    WHO_THERAPIST, BODY_NONE, practice_address_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/places/{location}",    WHO_THERAPIST, BODY_FORM, practice_address_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/places/{location}/address/remove", WHO_THERAPIST, BODY_FORM, practice_place_remove_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/places/{location}/{topic}", WHO_THERAPIST, BODY_NONE, practice_place_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/places/{location}/{topic}", WHO_THERAPIST, BODY_FORM, practice_place_post,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/preview",              WHO_THERAPIST, BODY_NONE, practice_preview_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/services",             WHO_THERAPIST, BODY_NONE, practice_services_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/services/new",         WHO_THERAPIST, BODY_NONE, practice_service_new_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/services/new",         WHO_THERAPIST, BODY_FORM, practice_service_new_post,    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/services/{id}",        WHO_THERAPIST, BODY_NONE, practice_service_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/services/{id}",        WHO_THERAPIST, BODY_FORM, practice_service_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/services/{id}/retire", WHO_THERAPIST, BODY_FORM, practice_service_retire_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/bookings/{id}/consent", WHO_THERAPIST, BODY_FORM, practice_consent_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/questions",            WHO_THERAPIST, BODY_NONE, practice_questions_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/questions/new",        WHO_THERAPIST, BODY_NONE, practice_question_new_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/questions/new",        WHO_THERAPIST, BODY_FORM, practice_question_new_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/questions/{id}",       WHO_THERAPIST, BODY_NONE, practice_question_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/questions/{id}",       WHO_THERAPIST, BODY_FORM, practice_question_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/questions/{id}/move",  WHO_THERAPIST, BODY_FORM, practice_question_move_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/reviews",              WHO_THERAPIST, BODY_NONE, practice_reviews_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/reviews/{id}",         WHO_THERAPIST, BODY_NONE, practice_review_get,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/reviews/{id}/reply",   WHO_THERAPIST, BODY_FORM, practice_reply_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/reviews/{id}/report",  WHO_THERAPIST, BODY_FORM, practice_report_post,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/calendars",            WHO_THERAPIST, BODY_NONE, practice_calendars_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/calendars",            WHO_THERAPIST, BODY_FORM, practice_calendars_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/calendars/{id}",       WHO_THERAPIST, BODY_FORM, practice_calendar_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/calendar-feed",        WHO_THERAPIST, BODY_FORM, practice_calendar_feed_post,  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/hours",                WHO_THERAPIST, BODY_NONE, practice_hours_list_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/hours/{location}",     WHO_THERAPIST, BODY_NONE, practice_hours_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/hours/{location}",     WHO_THERAPIST, BODY_FORM, practice_hours_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/hours/{location}/seasons/{season}", WHO_THERAPIST, BODY_NONE, practice_season_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/hours/{location}/seasons/{season}", WHO_THERAPIST, BODY_FORM, practice_season_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/hours/{location}/seasons/{season}/remove", WHO_THERAPIST, BODY_FORM, practice_season_remove_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/hours/{location}/days", WHO_THERAPIST, BODY_NONE, practice_days_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/hours/{location}/days", WHO_THERAPIST, BODY_FORM, practice_days_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/hours/{location}/days/{day}/remove", WHO_THERAPIST, BODY_FORM, practice_day_remove_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/waiting", WHO_THERAPIST, BODY_NONE, practice_waiting_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/waiting", WHO_THERAPIST, BODY_FORM, practice_waiting_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/time-off", WHO_THERAPIST, BODY_NONE, practice_time_off_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/time-off", WHO_THERAPIST, BODY_FORM, practice_time_off_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/time-off/{id}/remove", WHO_THERAPIST, BODY_FORM, practice_time_off_remove_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/holidays", WHO_THERAPIST, BODY_NONE, practice_holidays_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/holidays", WHO_THERAPIST, BODY_FORM, practice_holidays_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/travel", WHO_THERAPIST, BODY_NONE, practice_travel_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/practice/travel", WHO_THERAPIST, BODY_FORM, practice_travel_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/practice/why", WHO_THERAPIST, BODY_NONE, practice_why_get, COST_NORMAL, CACHE_NEVER},

    /* operator */
    {HTTP_GET,  "/operator",                      WHO_OPERATOR, BODY_NONE, operator_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/therapists",           WHO_OPERATOR, BODY_NONE, operator_therapists_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/credentials",          WHO_OPERATOR, BODY_NONE, operator_credentials_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/credentials/{id}",     WHO_OPERATOR, BODY_NONE, operator_credential_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/credentials/{id}",     WHO_OPERATOR, BODY_FORM, operator_credential_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/incidents",            WHO_OPERATOR, BODY_NONE, operator_incidents_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/audit",  WHO_OPERATOR, BODY_NONE, operator_audit_get, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/audit",  WHO_OPERATOR | NO_KEY, BODY_FORM, operator_audit_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/messages",             WHO_OPERATOR, BODY_NONE, operator_messages_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/messages/{id}",        WHO_OPERATOR, BODY_FORM, operator_message_post,         COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/reviews",              WHO_OPERATOR, BODY_NONE, operator_reviews_get,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/reviews/{id}",         WHO_OPERATOR, BODY_NONE, operator_review_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/reviews/{id}",         WHO_OPERATOR, BODY_FORM, operator_review_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/clinicians",           WHO_OPERATOR, BODY_NONE, operator_clinicians_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/clinicians/new",       WHO_OPERATOR, BODY_NONE, operator_clinician_new_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/clinicians/new",       WHO_OPERATOR, BODY_FORM, operator_clinician_new_post,   COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/clinicians/{id}",      WHO_OPERATOR, BODY_NONE, operator_clinician_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/clinicians/{id}",      WHO_OPERATOR, BODY_FORM, operator_clinician_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/clinicians/{id}/act",  WHO_OPERATOR, BODY_FORM, operator_clinician_act_post,   COST_NORMAL, CACHE_NEVER},

    /* operator: the tables behind the directory */
    {HTTP_GET,  "/operator/taxonomies",                        WHO_OPERATOR, BODY_NONE, operator_taxonomies_get,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/new",                    WHO_OPERATOR, BODY_NONE, operator_kind_new_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/new",                    WHO_OPERATOR, BODY_FORM, operator_kind_new_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/{kind}",                 WHO_OPERATOR, BODY_NONE, operator_kind_get,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/{kind}/settings",        WHO_OPERATOR, BODY_NONE, operator_kind_settings_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/{kind}/settings",        WHO_OPERATOR, BODY_FORM, operator_kind_settings_post,       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/{kind}/new",             WHO_OPERATOR, BODY_NONE, operator_tag_new_get,              COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/{kind}/new",             WHO_OPERATOR, BODY_FORM, operator_tag_new_post,             COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/{kind}/{slug}",          WHO_OPERATOR, BODY_NONE, operator_tag_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/{kind}/{slug}",          WHO_OPERATOR, BODY_FORM, operator_tag_post,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/{kind}/{slug}/offer",    WHO_OPERATOR, BODY_FORM, operator_tag_offer_post,           COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/taxonomies/{kind}/{slug}/guidance", WHO_OPERATOR, BODY_NONE, operator_guidance_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/taxonomies/{kind}/{slug}/guidance", WHO_OPERATOR, BODY_FORM, operator_guidance_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/evidence",                          WHO_OPERATOR, BODY_NONE, operator_evidence_list_get,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/evidence/new",                      WHO_OPERATOR, BODY_NONE, operator_evidence_new_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/evidence/new",                      WHO_OPERATOR, BODY_FORM, operator_evidence_new_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/evidence/{key}",                    WHO_OPERATOR, BODY_NONE, operator_evidence_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/evidence/{key}",                    WHO_OPERATOR, BODY_FORM, operator_evidence_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/credential-kinds",                  WHO_OPERATOR, BODY_NONE, operator_credential_kinds_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/credential-kinds/new",              WHO_OPERATOR, BODY_NONE, operator_credential_kind_new_get,  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/credential-kinds/new",              WHO_OPERATOR, BODY_FORM, operator_credential_kind_new_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/credential-kinds/{kind}",           WHO_OPERATOR, BODY_NONE, operator_credential_kind_get,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/credential-kinds/{kind}",           WHO_OPERATOR, BODY_FORM, operator_credential_kind_post,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/registers",                         WHO_OPERATOR, BODY_NONE, operator_registers_get,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/registers/new",                     WHO_OPERATOR, BODY_NONE, operator_register_new_get,         COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/registers/new",                     WHO_OPERATOR, BODY_FORM, operator_register_new_post,        COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/registers/{id}",                    WHO_OPERATOR, BODY_NONE, operator_register_get,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/registers/{id}",                    WHO_OPERATOR, BODY_FORM, operator_register_post,            COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/statements",           WHO_OPERATOR, BODY_NONE, operator_statements_get,       COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/statements/{version}", WHO_OPERATOR, BODY_FORM, operator_statements_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/statement-files",      WHO_OPERATOR, BODY_MULTIPART, operator_statements_file_post, COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires",                                  WHO_OPERATOR, BODY_NONE, questionnaires_get,                      COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires",                                  WHO_OPERATOR, BODY_FORM, questionnaires_post,                     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaire-files",                             WHO_OPERATOR, BODY_MULTIPART, questionnaire_upload_post,          COST_SLOW, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}",                        WHO_OPERATOR, BODY_NONE, questionnaire_get,                       COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/trial",                  WHO_OPERATOR, BODY_NONE, questionnaire_trial_get,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/publish",                WHO_OPERATOR, BODY_FORM, questionnaire_publish_post,              COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/discard",                WHO_OPERATOR, BODY_FORM, questionnaire_discard_post,              COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/fhir.json",              WHO_OPERATOR, BODY_NONE, questionnaire_fhir_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/sign",                   WHO_OPERATOR, BODY_NONE, questionnaire_sign_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/sign",                   WHO_OPERATOR, BODY_FORM, questionnaire_sign_post,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/questions/{question}",         WHO_OPERATOR, BODY_NONE, questionnaire_question_get,              COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/questions/{question}",         WHO_OPERATOR, BODY_FORM, questionnaire_question_post,             COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/questions/{question}/remove",  WHO_OPERATOR, BODY_FORM, questionnaire_question_remove_post,      COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/rules/{rule}",             WHO_OPERATOR, BODY_NONE, questionnaire_rule_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/rules/{rule}",             WHO_OPERATOR, BODY_FORM, questionnaire_rule_post,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/rules/{rule}/remove",      WHO_OPERATOR, BODY_FORM, questionnaire_rule_remove_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/questionnaires/{version}/words",                  WHO_OPERATOR, BODY_NONE, questionnaire_words_get,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/words",                  WHO_OPERATOR, BODY_FORM, questionnaire_words_post,                COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/questionnaires/{version}/words/change",           WHO_OPERATOR, BODY_FORM, questionnaire_word_change_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/cases",                                           WHO_OPERATOR, BODY_NONE, questionnaire_cases_get,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/cases/{key}",                                     WHO_OPERATOR, BODY_NONE, questionnaire_case_get,                  COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/cases/{key}",                                     WHO_OPERATOR, BODY_FORM, questionnaire_case_post,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/cases/{key}/remove",                              WHO_OPERATOR, BODY_FORM, questionnaire_case_remove_post,          COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/emergency-numbers",                               WHO_OPERATOR, BODY_NONE, operator_numbers_get,                    COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/emergency-numbers/new",                           WHO_OPERATOR, BODY_NONE, operator_number_new_get,                 COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/emergency-numbers/new",                           WHO_OPERATOR, BODY_FORM, operator_number_new_post,                COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/operator/emergency-numbers/{country}",                     WHO_OPERATOR, BODY_NONE, operator_number_get,                     COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/operator/emergency-numbers/{country}",                     WHO_OPERATOR, BODY_FORM, operator_number_post,                    COST_NORMAL, CACHE_NEVER},
};
/* clang-format on */
const size_t route_count = sizeof routes / sizeof *routes;

bool routes_start(struct app *app)
{
    app->routes = routes;
    app->route_count = route_count;
    app->identify = accounts_identify;
    return guides_start() && tiles_start(&app->config);
}

void routes_stop(void)
{
    tiles_stop();
    guides_stop();
}
