/* QR codes as SVG: one path of runs of dark modules, so that a printer draws edges and no pictures. */
#include <qrencode.h>

#include "congvu/paper.h"

enum { QUIET = 4 };

static void put_row(struct cv_buf *out, const unsigned char *row, int width, int y)
{
    for (int x = 0; x < width; x++) {
        int run = 0;
        while (x + run < width && (row[x + run] & 1) != 0)
            run++;
        if (run > 0)
            cv_buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
        x += run;
    }
}

bool pap_qr_svg(struct cv_buf *out, const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return false;
    int side = code->width + 2 * QUIET;
    cv_buf_printf(out,
                  "<svg class=\"qr\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" role=\"img\"><rect "
                  "width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
                  side, side, side, side);
    for (int y = 0; y < code->width; y++)
        put_row(out, code->data + (size_t)y * (size_t)code->width, code->width, y);
    cv_buf_puts(out, "\"/></svg>\n");
    QRcode_free(code);
    return cv_buf_ok(out);
}
