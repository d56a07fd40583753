#include "data/class_table.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "data/csv_reader.h"

#define NAMES_SHOWN 8

typedef struct Label {
    char *name; /* owned */
    double value;
    bool number;
    size_t id; /* order of first sight */
} Label;

struct ClassTable {
    Label *labels; /* [count]: by id, and by class once finished, when only `classes` of them stand for one */
    size_t count, capacity;
    size_t *slots; /* [slot_count] hash table with linear probing: 1 + id, 0 where free */
    size_t slot_count;
    bool numeric;
    size_t *first; /* [classes] index of a class's first label in `labels`, once finished */
    size_t classes;
};

Status class_table_create(ClassTable **out) {
    ClassTable *table;
    TRY(memory_new(&table, 1, sizeof *table));
    table->numeric = true;
    *out = table;
    return STATUS_OK;
}

void class_table_destroy(ClassTable **table) {
    if (*table == NULL) return;
    for (size_t i = 0; i < (*table)->count; i++) {
        free((*table)->labels[i].name);
    }
    free((*table)->labels);
    free((*table)->slots);
    free((*table)->first);
    free(*table);
    *table = NULL;
}

/* The slot that holds `name`, or the free one where it belongs. */
static size_t *find_slot(const ClassTable *table, const char *name) {
    size_t slot = hash64(name, strlen(name)) & (table->slot_count - 1);
    while (table->slots[slot] != 0 && strcmp(table->labels[table->slots[slot] - 1].name, name) != 0) {
        slot = (slot + 1) & (table->slot_count - 1);
    }
    return &table->slots[slot];
}

/* At most half of the slots are ever in use. */
static Status make_room(ClassTable *table) {
    TRY(memory_grow(&table->labels, &table->capacity, table->count + 1, sizeof *table->labels));
    if (2 * (table->count + 1) <= table->slot_count) return STATUS_OK;
    size_t slot_count = table->slot_count > 0 ? 2 * table->slot_count : 64;
    size_t *slots;
    TRY(memory_new(&slots, slot_count, sizeof *slots));
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    for (size_t i = 0; i < table->count; i++) {
        *find_slot(table, table->labels[i].name) = i + 1;
    }
    return STATUS_OK;
}

Status class_table_add(ClassTable *table, const char *label, size_t limit, size_t *id) {
    TRY(make_room(table));
    size_t *slot = find_slot(table, label);
    if (*slot != 0) {
        *id = *slot - 1;
        return STATUS_OK;
    }
    *id = limit;
    if (table->count >= limit) return STATUS_OK;
    Label *added = &table->labels[table->count];
    TRY(memory_text(&added->name, label));
    added->number = csv_number(label, &added->value);
    added->id = table->count;
    table->numeric = table->numeric && added->number;
    *id = table->count++;
    *slot = table->count;
    return STATUS_OK;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(((const Label *)a)->name, ((const Label *)b)->name);
}

static int compare_values(const void *a, const void *b) {
    double left = ((const Label *)a)->value;
    double right = ((const Label *)b)->value;
    return (left > right) - (left < right);
}

static int compare_values_then_names(const void *a, const void *b) {
    int order = compare_values(a, b);
    return order != 0 ? order : compare_names(a, b);
}

static bool same_class(const ClassTable *table, const Label *a, const Label *b) {
    return table->numeric ? compare_values(a, b) == 0 : compare_names(a, b) == 0;
}

Status class_table_finish(ClassTable *table, uint16_t *labels, size_t count) {
    if (table->count == 0) return STATUS_OK;
    uint16_t *class_of;
    TRY(memory_new(&table->first, table->count, sizeof *table->first));
    TRY(memory_new(&class_of, table->count, sizeof *class_of));
    qsort(table->labels, table->count, sizeof *table->labels,
          table->numeric ? compare_values_then_names : compare_names);
    for (size_t i = 0; i < table->count; i++) {
        const Label *label = &table->labels[i];
        if (i == 0 || !same_class(table, label - 1, label)) table->first[table->classes++] = i;
        class_of[label->id] = (uint16_t)(table->classes - 1);
    }
    for (size_t i = 0; i < count; i++) {
        labels[i] = class_of[labels[i]];
    }
    free(class_of);
    return STATUS_OK;
}

size_t class_table_count(const ClassTable *table) {
    return table->classes;
}

const char *class_table_name(const ClassTable *table, size_t c) {
    return table->labels[table->first[c]].name;
}

void class_table_list(const ClassTable *table, Text *out) {
    for (size_t c = 0; c < table->classes && c < NAMES_SHOWN; c++)
        text_add(out, "%s%s", c > 0 ? ", " : "", csv_shown(class_table_name(table, c)).text);
    if (table->classes > NAMES_SHOWN) text_add(out, ", and %zu more", table->classes - NAMES_SHOWN);
}

bool class_table_find(const ClassTable *table, const char *label, size_t *c) {
    double value = 0;
    bool number = csv_number(label, &value);
    if (table->numeric && !number) return false;
    size_t low = 0;
    size_t high = table->classes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Label *found = &table->labels[table->first[middle]];
        int order =
            table->numeric ? (value > found->value) - (value < found->value) : strcmp(label, found->name);
        if (order == 0) {
            *c = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
