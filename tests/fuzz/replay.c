/* Feeds every file of the folders named in argv to a fuzz target, so that ordinary builds replay the seeds. Ends with 1
 * when a folder holds none: a test that read nothing must not pass. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 4 << 20 };

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(LARGEST);
    int ok = f && data;

    if (ok) {
        size_t n = fread(data, 1, LARGEST, f);
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees the end */

        ok = exact != NULL;
        for (size_t i = 0; ok && i < n; i++)
            exact[i] = data[i];
        if (ok)
            LLVMFuzzerTestOneInput(exact, n);
        free(exact);
    }
    if (f)
        fclose(f);
    free(data);
    return ok;
}

static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    while (dir && (entry = readdir(dir))) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (!replay_file(path)) {
            fprintf(stderr, "cannot read %s\n", path);
            closedir(dir);
            return 0;
        }
        count++;
    }
    if (dir)
        closedir(dir);
    printf("%s: %d seeds\n", folder, count);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (replay_folder(argv[i]) == 0) {
            fprintf(stderr, "no seeds in %s\n", argv[i]);
            return 1;
        }
    }
    return argc > 1 ? 0 : 1;
}
