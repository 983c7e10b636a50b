/*
 * The guided finder: red flags first, then where, since when, what it is like, what belongs to it and what
 * should get better; at the end techniques with the reason and how sure anybody is of them, and the search.
 *
 * Nothing is kept: each page is the answer to a POST that carries all answers so far, checked anew each time.
 * They stand in no address, no cookie, no row and no log line.
 */
#ifndef UNKNOT_FINDER_FINDER_H
#define UNKNOT_FINDER_FINDER_H

#include "web/web.h"

void finder_get(struct request *r); /* GET  /finder: the first page */
/* POST /finder: `at` is the page that was answered, `to` the page that is wanted instead of the next one.
 * JSON: all answers at once → the document of the last page, or what the safety check says. */
void finder_post(struct request *r);

#endif
