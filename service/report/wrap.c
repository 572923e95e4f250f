/* How many lines a text takes in a cell that breaks it. */
#include <string.h>

#include "report/internal.h"

size_t rep_signs_in(const char *text, size_t len)
{
    size_t signs = 0;
    for (size_t i = 0; i < len; i++)
        signs += ((unsigned char)text[i] & 0xC0) != 0x80;
    return signs;
}

/* A spreadsheet does not say how wide its letters are: a tenth is left for bold and capitals. */
int rep_lines_of(const char *text, double width)
{
    double room = 0.9 * width, at = 0;
    int lines = 1;
    while (room >= 1 && text != NULL && *text != '\0') {
        size_t len = strcspn(text, " \n");
        double signs = (double)rep_signs_in(text, len), gap = at > 0;
        if (at > 0 && at + gap + signs > room) {
            lines++;
            at = gap = 0;
        }
        for (at += gap + signs; at > room; at -= room)
            lines++;
        text += len;
        if (*text == '\n') {
            lines++;
            at = 0;
        }
        text += *text != '\0';
    }
    return lines;
}
