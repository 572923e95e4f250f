/* Text: Vietnamese done right, by ICU and in one place.
 *
 * Story of use. Every text that enters is brought to NFC (cv_text_nfc), so that one name typed as NFC, NFD or
 * Windows-1258 style letters + marks is one byte string. Search works on cv_text_fold (no tone marks, d for đ, lower
 * case, single blanks); order works on cv_text_sort_key (CLDR `vi`: a ă â ... d đ ...; tones level, huyền, hỏi, ngã,
 * sắc, nặng), compared with memcmp. The results do not depend on the process locale.
 *
 * Thread: any, after cv_text_init(); sort keys use one collator per thread inside. Memory: results live in the arena
 * given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/error.h"
#include "congvu/memory.h"

/* Opens ICU's normaliser and the `vi` collation once. Fails when ICU has no Vietnamese collation data. */
bool cv_text_init(struct cv_error *err);
void cv_text_close(void);

/* Valid UTF-8 (RFC 3629), no NUL. */
bool cv_text_valid(const char *s, size_t len);
size_t cv_text_length(const char *s); /* code points */
/* Byte for byte; NULL is like NULL only. */
bool cv_text_same(const char *a, const char *b);

/* NFC, outer blanks cut, every run of blanks (also U+00A0, U+200B dropped) one space. Invalid UTF-8 gives NULL. */
const char *cv_text_nfc(struct cv_arena *arena, const char *s);
/* A sign without width between two letters, or 0: nobody can tell whether it stands for a blank, and cv_text_nfc would
 * make one word of two. */
uint32_t cv_text_hidden_sign(const char *s);
/* A secret as it is counted, kept and compared, however it was typed: NFC, every kind of blank a space, nothing cut
 * (RFC 8265, OpaqueString). NULL: not UTF-8, or a sign that no secret may have (controls, what cannot be seen). The
 * result is the caller's to wipe; nothing else of it stays in the arena. */
char *cv_text_opaque(struct cv_arena *arena, const char *secret);

/* Search key: lower case, marks stripped, đ -> d, everything but letters and digits is a blank between words; no outer
 * blanks. "Nguyễn Đức Ước" -> "nguyen duc uoc", "K'Bảy" -> "kbay" (an apostrophe vanishes). */
const char *cv_text_fold(struct cv_arena *arena, const char *s);
/* The same with apostrophes as blanks, "K'Bảy" -> "k bay"; NULL when there is none. */
const char *cv_text_fold_apart(struct cv_arena *arena, const char *s);

/* Bytes to compare with memcmp. out_len excludes no terminator. */
const uint8_t *cv_text_sort_key(struct cv_arena *arena, const char *s, size_t *out_len);
/* Identifies ICU + collation version: page tokens carry it. */
const char *cv_text_collation_version(void);

/* Looks like a legacy TCVN3 (".VnTime") or VNI text that was read as Latin-1: "NguyÔn V¨n", "Nguyeãn Vaên". Such a name
 * must be refused, never stored. */
bool cv_text_legacy_charset(const char *s);

/* The first sign that no name of a person has. A name begins with a letter and has Latin letters with their marks,
 * blanks, apostrophes and hyphens. `out` gets the sign itself, "" when all are fine. */
enum cv_name_sign {
    CV_SIGN_FINE,
    CV_SIGN_LIST_NUMBER, /* a digit at the head: "12. Nguyễn Văn An" */
    CV_SIGN_DIGIT,       /* "Nguyễn Văn An 2" */
    CV_SIGN_STOP,        /* "ThS. Nguyễn Văn An", "Nguyễn V. An" */
    CV_SIGN_FOREIGN,     /* a letter of another script that looks like ours: Cyrillic "А" */
    CV_SIGN_OTHER,       /* brackets, slashes, commas, ... */
};
enum { CV_SIGN_TEXT = 8 };
enum cv_name_sign cv_text_name_sign(const char *s, char out[CV_SIGN_TEXT]);

/* A name in capitals only, or in none, as it is written: "H'HEN NIÊ" -> "H'Hen Niê". NULL when it has both. */
const char *cv_text_proper(struct cv_arena *arena, const char *s);
const char *cv_text_lower(struct cv_arena *arena, const char *s); /* marks stay: "BÀ" -> "bà" */
const char *cv_text_upper(struct cv_arena *arena, const char *s);

/* Bytes of another charset ("UTF-16LE", "windows-1258", "ISO-8859-1": ICU's names) as UTF-8, not normalised; what has
 * no meaning there becomes U+FFFD. NULL: ICU does not know the charset. */
const char *cv_text_from_charset(struct cv_arena *arena, const char *charset, const void *bytes, size_t len);

/* ASCII helpers that never look at the locale. */
char cv_ascii_lower(char c);
int cv_ascii_casecmp(const char *a, const char *b);
bool cv_ascii_same(const char *a, const char *b);      /* both there, and the same so */
bool cv_ascii_is(const char *s, bool (*accept)(char)); /* true for "" */
