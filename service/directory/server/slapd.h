/* Inside directory/: the embedded server's files, apart from the process that watches it. */
#pragma once

#include "congvu/server.h"
#include "directory/internal.h"

enum { DIR_PATH_MAX = 512 };

struct slapd_paths {
    char data[DIR_PATH_MAX];    /* absolute */
    char folder[DIR_PATH_MAX];  /* DATA/slapd */
    char config[DIR_PATH_MAX];  /* DATA/slapd/slapd.conf */
    char schema[DIR_PATH_MAX];  /* DATA/slapd/congvu.schema */
    char log[DIR_PATH_MAX];     /* DATA/slapd/slapd.log */
    char socket[DIR_PATH_MAX];  /* DATA/run/ldapi */
    char uri[DIR_PATH_MAX * 3]; /* ldapi://%2F... */
    char program[DIR_PATH_MAX]; /* slapd */
};

extern const char dir_schema_text[]; /* schema.S */

/* The databases, each in a folder of its own; the one list of them. */
struct slapd_database {
    const char *name, *suffix; /* suffix NULL = the base */
    bool kept;                 /* of value: backed up, and missed when it is not there */
};
enum { SLAPD_MAIN, SLAPD_LOG, SLAPD_USAGE, SLAPD_WORK, SLAPD_LEASES, SLAPD_DATABASES };
extern const struct slapd_database slapd_databases[SLAPD_DATABASES];
/* DATA/run and a folder for each; `data` is there. */
bool slapd_make_folders(const char *data, struct cv_error *err);

/* Makes the folders (0700), refuses what others could enter, takes the lock. *out_lock is the descriptor that holds it.
 */
bool slapd_files_open(const struct dir_embedded_options *options, struct slapd_paths *out, int *out_lock,
                      struct cv_error *err);
/* Where things lie in a data folder that is there; makes nothing. */
bool slapd_files_find(const char *data_dir, struct slapd_paths *out, struct cv_error *err);
bool slapd_find_program(char *out, size_t size);
/* Ours without what is said to systemd: slapd 2.6 says READY=1 there itself, before we answer. free() it, not the
 * texts; NULL = no memory. */
char **slapd_environment(void);
/* Whole or not at all is the caller's affair: truncates and writes. */
bool slapd_write_file(const char *path, const char *bytes, size_t len, struct cv_error *err);
/* Writes schema and configuration; *out_reindex: databases exist and were made with other indices. */
bool slapd_files_write(const struct dir_embedded_options *options, const struct slapd_paths *paths, bool *out_reindex,
                       struct cv_error *err);
/* Remembers that the databases fit the schema and indices written last. */
bool slapd_files_indexed(const struct slapd_paths *paths, struct cv_error *err);
/* Room in a database's file for what comes, never past `most` bytes; nothing where there is little left. slapd does not
 * run. */
void slapd_write_ahead(const char *path, uint64_t most);
/* Last line of slapd's log, for a failure's lib_text. */
void slapd_log_tail(const struct slapd_paths *paths, char *out, size_t size);
/* An open descriptor to append to; starts anew when it grew past its bound. -1 when impossible. */
int slapd_log_open(const struct slapd_paths *paths);
void slapd_config_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, struct cv_buf *out);
/* Of one database alone, for slapd's own reader: data of an older version may lack the others. */
void slapd_reading_text(const struct dir_embedded_options *options, const struct slapd_paths *paths, const char *suffix,
                        const char *folder, struct cv_buf *out);
/* "127.0.0.1:0" -> "ldap://127.0.0.1:41234": loopback only, port 0 becomes a free one. "" or NULL gives "". */
bool slapd_listen_uri(const char *listen, char *out, size_t size, struct cv_error *err);
/* Data that a later program made: always refused in the same words. */
bool dir_newer_data(struct cv_error *err);
/* What the indices depend on. */
void slapd_index_text(struct cv_buf *out);
