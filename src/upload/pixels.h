/* A picture as pixels, inside the child alone. */
#ifndef UNKNOT_UPLOAD_PIXELS_H
#define UNKNOT_UPLOAD_PIXELS_H

#include "upload/upload.h"

struct pixels {
    unsigned char *rgb; /* rows without gaps; the caller's to free */
    uint32_t width, height;
};

/* A JPEG the right way up, or a PNG on white; at most 3,200 pixels a side. */
enum redrawn pixels_read(struct str data, struct pixels *p);
enum redrawn pixels_jpeg(const struct pixels *p, int quality, struct buf *out);

#endif
