/* The command line: which command, which settings. */
#include <stdio.h>
#include <string.h>

#include "service.h"

struct word {
    const char *word;
    enum command command;
};
static const struct word words[] = {
    {"serve", CMD_SERVE},
    {"healthcheck", CMD_HEALTHCHECK},
    {"check-config", CMD_CHECK_CONFIG},
    {"routes", CMD_ROUTES},
    {"fields", CMD_FIELDS},
    {"settings", CMD_SETTINGS},
    {"token", CMD_TOKEN},
    {"backup", CMD_BACKUP},
    {"restore", CMD_RESTORE},
    {"open", CMD_OPEN},
    {"check-directory", CMD_CHECK},
    {"check-data", CMD_CHECK_DATA},
    {"confirm-clock", CMD_CONFIRM_CLOCK},
    {"directory", CMD_DIRECTORY},
    {"audit", CMD_AUDIT},
    {"--help", CMD_HELP},
    {"-h", CMD_HELP},
    {"--version", CMD_VERSION},
};

void options_help(void)
{
    fputs("congvud - official accounts for government staff / cấp tài khoản công vụ\n"
          "\n"
          "  congvud serve --data-dir DIR [--listen ADDR:PORT] [--config FILE] [--NAME VALUE ...]\n"
          "      run the service with an embedded directory in DIR (or with directory_uri of the settings);\n"
          "      port 0 picks a free one; the ready line on stdout is one JSON object\n"
          "  congvud check-config [--config FILE] [--NAME VALUE ...]\n"
          "      say all faults of the settings, exit 0 when there are none\n"
          "  congvud check-directory [--config FILE] [--NAME VALUE ...]\n"
          "      that, and by behaviour whether the directory server is configured as deploy/openldap says: what must "
          "be\n"
          "      unique is written twice, what must be indexed is searched for; beside the running service\n"
          "  congvud healthcheck --url http://ADDR:PORT\n"
          "      exit 0 when the service at that address is ready\n"
          "  congvud token --data-dir DIR [--config FILE] [--NAME VALUE ...]\n"
          "      make a token with every right and print its secret: the way back when the last one is lost;\n"
          "      run it as the service's user, while the service runs or not\n"
          "  congvud backup NEW-FOLDER --data-dir DIR [...]\n"
          "      everything but the key, while the service runs or not; loaded once on trial before it gets its name\n"
          "  congvud restore BACKUP --data-dir NEW-DIR --key-file FILE --log-of OLD-DIR | --without-log [...]\n"
          "      the way back; what was done since is done again from the dead machine's log, what that lacks is\n"
          "      printed by name. Without a log the service opens closed: it reads, and changes nothing until\n"
          "  congvud open --data-dir DIR [...]\n"
          "      somebody has looked and says so\n"
          "  congvud check-data --data-dir DIR [--config FILE] [--NAME VALUE ...]\n"
          "      list what faults of earlier versions did to the data, a JSON object a line, and a summary; changes\n"
          "      nothing, while the service runs or not; exit 0 when there is nothing, 1 when there is\n"
          "  congvud confirm-clock --data-dir DIR [...]\n"
          "      the clock is right although it jumped ahead: the calendar of the running service goes on\n"
          "  congvud directory promote --url URI [--accept-missing] --config FILE\n"
          "      this server of the site is the one that is written to from now on; ends with the list of what may be\n"
          "      missing there, unless that is accepted\n"
          "  congvud directory print --role provider|standby --config FILE [--url URI --replica-password-file FILE]\n"
          "      the slapd.conf of the server that takes writes, or of one that follows the server at URI\n"
          "  congvud directory single --config FILE\n"
          "      names are given although no other server of the site follows, until one does; it is recorded\n"
          "  congvud directory rejoin --config FILE [--slapd-conf FILE]\n"
          "      on the machine of a former server, its slapd stopped and its configuration a standby's: lists what "
          "only\n"
          "      it has and which names were given twice, keeps its data as LDIF and empties its databases\n"
          "  congvud audit verify DIR [--audit-witness FILE] [--audit-key KEY]\n"
          "      whether anything in an evidence log was changed, from its files alone; exit 1 and the first bad\n"
          "      entry when there is one. KEY: what DIR/verifier says, kept elsewhere; FILE: see audit_witness\n"
          "  congvud routes      the table of routes and rights, as JSON lines\n"
          "  congvud fields      the members of records in JSON, as JSON lines\n"
          "  congvud settings    a commented sample of the settings file\n"
          "  congvud --version   what this is\n"
          "\n"
          "Every setting can be given as --name value, as CONGVU_NAME in the environment, or in the file; see 'congvud "
          "settings'.\n",
          stdout);
}

