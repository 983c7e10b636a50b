/*
 * The operator's own channel (text messages, chat): each event is POSTed as JSON to config->hook_url, signed
 * with HMAC-SHA256 over "<timestamp>.<body>" under the secret in config->hook_secret_file.
 */
#ifndef UNKNOT_NOTIFY_HOOK_H
#define UNKNOT_NOTIFY_HOOK_H

#include "core/arena.h"
#include "core/config.h"

struct hook {
    const char *id, *kind, *to, *phone, *link; /* all but id and kind may be NULL */
    const char *data;                          /* JSON */
};

/* NULL: the address is set and may be used (https, or this machine), or none is set; else what is wrong. */
const char *hook_problem(const struct config *config);

/* "v1=<64 hex digits>": what the header Unknot-Signature carries for this body at this time. */
void hook_sign(const char *secret, const char *timestamp, struct str body, char out[68]);

/* Calls the hook. NULL: it answered 2xx; else the class of the failure: refused (4xx but 408 and 429: of no
 * use to try again; a redirect counts as well), later (408, 429, 5xx), network, timeout, tls, setup. */
const char *hook_call(const struct config *config, const struct hook *hook);

#endif
