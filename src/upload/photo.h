/*
 * Somebody's photo: a square part of a picture in three sizes, each as WebP and as JPEG, and the whole
 * picture, smaller, from which another part can be cut later. Made by the same child without rights that
 * draws pictures anew (upload.h).
 */
#ifndef UNKNOT_UPLOAD_PHOTO_H
#define UNKNOT_UPLOAD_PHOTO_H

#include "upload/upload.h"

enum { PHOTO_FILES = 7, PHOTO_SIDE_MIN = 160, PHOTO_WHOLE = 1280 };

/* Which part: 0, 50 or 100 of 100 from the left and from the top; how large its side is, in 100 of the
 * picture's shorter one. */
struct photo_part {
    int across, down, side;
};

/* What the files are, in the order in which they come. Size 0: the whole. */
struct photo_kind {
    int size;
    const char *kind; /* webp, jpg */
};
extern const struct photo_kind photo_kinds[PHOTO_FILES];

/* Into *out, whose max is set here, with file[n] lying in it. NULL, or what to tell whoever sent it. Takes up
 * to 4.5 seconds. */
const char *photo_make(const char *program, struct str data, struct photo_part part, struct buf *out,
                       struct str file[PHOTO_FILES]);

/* What the child does, in memory: the files, each after its length in four bytes, most significant first. */
enum redrawn photo_draw(struct str data, struct photo_part part, struct buf *out);
/* The files in what it wrote; false for anything else. */
bool photo_split(struct str drawn, struct str file[PHOTO_FILES]);

#endif
