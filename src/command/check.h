/* Checks that `serve` makes before it listens and `doctor` reports: each gives NULL when all is well, or the
 * sentence to show, in `a`. */
#ifndef UNKNOT_CHECK_H
#define UNKNOT_CHECK_H

#include "core/config.h"
#include "db/db.h"

struct server_facts {
    int64_t number; /* server_version_num */
    double epoch;   /* the server's clock, seconds */
    const char *version, *role;
    bool superuser, bypass, owner; /* owner: of one of our tables, or member of the role that is */
};
bool facts_read(struct db *db, struct arena *a, struct server_facts *f);

#define SERVER_OLDEST 150000
const char *check_version(struct arena *a, const struct server_facts *f);
/* A role for answering requests: neither superuser nor past row-level security, by right or by owning the
 * tables. */
const char *check_role(struct arena *a, const struct server_facts *f);
/* No row with personal data shows without a session. `db` has the queries of `system`. */
const char *check_stranger(struct db *db, struct arena *a);
/* The master key opens what the first start sealed; that start seals it here. */
const char *check_canary(struct db *db, struct arena *a, const unsigned char key[32]);

#endif
