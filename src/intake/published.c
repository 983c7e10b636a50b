/* How the safety check decides: all rules of the version that is asked, and who has signed them. */
#include "intake/published.h"

void safety_rules_get(struct request *r)
{
    const char *doc = ask(r, Q_questionnaire_rules);
    if (!doc)
        return;
    page_value(r, "canonical", "/safety-rules");
    reply_subject(r, "the questionnaire");
    page(r, "intake/safety-rules", doc);
}