static bool add_override(struct options *o, struct cv_arena *arena, const char *option, const char *value,
                         struct cv_error *err)
{
    if (o->override_count == CV_COUNT(o->overrides))
        return cv_fail(err, cvp_validation_failed, NULL, "Quá nhiều tùy chọn", "Too many options");
    char *line = cv_arena_printf(arena, "%s=%s", option, value);
    for (char *p = line; *p != '='; p++)
        if (*p == '-')
            *p = '_';
    o->overrides[o->override_count++] = line;
    return true;
}

static bool take_option(struct options *o, struct cv_arena *arena, int argc, char **argv, int *i, struct cv_error *err)
{
    const char *name = argv[*i] + 2;
    if (strcmp(name, "allow-root") == 0)
        return add_override(o, arena, name, "true", err);
    if (strcmp(name, "without-log") == 0) {
        o->without_log = true;
        return true;
    }
    if (strcmp(name, "accept-missing") == 0) {
        o->accept_missing = true;
        return true;
    }
    if (*i + 1 >= argc)
        return cv_fail(err, cvp_validation_failed, NULL, "Tùy chọn --%s thiếu giá trị", "The option --%s needs a value",
                       name);
    const char *value = argv[++*i];
    if (strcmp(name, "config") == 0)
        o->config_file = value;
    else if (strcmp(name, "url") == 0)
        o->url = value;
    else if (strcmp(name, "log-of") == 0)
        o->log_of = value;
    else if (strcmp(name, "role") == 0)
        o->role = value;
    else if (strcmp(name, "replica-password-file") == 0)
        o->password_file = value;
    else if (strcmp(name, "slapd-conf") == 0)
        o->slapd_conf = value;
    else if (o->command == CMD_AUDIT && strcmp(name, "audit-key") == 0)
        o->audit_key = value;
    else if (o->command == CMD_AUDIT && strcmp(name, "audit-witness") == 0)
        o->audit_witness = value;
    else
        return add_override(o, arena, name, value, err);
    return true;
}

static bool takes_folder(enum command command)
{
    return command == CMD_BACKUP || command == CMD_RESTORE || command == CMD_DIRECTORY || command == CMD_AUDIT;
}

/* A word that is no option: the folder, or what to do and then with which. */
static bool take_word(struct options *o, const char *word)
{
    const char **place = o->folder == NULL ? &o->folder : &o->object;
    if (!takes_folder(o->command) || *place != NULL || (place == &o->object && o->command != CMD_AUDIT))
        return false;
    *place = word;
    return true;
}

bool options_parse(int argc, char **argv, struct cv_arena *arena, struct options *out, struct cv_error *err)
{
    *out = (struct options){.command = CMD_HELP};
    const char *word = argc > 1 ? argv[1] : "--help";
    size_t k = 0;
    while (k < CV_COUNT(words) && strcmp(words[k].word, word) != 0)
        k++;
    if (k == CV_COUNT(words))
        return cv_fail(err, cvp_validation_failed, NULL, "Không có lệnh “%s”; xem congvud --help",
                       "No command “%s”; see congvud --help", word);
    out->command = words[k].command;
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0 && take_word(out, argv[i]))
            continue;
        if (strncmp(argv[i], "--", 2) != 0)
            return cv_fail(err, cvp_validation_failed, NULL, "Không hiểu “%s”", "Not understood: “%s”", argv[i]);
        if (!take_option(out, arena, argc, argv, &i, err))
            return false;
    }
    return true;
}
