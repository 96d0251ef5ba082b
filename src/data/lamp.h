/* Questions with profiles, as LaMP and LongLaMP publish them, to a dataset directory.
 *
 * A question {"id","input","profile":[…]} becomes a user with one row in test.jsonl. What it asks is an item
 * "ID/question": description the input, title its first words. An entry of the profile is an item "ID/N", description the
 * entry's input, without a title: other users' inputs are theirs to show; and a text, the entry's output, white space
 * collapsed. An entry without any input has its output as title of the text too, which it is then ranked by. An empty
 * output is left out. The target's text comes from the golds {"task","golds":[{"id","output"}]} or stands in
 * the question, as "output". Profiles keep their order; a `date` is the time of a text.
 *
 * LongLaMP's rows have "reviewerId", "name" or "author" for an id. Files are arrays, objects that hold one as "golds",
 * or JSON lines. One question is in memory at a time, the golds are all; rows wait in a file of the dataset's folder,
 * because they are written by id. */
#ifndef DRP_DATA_LAMP_H
#define DRP_DATA_LAMP_H

#include "data/prepare.h"

/**
 * Prepares a dataset from opts->questions: what drp_prepare() does then, having started `summary`. **Errors**:
 * DRP_EINPUT (a bad question or gold: file, number, field; an id twice; no output; no question left), and those of
 * drp_prepare().
 */
int drp_lamp_prepare(const struct drp_prepare_opts *opts,
                     struct drp_prepare_summary *summary, struct drp_err *err) DRP_CHECKED;

#endif
