/* The distinct labels of a table, and the classes they become: sorted by name, or by value where every label
 * is a number (then labels of one value, as "1" and "1.0", are one class). */
#ifndef WINNOW_DATA_CLASS_TABLE_H
#define WINNOW_DATA_CLASS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

#define CLASS_NAME_LIMIT 255 /* bytes; every class takes as much in the results as the longest */

typedef struct ClassTable ClassTable;

Status class_table_create(ClassTable **out) MUST_CHECK;
void class_table_destroy(ClassTable **table);

/* The label's id, in order of first sight; a label beyond `limit` distinct ones leaves *id at `limit`. */
Status class_table_add(ClassTable *table, const char *label, size_t limit, size_t *id) MUST_CHECK;

/* All labels were added: sort them into classes and replace each of `count` ids in `labels` by its class. */
Status class_table_finish(ClassTable *table, uint16_t *labels, size_t count) MUST_CHECK;

/* After class_table_finish. */
size_t class_table_count(const ClassTable *table);
const char *class_table_name(const ClassTable *table, size_t c);
/* Add "a, b, c, and 4 more", for a message. */
void class_table_list(const ClassTable *table, Text *out);
bool class_table_find(const ClassTable *table, const char *label, size_t *c);

#endif
