/* Patterns as a tree of segments; a literal segment wins over a {parameter}, with a way back when it leads nowhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

struct node {
    const char *literal; /* in the pattern; not terminated */
    size_t len;
    struct node *next;     /* sibling literals */
    struct node *children; /* literals below */
    struct node *param;    /* the {parameter} below */
    struct htp_place place;
    bool here; /* place holds a route */
    bool tail; /* a {parameter} that takes the rest of the path */
};

struct htp_router {
    struct node root;
};

static const char *const method_names[HTP_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

static void free_node(struct node *node)
{
    struct node *next;

    for (struct node *child = node->children; child; child = next) {
        next = child->next;
        free_node(child);
        free(child);
    }
    if (node->param) {
        free_node(node->param);
        free(node->param);
    }
}

static struct node *literal_below(const struct node *node, const char *segment, size_t len)
{
    for (struct node *child = node->children; child; child = child->next)
        if (child->len == len && memcmp(child->literal, segment, len) == 0)
            return child;
    return NULL;
}

/* The node below for this segment of a pattern, made when missing; NULL when out of memory. */
static struct node *grow(struct node *node, const char *segment, size_t len)
{
    bool param = segment[0] == '{';
    struct node *child = param ? node->param : literal_below(node, segment, len);

    if (child)
        return child;
    child = calloc(1, sizeof(*child));
    if (!child)
        return NULL;
    if (param) {
        node->param = child;
    } else {
        child->literal = segment;
        child->len = len;
        child->next = node->children;
        node->children = child;
    }
    return child;
}

static void write_allow(struct htp_place *place)
{
    size_t n = (size_t)snprintf(place->allow, sizeof(place->allow), "OPTIONS");

    for (int m = 0; m < HTP_METHODS; m++) {
        if (place->by_method[m]) {
            n += (size_t)snprintf(place->allow + n, sizeof(place->allow) - n, ", %s%s", method_names[m],
                                  m == HTP_GET ? ", HEAD" : "");
        }
    }
}

static bool pattern_ok(const char *pattern)
{
    int params = 0;
    int segments = 0;

    for (const char *p = pattern; *p; p++) {
        params += *p == '{';
        segments += *p == '/';
    }
    return pattern[0] == '/' && params <= HTP_MAX_PARAMS && segments <= HTP_MAX_SEGMENTS;
}

static bool add_route(struct htp_router *router, const struct htp_route *route, struct cv_error *err)
{
    struct node *node = &router->root;
    const char *p = route->pattern;

    if (!pattern_ok(p))
        return cv_fail_as(err, CV_INTERNAL, NULL, "Mẫu đường dẫn không hợp lệ: %s", "Not a route pattern: %s", p);
    while (node && *p == '/') {
        size_t len = strcspn(p + 1, "/");

        node = grow(node, p + 1, len);
        p += len + 1;
    }
    if (!node) {
        return cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ khi lập bảng đường dẫn (%s)",
                          "Out of memory making the table of routes (%s)", route->pattern);
    }
    if (node->place.by_method[route->method]) {
        return cv_fail_as(err, CV_INTERNAL, NULL, "Đường dẫn khai báo hai lần: %s %s",
                          "This route is there twice: %s %s", method_names[route->method], route->pattern);
    }
    node->place.by_method[route->method] = route;
    node->here = true;
    node->tail = route->tail;
    write_allow(&node->place);
    return true;
}

struct htp_router *htp_router_new(const struct htp_route *routes, size_t count, struct cv_error *err)
{
    struct htp_router *router = calloc(1, sizeof(*router));

    if (!router) {
        cv_fail_as(err, CV_INTERNAL, NULL, "Hết bộ nhớ khi lập bảng đường dẫn",
                   "Out of memory making the table of routes");
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_route(router, &routes[i], err)) {
            htp_router_free(&router);
            return NULL;
        }
    }
    return router;
}

void htp_router_free(struct htp_router **router)
{
    if (*router) {
        free_node(&(*router)->root);
        free(*router);
        *router = NULL;
    }
}

struct walk {
    struct htp_piece *params;
    size_t count;
};

/* `p` stands at a '/' or at the end. */
static const struct htp_place *descend(const struct node *node, const char *p, struct walk *walk)
{
    const struct htp_place *found = NULL;
    const struct node *literal;
    size_t len;

    if (*p == '\0')
        return node->here ? &node->place : NULL;
    len = (size_t)(strchrnul(p + 1, '/') - (p + 1));
    literal = literal_below(node, p + 1, len);
    if (literal)
        found = descend(literal, p + 1 + len, walk);
    if (!found && node->param && len > 0 && walk->count < HTP_MAX_PARAMS) {
        size_t mark = walk->count;

        if (node->param->tail)
            len = strlen(p + 1);
        walk->params[walk->count++] = (struct htp_piece){p + 1, len};
        found = descend(node->param, p + 1 + len, walk);
        walk->count = found ? walk->count : mark;
    }
    return found;
}

const struct htp_place *htp_router_find(const struct htp_router *router, const char *path,
                                        struct htp_piece out_params[HTP_MAX_PARAMS], size_t *out_count)
{
    struct walk walk = {.params = out_params};
    const struct htp_place *place = descend(&router->root, path, &walk);

    *out_count = walk.count;
    return place;
}
