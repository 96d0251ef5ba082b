/* Runs a fuzz target over every file of the given folders: libFuzzer's replay without libFuzzer.
 * Exit status 1 when a folder is missing or has no file, since then nothing was tested. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Owns: the caller frees *data. Returns false when the file cannot be read. */
static int read_file(const char *path, uint8_t **data, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    int ok = 0;
    *data = NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        long end = ftell(f);
        rewind(f);
        *size = end > 0 ? (size_t)end : 0;
        /* Exactly as long as the input, so that a sanitizer sees a read behind it. */
        *data = malloc(*size ? *size : 1);
        ok = end >= 0 && *data && fread(*data, 1, *size, f) == *size;
    }
    fclose(f);
    return ok;
}

/* Returns the number of files run, or -1. */
static long run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return -1;
    long n = 0;
    for (struct dirent *entry; n >= 0 && (entry = readdir(dir));) {
        char path[4096];
        uint8_t *data = NULL;
        size_t size = 0;
        if (entry->d_name[0] == '.')
            continue;
        int len = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (len < (int)sizeof path && read_file(path, &data, &size)) {
            LLVMFuzzerTestOneInput(data, size);
            n++;
        } else {
            fprintf(stderr, "cannot read '%s'\n", path);
            n = -1;
        }
        free(data);
    }
    closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        long n = run_folder(argv[i]);
        if (n <= 0) {
            fprintf(stderr, "no input could be run from '%s'\n", argv[i]);
            return 1;
        }
        printf("%s: %ld inputs\n", argv[i], n);
    }
    return argc > 1 ? 0 : 1;
}
