/*
 * The squares of a QR code (ISO/IEC 18004) as one path: a piece for each run of dark squares in a row,
 * which is far less markup than a piece for each square.
 */
#include "view/qr.h"

#include <qrencode.h>

#define MARGIN 4 /* squares that the standard wants free around it */

/* A run of dark squares of one row from `x` on: one piece of the path. Returns where it ended. */
static int put_run(struct buf *out, const unsigned char *row, int width, int x, int y)
{
    int end = x;
    while (end < width && (row[end] & 1))
        end++;
    buf_printf(out, "M%d %dh%dv1h-%dz", x + MARGIN, y + MARGIN, end - x, end - x);
    return end;
}

static void put_squares(struct buf *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (ptrdiff_t)y * code->width;
        for (int x = 0; x < code->width; x++)
            if (row[x] & 1)
                x = put_run(out, row, code->width, x, y);
    }
}

bool svg_qr(struct buf *out, const char *text, const char *label)
{
    size_t n = strlen(text);
    QRcode *code = n > 0 && n <= QR_TEXT_MAX ? QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;
    if (!code)
        return false;
    int side = code->width + 2 * MARGIN;
    buf_puts(out, "<svg class=\"qr\" role=\"img\" aria-label=\"");
    buf_html(out, label, strlen(label));
    buf_printf(
        out,
        "\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
        "<path fill=\"#000\" d=\"",
        side, side, side, side);
    put_squares(out, code);
    buf_puts(out, "\"/></svg>");
    QRcode_free(code);
    return !out->failed;
}
