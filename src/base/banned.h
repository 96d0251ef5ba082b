/*
 * Functions that nobody calls here: using one is a compile error. Include this last, after every
 * other header, in each .c file. tools/check-banned reads the list below and searches with it
 * where the compiler cannot.
 */
#ifndef DRP_BASE_BANNED_H
#define DRP_BASE_BANNED_H

/* Some of these are macros in libc, and compilers warn when a macro is poisoned. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef stpcpy
#undef sprintf
#undef vsprintf
#undef strtok
#undef strtok_r
#undef alloca
#undef setjmp
#undef sigsetjmp

/* Write past the end, or leave the end unmarked: struct drp_str, snprintf, memcpy. */
#pragma GCC poison strcpy strcat strncpy strncat stpcpy stpncpy sprintf vsprintf gets
/* Change their input and hide where they stopped: struct drp_sv and its cutting functions. */
#pragma GCC poison strtok strtok_r strsep
/* Cannot report an error: the number parsers of struct drp_sv. */
#pragma GCC poison atoi atol atof atoll scanf fscanf vscanf vfscanf
/* Not the same everywhere, and one hidden state for all: struct drp_rng, seeded by the caller. */
#pragma GCC poison rand srand rand_r random srandom drand48 srand48 lrand48 mrand48
/* Answer in one static buffer that all threads share: the _r functions. */
#pragma GCC poison asctime ctime gmtime localtime
/* Races between the name and the file: mkstemp, mkdtemp. */
#pragma GCC poison mktemp tmpnam tempnam
/* Stack without a limit; jumps over `out:` labels. */
#pragma GCC poison alloca setjmp sigsetjmp longjmp siglongjmp

#endif
