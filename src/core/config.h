/*
 * Configuration: one typed table (config.c), read once, const afterwards.
 *
 * Sources, later wins: the table's default, the file named by UNKNOT_CONFIG (`key = value` lines, #
 * comments), environment variables UNKNOT_<KEY IN CAPITALS>. An unknown key (in the file, or an environment
 * name that starts with UNKNOT_) or a value of the wrong type or out of range stops the start with a sentence
 * that names the key, where it came from and what fits.
 */
#ifndef UNKNOT_CORE_CONFIG_H
#define UNKNOT_CORE_CONFIG_H

#include "core/text.h"
#include <stdio.h>

#define CONFIG_KEYS 47

struct config {
    /* where it listens */
    char *listen; /* "127.0.0.1:8080", "[::1]:8080" or "unix:/run/unknot/http.sock" */
    char *origin; /* public origin, "https://unknot.example"; decides Secure cookies and the Host that is
                     served */
    /* database */
    char *database;        /* libpq connection string of the web role */
    char *worker_database; /* … of the worker role; not given: database with user=unknot_worker, filled in by
                              config_load */
    char *owner_database;  /* … of the owner role, for migrate, demo, import; not given: database with
                              user=unknot_owner */
    char *keyd_database;   /* … of the keyd role; not given: database with user=unknot_keyd */
    /* size */
    int workers;              /* 1..64, default 4 */
    int queue;                /* requests waiting for a worker, 1..4096, default 64 */
    int slow_queue;           /* waiting for the slow lane, 1..256, default 8 */
    int connections;          /* open client connections, default 12000 */
    int page_cache_mb;        /* for pages kept in memory, 0..1024, default 16 */
    int statement_timeout_ms; /* default 3000 */
    /* rules of the place */
    char *site_name;       /* default "unknot" */
    char *operator_email;  /* shown on help and error pages; may be empty */
    char *emergency;       /* emergency number shown by the safety check, default "911" */
    char *urgent_line;     /* default "your doctor or urgent care" */
    int resolve_seconds;   /* default 10 */
    int hold_minutes;      /* default 10 */
    int waiting_minutes;   /* for the answer to an offer, default 120 */
    int work_pause_ms;     /* between two rounds of the worker's chores, default 2000 */
    int holds_per_device;  /* times held or asked for from one browser at once, default 5 */
    int holds_per_address; /* … from one network address, default 20 */
    char *directions;      /* what stands before "latitude,longitude" in a link to a place; may be empty */
    bool confirm_email;    /* a request waits for a proof that its client reads the address */
    /* the ground under the map of results */
    char *map_tiles;       /* "https://…/{z}/{x}/{y}.png", or the path of a PMTiles file; may be empty */
    char *map_cache;       /* folder for tiles of an address */
    int map_cache_mb;      /* how much of them is kept, default 256 */
    char *map_attribution; /* whom it is from, shown beside it; may be empty */
    char *map_attribution_link; /* where that leads, http(s)://…; may be empty */
    char *schema_type; /* what schema.org is told a therapist is, default "HealthAndBeautyBusiness" */
    /* secrets */
    char *key_file; /* 32 bytes in base64url, mode 0400 or 0600; made by `unknot keys new FILE` */
    char *key_dir;  /* folder of the epochs' keys, keyd's alone; not given: key_file with .epochs behind it */
    char *key_socket;                        /* where keyd is asked; not given: key_dir/socket */
    char *key_group;                         /* members may ask keyd; "": its own user and root alone */
    int key_epoch_days, key_epoch_keep_days; /* default 30 (0: never by itself), 5 */
    /* mail, sent by `unknot work` */
    char *mail_from, *smtp, *smtp_user, *smtp_password_file, *mail_dir;
    /* events for the operator's own program (text messages, chat), called by `unknot work` */
    char *hook_url, *hook_secret_file;
    /* development */
    bool dev;               /* templates, SQL and assets from disk, /styleguide */
    bool calendar_loopback; /* calendars on this machine may be read, for tests */
    bool demo;              /* the mails in mail_dir can be read on /dev/mail, from this machine */
    char *log_level;        /* debug, info, warn, error */

    char *source[CONFIG_KEYS]; /* for each row of the table, where its value came from: "default", "FILE:12",
                                  "UNKNOT_LISTEN" */
};

/* Fills *c, and says to core/asset.h where files come from. On failure prints one sentence to `err`, leaves
 * *c empty and returns false. Every text is set: "" where it may be empty and nobody gave it. */
bool config_load(struct config *c, FILE *err);
void config_free(struct config *c);

/* Every key with its value, source, range and one-line meaning, in the form of a configuration file;
 * passwords in connection strings as "…". */
void config_print(const struct config *c, FILE *out);

#endif
