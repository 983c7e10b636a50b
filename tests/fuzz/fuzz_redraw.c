/* Pictures as anybody may send them. The two libraries are the distribution's; what is ours is what they are
 * told. */
#include "upload/photo.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};
    struct buf out = {.max = 1 << 20}, again = {.max = 1 << 20};
    struct str file[PHOTO_FILES];
    if (photo_split(in, file) &&
        (file[0].p != in.p + 4 || file[PHOTO_FILES - 1].p + file[PHOTO_FILES - 1].n != in.p + in.n))
        abort();
    if (upload_kind(in) != UPLOAD_JPEG && upload_kind(in) != UPLOAD_PNG)
        return 0;
    if (redraw(in, &out) == REDRAWN) {
        struct str drawn = {out.p, out.n};
        if (upload_kind(drawn) != upload_kind(in) || redraw(drawn, &again) == REDRAW_UNREADABLE)
            abort();
    }
    buf_free(&out);
    buf_free(&again);
    return 0;
}
