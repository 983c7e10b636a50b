/* All stored cases under the published version and under another one. */
#ifndef UNKNOT_OPERATOR_TRIAL_H
#define UNKNOT_OPERATOR_TRIAL_H

#include "web/web.h"

/* {"version","is_draft","count","fault" (a sentence: it does not compile; then nothing more),
 * "failing_count","failing":[…],"changed_count","changed":[…],"fine","any_changed"}. A case in a list:
 * {"key","name","now":{"wrong","outcome","urgency","rules","pressure_max"},"was":{…} (of a changed one: under
 * the published version),"expected":{…}}; "wrong": why its answers do not fit that version, and then nothing
 * more. Failing are cases that must hold and do not. `document`: the version that is tried, as the database
 * has it. NULL having replied. */
const char *trial_report(struct request *r, const char *document);

#endif
