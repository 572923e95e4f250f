/* The fonts are four files, asked for by name: none of the machine's settings and no other font has a say, so the same
 * report is the same bytes everywhere, and a missing font is an error. They are read once: Pango's threads keep what
 * they were given for longer than a map lives, so a list of fonts a paper would pile up. */
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "report/letter/pdf/pdf.h"

enum { PATH_ROOM = 4096 };
struct rep_fonts {
    struct cv_lock lock;
    FcConfig *config; /* NULL = not read yet; looked for again at each paper */
    char dir[PATH_ROOM];
};

struct rep_fonts *rep_fonts_new(const char *dir)
{
    struct rep_fonts *fonts = calloc(1, sizeof(*fonts));
    if (fonts == NULL)
        return NULL;
    cv_lock_init(&fonts->lock, CV_RANK_FONTS);
    snprintf(fonts->dir, sizeof(fonts->dir), "%s", dir);
    return fonts;
}

void rep_fonts_free(struct rep_fonts **fonts)
{
    if (*fonts == NULL)
        return;
    if ((*fonts)->config != NULL)
        FcConfigDestroy((*fonts)->config);
    cv_lock_destroy(&(*fonts)->lock);
    free(*fonts);
    *fonts = NULL;
}

/* Debian 12 has version 2 beside version 1, which knows no Vietnamese; later there is one. */
static const char *const usual_folders[] = {"/usr/share/fonts/truetype/liberation2",
                                            "/usr/share/fonts/truetype/liberation"};

static void name_font(char path[PATH_ROOM], const char *folder, const char *face)
{
    snprintf(path, PATH_ROOM, "%s/LiberationSerif-%s.ttf", folder, face);
}

static const char *find_folder(const char *given)
{
    char path[PATH_ROOM];
    for (size_t i = 0; i < CV_COUNT(usual_folders) && *given == '\0'; i++) {
        name_font(path, usual_folders[i], "Regular");
        if (access(path, R_OK) == 0)
            return usual_folders[i];
    }
    return *given != '\0' ? given : usual_folders[0];
}

static bool has_vietnamese(const FcFontSet *fonts)
{
    enum { O_WITH_HORN_AND_DOT = 0x1EE3 };
    FcCharSet *letters;
    return fonts != NULL && fonts->nfont > 0 &&
           FcPatternGetCharSet(fonts->fonts[fonts->nfont - 1], FC_CHARSET, 0, &letters) == FcResultMatch &&
           FcCharSetHasChar(letters, O_WITH_HORN_AND_DOT);
}

static bool add_font(FcConfig *config, const char *folder, const char *face, struct cv_error *err)
{
    char path[PATH_ROOM];
    name_font(path, folder, face);
    if (access(path, R_OK) != 0 || !FcConfigAppFontAddFile(config, (const FcChar8 *)path))
        return cv_fail(err, cvp_font_missing, NULL, "Không đọc được phông chữ %s", "The font %s cannot be read", path);
    return has_vietnamese(FcConfigGetFonts(config, FcSetApplication)) ||
           cv_fail(err, cvp_font_missing, NULL, "Phông chữ %s không có chữ tiếng Việt (cần bản 2)",
                   "The font %s has no Vietnamese letters (version 2 is needed)", path);
}

static bool add_fonts(FcConfig *config, const char *folder, struct cv_error *err)
{
    static const char *const faces[] = {"Regular", "Bold", "Italic", "BoldItalic"};
    bool ok = config != NULL || cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    for (size_t i = 0; i < CV_COUNT(faces) && ok; i++)
        ok = add_font(config, folder, faces[i], err);
    return ok;
}

static FcConfig *read_fonts(const char *dir, struct cv_error *err)
{
    FcConfig *config = FcConfigCreate();
    if (add_fonts(config, find_folder(dir), err))
        return config;
    if (config != NULL)
        FcConfigDestroy(config);
    return NULL;
}

PangoFontMap *rep_fonts_map(struct rep_fonts *fonts, struct cv_error *err)
{
    cv_lock_take(&fonts->lock);
    if (fonts->config == NULL)
        fonts->config = read_fonts(fonts->dir, err);
    FcConfig *config = fonts->config;
    cv_lock_give(&fonts->lock);
    if (config == NULL)
        return NULL;
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    return map;
}
