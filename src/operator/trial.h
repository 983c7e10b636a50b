/* All stored cases under the published version and under another one. */
#ifndef UNKNOT_OPERATOR_TRIAL_H
#define UNKNOT_OPERATOR_TRIAL_H

#include "web/web.h"

/* {"version","is_draft","count","fault" (a sentence: it does not compile; then nothing
 * more),"failing_count","failing":[…],
 * "changed_count","changed":[{"key","name","wrong","was":{…},"now":{"outcome","urgency","rules","pressure_max"},
 * "expected":{…},"must_hold"}]}. NULL having replied. */
const char *trial_report(struct request *r, const char *document);

#endif
