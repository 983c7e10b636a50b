/*
 * A QR code as markup, for a text that another device is to read: the address of a page, the key of an app.
 */
#ifndef UNKNOT_VIEW_QR_H
#define UNKNOT_VIEW_QR_H

#include "core/text.h"

#define QR_TEXT_MAX                                                                                          \
    512 /* bytes; more is refused: its squares would be too small for a phone held by hand                   \
         */

/* <svg class="qr" role="img"> of `text` named `label` (escaped here), dark on a white ground with the margin
 * that readers need, in any theme and on paper; it may go under `raw.`. One unit a square; it has no size of
 * its own. False when the text is empty, too long or memory is short. */
bool svg_qr(struct buf *out, const char *text, const char *label);

#endif
