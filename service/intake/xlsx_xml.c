/* One part of an XLSX file: unpacked by libzip, parsed by expat, in pieces. Every size is counted as it comes, whatever
 * the file says of itself. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "intake/internal.h"

enum { PIECE = 32 << 10 };

struct int_xml {
    XML_Parser parser;
    const struct int_xml_handlers *handlers;
    bool done, doctype;
};

/* ---- memory of the parser: bounded, since it keeps a tag until it has all of it ---- */
static _Thread_local size_t in_use;

struct block {
    size_t size;
    max_align_t memory[];
};

static void *bounded(void *memory, size_t size)
{
    struct block *old = memory ? (struct block *)(void *)((char *)memory - offsetof(struct block, memory)) : NULL;
    size_t before = old ? old->size : 0;
    if (size > INT_XML_MEMORY || in_use - before + size > INT_XML_MEMORY)
        return NULL;
    struct block *fresh = realloc(old, sizeof(*fresh) + size);
    if (fresh == NULL)
        return NULL;
    in_use += size - before;
    fresh->size = size;
    return fresh->memory;
}

static void *give(size_t size)
{
    return bounded(NULL, size);
}

static void take_back(void *memory)
{
    if (memory == NULL)
        return;
    struct block *block = (struct block *)(void *)((char *)memory - offsetof(struct block, memory));
    in_use -= block->size;
    free(block);
}

/* ---- names without their prefix ---- */
static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *int_xml_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(local(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void XMLCALL begin(void *ctx, const char *name, const char **attributes)
{
    struct int_xml *x = ctx;
    if (!x->done && x->handlers->begin)
        x->handlers->begin(x, local(name), attributes);
}

static void XMLCALL end(void *ctx, const char *name)
{
    struct int_xml *x = ctx;
    if (!x->done && x->handlers->end)
        x->handlers->end(x, local(name));
}

static void XMLCALL text(void *ctx, const char *s, int len)
{
    struct int_xml *x = ctx;
    if (!x->done && x->handlers->text)
        x->handlers->text(x, s, len);
}

/* No spreadsheet has a DTD; whoever sends one wants entities. */
static void XMLCALL doctype(void *ctx, const char *name, const char *system, const char *public, int subset)
{
    struct int_xml *x = ctx;
    (void)name;
    (void)system;
    (void)public;
    (void)subset;
    x->doctype = true;
    int_xml_stop(x);
}

void *int_xml_ctx(struct int_xml *x)
{
    return x->handlers->ctx;
}

void int_xml_stop(struct int_xml *x)
{
    x->done = true;
    XML_StopParser(x->parser, XML_FALSE);
}

/* ---- the part ---- */
static bool size_ok(const zip_stat_t *stat, size_t unpacked)
{
    bool ratio = (stat->valid & ZIP_STAT_COMP_SIZE) && unpacked > INT_RATIO_FREE &&
                 unpacked / INT_RATIO_MAX > (size_t)stat->comp_size;
    return unpacked <= INT_PART_MAX && !ratio;
}

static bool too_big(struct cv_error *err)
{
    return int_too_large(err, "Tệp nén bung ra quá lớn; vui lòng lưu lại bằng Excel hoặc chia nhỏ danh sách",
                         "The packed file unpacks to too much; please save it again in Excel or split the list");
}

static bool broken(struct cv_error *err)
{
    return int_unreadable(err, "Tệp .xlsx bị hỏng; vui lòng mở và lưu lại bằng Excel",
                          "The .xlsx file is damaged; please open it in Excel and save it again");
}

static bool parse(struct int_xml *x, zip_file_t *file, const zip_stat_t *stat, struct cv_error *err)
{
    size_t unpacked = 0;
    for (;;) {
        void *piece = XML_GetBuffer(x->parser, PIECE);
        zip_int64_t got = piece ? zip_fread(file, piece, PIECE) : -1;
        if (got < 0)
            return piece ? broken(err) : too_big(err);
        unpacked += (size_t)got;
        if (!size_ok(stat, unpacked))
            return too_big(err);
        enum XML_Status status = XML_ParseBuffer(x->parser, (int)got, got == 0);
        if (x->doctype)
            return int_unreadable(err, "Tệp có khai báo DTD, bảng tính thật không có; vui lòng lưu lại bằng Excel",
                                  "The file declares a DTD, which no spreadsheet does; please save it again in Excel");
        if (x->done)
            return true;
        if (status == XML_STATUS_ERROR)
            return XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY ? too_big(err) : broken(err);
        if (got == 0)
            return true;
    }
}

static bool parse_with(struct int_xml *x, zip_file_t *file, const zip_stat_t *stat, struct cv_error *err)
{
    static const XML_Memory_Handling_Suite memory = {give, bounded, take_back};
    x->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (x->parser == NULL)
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ", "Out of memory");
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, begin, end);
    XML_SetCharacterDataHandler(x->parser, text);
    XML_SetStartDoctypeDeclHandler(x->parser, doctype);
    XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
    bool ok = parse(x, file, stat, err);
    XML_ParserFree(x->parser);
    return ok && err->kind == CV_OK;
}

bool int_xml_part(struct int_list *list, const char *part, bool optional, const struct int_xml_handlers *handlers,
                  struct cv_error *err)
{
    struct int_xml x = {.handlers = handlers};
    zip_stat_t stat;
    zip_int64_t at = zip_name_locate(list->book.zip, part, ZIP_FL_NOCASE);
    if (at < 0)
        return optional || broken(err);
    if (zip_stat_index(list->book.zip, (zip_uint64_t)at, 0, &stat) != 0)
        return broken(err);
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
        return int_unreadable(err, "Tệp có mật khẩu; vui lòng bỏ mật khẩu",
                              "The file has a password; please remove it");
    if ((stat.valid & ZIP_STAT_SIZE) && !size_ok(&stat, (size_t)stat.size))
        return too_big(err);
    zip_file_t *file = zip_fopen_index(list->book.zip, (zip_uint64_t)at, 0);
    if (file == NULL)
        return broken(err);
    bool ok = parse_with(&x, file, &stat, err);
    zip_fclose(file);
    return ok;
}
