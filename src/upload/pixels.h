/* A picture as pixels, inside the child alone. */
#ifndef UNKNOT_UPLOAD_PIXELS_H
#define UNKNOT_UPLOAD_PIXELS_H

#include "upload/upload.h"

struct pixels {
    unsigned char *rgb; /* rows without gaps; the caller's to free */
    uint32_t width, height;
};

/* A JPEG the right way up, read at a half, a quarter or an eighth where its longer side is above 3,200
 * pixels; or a PNG on white, as large as it is. p->rgb is the caller's to free whatever comes back. */
enum redrawn pixels_read(struct str data, struct pixels *p);
/* Appends it as a JPEG; quality from 1 to 100, as libjpeg counts. */
enum redrawn pixels_jpeg(const struct pixels *p, int quality, struct buf *out);

#endif
