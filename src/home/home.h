/* The first page, the guides, the choice of colours, and what machines ask for. */
#ifndef UNKNOT_HOME_H
#define UNKNOT_HOME_H

#include "http/http.h"

void home_get(struct request *r);
void theme_post(struct request *r);
void healthz_get(struct request *r); /* the process answers */
void readyz_get(struct request *r);  /* the database does, too */
void favicon_get(struct request *r);
void robots_get(struct request *r);
void styleguide_get(struct request *r); /* in development only */

/* templates/guides/<slug>.md: the first line is `# Title`, the first paragraph the summary. Rendered once,
 * before http_start; false after a sentence on stderr. */
bool guides_start(void);
void guides_stop(void);
void guides_get(struct request *r);
void guide_get(struct request *r);

#endif
