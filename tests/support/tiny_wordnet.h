/* A WordNet of a few synsets in the format of the real one, which may not be installed. */
#ifndef DRP_TESTS_SUPPORT_TINY_WORDNET_H
#define DRP_TESTS_SUPPORT_TINY_WORDNET_H

/** Writes its twelve files to `dir`, which is no path from drp_temp_path(). Ends the process when it cannot. */
void drp_tiny_wordnet_write(const char *dir);

#endif
