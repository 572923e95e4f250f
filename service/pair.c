/* `congvud directory promote`: another server of the site is the one that is written to, says a person. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "congvu/server.h"
#include "service.h"

static void say(void *ctx, const char *line)
{
    (void)ctx;
    fprintf(stderr, "congvud: %s\n", line);
}

static bool understood(const struct options *options, struct cv_error *err)
{
    if (options->folder == NULL || strcmp(options->folder, "promote") != 0)
        return cv_fail(err, cvp_validation_failed, NULL, "Chỉ có: congvud directory promote",
                       "There is only: congvud directory promote");
    return options->url != NULL || cv_fail(err, cvp_validation_failed, NULL, "Cần --url: máy chủ sẽ nhận ghi",
                                           "Needs --url: the server that is to be written to");
}

bool machine_promote(const struct options *options, struct service *s, struct cv_error *err)
{
    const struct conf *c = &s->conf;
    const struct dir_config config = {.uri = c->directory_uri,
                                      .base = c->directory_base,
                                      .bind_dn = *c->directory_bind_dn != '\0' ? c->directory_bind_dn : NULL,
                                      .password_file =
                                          *c->directory_password_file != '\0' ? c->directory_password_file : NULL,
                                      .ca_file = *c->directory_ca_file != '\0' ? c->directory_ca_file : NULL,
                                      .connect_ms = (int)c->directory_connect_ms};
    int64_t term;
    if (!understood(options, err) || !cv_text_init(err) || !cv_clock_init(c->timezone, c->clock_offset, err) ||
        !dir_promote(&config, options->url, options->accept_missing, say, NULL, &term, err))
        return false;
    printf("%s is written to from now on, term %" PRId64 "; run the former one as its follower before it comes back / "
           "từ nay ghi vào máy chủ này; hãy cho máy chủ cũ chạy theo nó trước khi bật lại\n",
           options->url, term);
    return true;
}
